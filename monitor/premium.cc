#include "monitor/premium.h"

#include <algorithm>

#include <fmt/format.h>

namespace yujing::monitor {

std::optional<Money> premium_subsidy(const thresholds::CityRules& city,
                                     const thresholds::Reference& reference, const Facts& facts,
                                     std::int32_t year, CivilDay on, std::set<std::string>* missing,
                                     Steps* steps) {
  const thresholds::Policy* policy = city.in_force(thresholds::first_of_year(year));
  if (policy == nullptr || !policy->premium_stated) return std::nullopt;
  const std::optional<Money> premium = reference.premium(city.code, year);
  if (!premium) {
    if (missing != nullptr) missing->insert(thresholds::missing_premium(year));
    return std::nullopt;
  }
  const thresholds::CategorySet held = facts.held(on, policy->category_from_next_month);
  Money best;
  for (const thresholds::PremiumRule& rule : policy->premium) {
    if ((rule.categories & held) == 0 || year < rule.first_year || rule.last_year < year) continue;
    Money subsidy =
        rule.fixed ? rule.amount : std::max(half_up(rule.share, *premium), rule.at_least);
    subsidy = std::min(subsidy, *premium);
    if (steps != nullptr) {
      steps->push_back({"资助参保",
                        rule.fixed ? std::string("定额")
                                   : fmt::format("{} × {}", thresholds::to_string(rule.share),
                                                 thresholds::to_grouped_string(*premium)),
                        subsidy, rule.cite});
    }
    best = std::max(best, subsidy);
  }
  return best;
}

bool deposit_waiver(const thresholds::CityRules& city, const Facts& facts, CivilDay on) {
  const thresholds::Policy* policy = city.in_force(on);
  return policy != nullptr &&
         (policy->deposit_waiver & facts.held(on, policy->category_from_next_month)) != 0;
}

}  // namespace yujing::monitor

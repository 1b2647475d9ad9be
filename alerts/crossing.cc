#include "alerts/crossing.h"

#include <optional>

#include "thresholds/result.h"

namespace yujing::alerts {

using monitor::AlertState;
using monitor::YearView;
using thresholds::CategorySet;
using thresholds::CivilDay;
using thresholds::Policy;
using thresholds::WarningRule;

namespace {

const WarningRule* rule_of(const Policy& policy, std::string_view id) {
  for (const WarningRule& rule : policy.warnings) {
    if (rule.id == id) return &rule;
  }
  return nullptr;
}

// Finds the rule as it was when it was last told of.
void look_up_rule(const thresholds::CityRules& city, std::string_view id, CivilDay day,
                  CrossingDetails& details) {
  details.policy = &city.measuring(day);
  details.rule = rule_of(*details.policy, id);
  for (auto version = city.versions.rbegin();
       details.rule == nullptr && version != city.versions.rend(); ++version) {
    details.rule = rule_of(*version, id);
    if (details.rule != nullptr) details.policy = &*version;
  }
}

CategorySet held_when_last_sent(const YearView& view, const AlertState& state, const Policy& policy,
                                CivilDay day) {
  const std::optional<std::uint8_t> sent = view.calculator.city().category_bit(state.category);
  const CategorySet held = view.facts.held(day);
  if (monitor::first_category(policy, held) == sent.value_or(monitor::kNoBit)) return held;
  return sent ? CategorySet{1} << *sent : 0;
}

}  // namespace

CrossingDetails details_of(const YearView& view, const History& history, const AlertState& state,
                           const monitor::WarningStanding* standing) {
  CrossingDetails details;
  details.settlement = history.find(state.by);
  CategorySet held = 0;
  if (standing != nullptr) {
    CHECK(standing->policy != nullptr);
    CHECK(standing->rule != nullptr);
    details.policy = standing->policy;
    details.rule = standing->rule;
    held = view.facts.held(standing->crossing.day);
  } else {
    const CivilDay day = details.settlement != nullptr ? details.settlement->benefit_day
                                                       : thresholds::day_of(state.by.setl_time);
    look_up_rule(view.calculator.city(), state.rule, day, details);
    held = held_when_last_sent(view, state, *details.policy, day);
  }
  if (details.rule != nullptr && (held & details.rule->back_into_poverty) != 0) {
    details.type = WarningType::kBackIntoPoverty;
  }
  return details;
}

}  // namespace yujing::alerts

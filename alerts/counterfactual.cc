#include "alerts/counterfactual.h"

#include <algorithm>

#include "monitor/year_fold.h"
#include "thresholds/result.h"

namespace yujing::alerts {

using monitor::Facts;
using thresholds::CivilDay;
using thresholds::Money;

namespace {

bool by_application(const thresholds::Policy& policy, const thresholds::Tier& tier) {
  return policy.application && (tier.category_set >> policy.application->category & 1U) != 0;
}

// The day of an application for the year's bills: where it is for the calendar year before alone,
// not before the next year begins.
CivilDay applied_on(const Supposition& supposition) {
  const bool next_year =
      supposition.policy.application->end == thresholds::ApplicationRule::WindowEnd::kLastYearEnd;
  return next_year
             ? std::max(supposition.application, thresholds::first_of_year(supposition.year + 1))
             : supposition.application;
}

// How far back a window begins at most.
std::int32_t reach_in_months(const thresholds::ApplicationRule& rule) {
  constexpr std::int32_t kTwoYears = 24;
  return rule.start == thresholds::ApplicationRule::WindowStart::kFirstOfLastYear ? kTwoYears
                                                                                  : rule.months;
}

Facts as_applicant(const thresholds::CityRules& city, const Supposition& supposition) {
  monitor::PersonRecord record;
  record.applications = {applied_on(supposition)};
  Facts facts = monitor::make_facts(city, &record, nullptr);
  facts.resident = supposition.resident;
  return facts;
}

Facts as_holder(std::uint8_t category, const Supposition& supposition) {
  Facts facts;
  facts.plain = {{category, thresholds::first_of_year(supposition.year),
                  thresholds::last_of_year(supposition.year)}};
  facts.deferred = facts.plain;
  facts.resident = supposition.resident;
  return facts;
}

// What would be paid on the year's settlements; nullopt when one of them lacks a figure.
std::optional<Money> due(monitor::Calculator& calculator, const Facts& facts,
                         const std::vector<const monitor::Settlement*>& settlements,
                         std::int32_t year) {
  monitor::FoldOptions options;
  options.keep_bills = true;
  const monitor::Folded folded = monitor::fold_all(calculator, facts, settlements, options);
  for (const monitor::FoldedBill& each : folded.bills) {
    if (thresholds::year_of(each.bill.benefit_day) == year &&
        each.payout.reason == monitor::Reason::kReferenceMissing) {
      return std::nullopt;
    }
  }
  const auto found = folded.years.find(year);
  return found == folded.years.end() ? Money{} : found->second.totals.assistance_due;
}

}  // namespace

std::vector<TierPayout> suppose_each_tier(monitor::Calculator& calculator,
                                          const Supposition& supposition) {
  std::vector<TierPayout> payouts;
  payouts.reserve(supposition.policy.tiers.size());
  const auto of_year = supposition.history.of_year(supposition.year);
  for (const thresholds::Tier& tier : supposition.policy.tiers) {
    CHECK(!tier.categories.empty());
    TierPayout payout;
    payout.tier = &tier;
    payout.category = tier.categories.front();
    if (by_application(supposition.policy, tier)) {
      payout.category = supposition.policy.application->category;
      payout.assistance = suppose_application(calculator, supposition);
    } else {
      payout.assistance =
          due(calculator, as_holder(payout.category, supposition), of_year, supposition.year);
    }
    payouts.push_back(payout);
  }
  return payouts;
}

std::optional<Money> suppose_application(monitor::Calculator& calculator,
                                         const Supposition& supposition) {
  if (!supposition.policy.application) return std::nullopt;
  // Its window reaches into other years, and their bills share its account.
  return due(calculator, as_applicant(calculator.city(), supposition),
             supposition.history.of_all_years(), supposition.year);
}

std::optional<CivilDay> application_covers_until(const thresholds::CityRules& city,
                                                 CivilDay benefit_day) {
  std::int32_t months_max = -1;
  for (const thresholds::Policy& version : city.versions) {
    if (version.application)
      months_max = std::max(months_max, reach_in_months(*version.application));
  }
  if (months_max < 0) return std::nullopt;
  // No month is longer than 31 days, so no window reaches back further; an application before the
  // bill reaches it only within the calendar year.
  const CivilDay last = benefit_day + 31 * (months_max + 1);
  const CivilDay first = thresholds::first_of_year(thresholds::year_of(benefit_day));
  for (CivilDay day = last; day >= first; day = day + -1) {
    const thresholds::Policy* policy = city.in_force(day);
    if (policy == nullptr || !policy->application) continue;
    const monitor::Window window = monitor::window_of(*policy, day);
    if (window.from <= benefit_day && benefit_day <= window.until) return day;
  }
  return std::nullopt;
}

}  // namespace yujing::alerts

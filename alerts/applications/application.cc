#include "alerts/applications/application.h"

#include <algorithm>

#include "thresholds/result.h"

namespace yujing::alerts {

using monitor::PersonRecord;
using thresholds::Money;
using thresholds::Payer;

namespace {

AppliedBill applied(const monitor::FoldedBill& folded) {
  const monitor::Bill& bill = folded.bill;
  const monitor::Settlement& settlement = *bill.settlement;
  AppliedBill out;
  out.settlement = &settlement;
  out.benefit_day = bill.benefit_day;
  out.care = bill.care;
  out.medfee = bill.total;
  out.basic = settlement.paid(Payer::kHifp);
  out.critical = settlement.paid(Payer::kHifmi) + settlement.paid(Payer::kHifob);
  out.other = settlement.paid(Payer::kCvlserv) + settlement.paid(Payer::kHifes) +
              settlement.paid(Payer::kHifdm) + settlement.paid(Payer::kOth);
  out.paid = settlement.paid(Payer::kMaf);
  out.burden = bill.after_insurance;
  if (folded.payout.assistable) out.counted = bill.in_policy;
  out.due = folded.payout.assistance();
  out.reason = folded.payout.reason;
  out.by_application = folded.standing.window != nullptr;
  return out;
}

void add(const AppliedBill& bill, AppliedBill& totals) {
  totals.medfee += bill.medfee;
  totals.basic += bill.basic;
  totals.critical += bill.critical;
  totals.other += bill.other;
  totals.paid += bill.paid;
  totals.burden += bill.burden;
  totals.counted += bill.counted;
  totals.due += bill.due;
}

const thresholds::Tier* tier_of(const thresholds::Policy& policy, std::uint8_t category) {
  for (const auto& tier : policy.tiers) {
    if ((tier.category_set >> category & 1U) != 0) return &tier;
  }
  return nullptr;
}

}  // namespace

Application suppose_approved(monitor::Calculator& calculator, const History& history,
                             const PersonRecord* person, const PersonRecord* decision,
                             thresholds::CivilDay day) {
  const thresholds::CityRules& city = calculator.city();
  // As the decision will say it.
  PersonRecord approved = decision != nullptr ? *decision : PersonRecord();
  approved.applications.push_back(day);
  const monitor::Facts facts = monitor::make_facts(city, person, &approved);
  const auto window = std::ranges::find(facts.windows, day, &monitor::Window::application);
  CHECK(window != facts.windows.end());

  Application application;
  application.city = &city;
  application.policy = window->policy;
  application.window = *window;
  application.category = monitor::first_category(
      *window->policy, facts.held(day, window->policy->category_from_next_month));
  application.tier = tier_of(*window->policy, window->policy->application->category);
  CHECK(application.tier != nullptr);
  const auto& amounts = calculator.rule_years().of(*window->policy, window->application).tiers;
  application.amounts =
      amounts[static_cast<std::size_t>(application.tier - window->policy->tiers.data())];

  monitor::FoldOptions options;
  options.missing = &application.missing;
  options.keep_bills = true;
  const auto settlements = history.of_all_years();
  const auto folded = monitor::fold_all(calculator, facts, settlements, options);
  for (const auto& each : folded.bills) {
    const auto benefit_day = each.bill.benefit_day;
    if (benefit_day < window->from || window->until < benefit_day) continue;
    application.bills.push_back(applied(each));
    add(application.bills.back(), application.totals);
    application.base += each.payout.base;
    application.further += each.payout.tilt;
    application.separate += each.payout.single_disease + each.payout.out_of_catalogue;
  }
  return application;
}

}  // namespace yujing::alerts

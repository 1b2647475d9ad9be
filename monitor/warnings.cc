#include "monitor/warnings.h"

#include <algorithm>

namespace yujing::monitor {

using thresholds::CategorySet;
using thresholds::Measure;
using thresholds::Policy;
using thresholds::WarningRule;

bool belongs(const WarningRule& rule, CategorySet held) {
  switch (rule.population) {
    case WarningRule::Population::kAnyone:
      return true;
    case WarningRule::Population::kHolding:
      return (rule.categories & held) != 0;
    case WarningRule::Population::kNotHolding:
      return (rule.categories & held) == 0;
  }
  return false;
}

bool is_over(Money amount, const Resolved& line) {
  return static_cast<Wide>(amount.fen) * 10000 > line.exact;
}

void keep_first(std::vector<Crossing>& crossings, const Crossing& crossing) {
  const auto at =
      std::lower_bound(crossings.begin(), crossings.end(), crossing.rule,
                       [](const Crossing& c, std::uint8_t rule) { return c.rule < rule; });
  if (at == crossings.end() || at->rule != crossing.rule) crossings.insert(at, crossing);
}

namespace {

bool starts(const Bill& bill, thresholds::PayerSet payers, Money& amount) {
  Money sum;
  bool any = false;
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    if ((payers >> i & 1U) == 0) continue;
    sum += bill.settlement->amounts[i];
    any = any || bill.settlement->amounts[i].fen > 0;
  }
  amount = sum;
  return any;
}

}  // namespace

Money half_up_line(const Resolved& line) {
  return {static_cast<std::int64_t>((line.exact + 5000) / 10000)};
}

Money measured(const YearAccount& account, Measure measure) {
  switch (measure) {
    case Measure::kBurdenAfterInsurance:
      return account.totals.watched;
    case Measure::kBurdenAfterAssistance:
      return account.totals.watched - account.totals.watched_assistance;
    case Measure::kCriticalIllnessStarted:
      return account.warnings.started_amount;
  }
  return {};
}

void WarningFold::add(const Bill& bill, Money due) {
  const Settlement& settlement = *bill.settlement;
  WarningAccount& watch = account_.warnings;
  const thresholds::BeijingTime until = settlement.setl_time;
  for (const CivilDay turn : facts_.turns) {
    const thresholds::BeijingTime start = thresholds::start_of(turn);
    if (start > until) break;
    if (start <= watch.last.setl_time || thresholds::year_of(turn) != year_) continue;
    look(turn, watch.crossings);
  }

  Totals& totals = account_.totals;
  totals.settlements += 1;
  totals.medfee += bill.total;
  totals.own_expense += bill.own_expense;
  for (std::size_t i = 0; i < thresholds::kPayers; ++i)
    totals.paid[i] += settlement.amounts[i];
  totals.after_insurance += bill.after_insurance;
  totals.in_policy += bill.in_policy;
  totals.assistance_due += due;
  if (!bill.excluded) {
    totals.watched += bill.watched;
    totals.watched_assistance += settlement.amount(Amount::kMaf);
  }
  watch.last.setl_time = settlement.setl_time;
  watch.last.setl_id = settlement.setl_id;
  Money payment;
  if (starts(bill, calculator_.rule_years().started_by(), payment)) watch.started = watch.last;
  watch.started_amount += payment;
  look(bill.benefit_day, watch.crossings);
}

void WarningFold::look(CivilDay day, std::vector<Crossing>& crossings) const {
  const Policy* policy = calculator_.city().in_force(day);
  if (policy == nullptr || policy->warnings.empty()) return;
  RuleYears& years = calculator_.rule_years();
  const RuleYear& amounts = years.of(*policy, day);
  const CategorySet held = facts_.held(day);
  const WarningAccount& watch = account_.warnings;
  // Over the line before any settlement is not a crossing: there is nothing that crossed it.
  if (watch.last.setl_id.empty()) return;
  for (std::size_t i = 0; i < policy->warnings.size(); ++i) {
    const WarningRule& rule = policy->warnings[i];
    if (rule.sums_bills() || !belongs(rule, held)) continue;
    if (rule.not_yet_assisted && account_.totals.assistance_paid().fen != 0) continue;
    const Resolved& line = amounts.lines[i];
    if (line.missing) continue;  // cannot be judged: find_missing_lines says so
    const bool started = rule.measure == Measure::kCriticalIllnessStarted;
    if (started ? watch.started.setl_id.empty()
                : !is_over(measured(account_, rule.measure), line)) {
      continue;
    }
    keep_first(crossings, {rule.index,
                           years.version_index(*policy),
                           first_category(*policy, held),
                           day,
                           started ? watch.started : watch.last,
                           {}});
  }
}

std::vector<WarningStanding> WarningFold::standings() const {
  std::vector<WarningStanding> standings;
  const WarningAccount& watch = account_.warnings;
  if (account_.totals.settlements == 0) return standings;
  std::vector<Crossing> crossings = watch.crossings;
  for (const CivilDay turn : facts_.turns) {
    if (thresholds::year_of(turn) != year_) continue;
    if (thresholds::start_of(turn) > watch.last.setl_time) look(turn, crossings);
  }
  const thresholds::CityRules& city = calculator_.city();
  RuleYears& years = calculator_.rule_years();
  for (const Crossing& crossing : crossings) {
    WarningStanding& standing = standings.emplace_back();
    standing.crossing = crossing;
    standing.policy = &city.versions[crossing.version];
    const auto& rules = standing.policy->warnings;
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [&](const WarningRule& r) { return r.index == crossing.rule; });
    const auto i = static_cast<std::size_t>(rule - rules.begin());
    standing.rule = &*rule;
    standing.has_line = rule->line.has_value();
    if (standing.has_line) {
      standing.line = half_up_line(years.of(*standing.policy, crossing.day).lines[i]);
    }
    standing.amount =
        standing.rule->sums_bills() ? crossing.amount : measured(account_, standing.rule->measure);
    standing.late =
        thresholds::day_of(crossing.by.setl_time) > thresholds::civil_day(year_ + 1, 1, 31);
  }
  std::sort(
      standings.begin(), standings.end(),
      [](const WarningStanding& a, const WarningStanding& b) { return a.rule->id < b.rule->id; });
  return standings;
}

void find_missing_lines(Calculator& calculator, const Facts& facts, std::int32_t year,
                        std::span<const CivilDay> benefit_days, std::set<std::string>& missing) {
  RuleYears& years = calculator.rule_years();
  const auto look = [&](CivilDay day) {
    const Policy* policy = calculator.city().in_force(day);
    if (policy == nullptr) return;
    const RuleYear& amounts = years.of(*policy, day);
    const CategorySet held = facts.held(day);
    for (std::size_t i = 0; i < policy->warnings.size(); ++i) {
      if (amounts.lines[i].missing && belongs(policy->warnings[i], held)) {
        missing.insert(amounts.lines[i].missing_name());
      }
    }
  };
  for (const CivilDay day : benefit_days)
    look(day);
  for (const CivilDay turn : facts.turns) {
    if (thresholds::year_of(turn) == year) look(turn);
  }
}

}  // namespace yujing::monitor

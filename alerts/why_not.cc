#include "alerts/why_not.h"

#include <algorithm>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "monitor/bill_sums.h"

namespace yujing::alerts {

using monitor::FoldedBill;
using monitor::YearAccount;
using thresholds::CityRules;
using thresholds::CivilDay;
using thresholds::Measure;
using thresholds::Money;
using thresholds::Policy;
using thresholds::WarningRule;

namespace {

struct RuleInVersion {
  const Policy* policy = nullptr;
  const WarningRule* rule = nullptr;
};

RuleInVersion in_version(const Policy* policy, std::string_view id) {
  if (policy == nullptr) return {};
  const auto rule = std::ranges::find(policy->warnings, id, &WarningRule::id);
  return rule == policy->warnings.end() ? RuleInVersion{} : RuleInVersion{policy, &*rule};
}

RuleInVersion last_version(const CityRules& city, std::string_view id) {
  RuleInVersion last;
  for (const Policy& policy : city.versions) {
    if (const RuleInVersion found = in_version(&policy, id); found.rule != nullptr) last = found;
  }
  return last;
}

// How near a moment came: the more conditions met the nearer; a line that cannot be told is nearest
// of all, because nobody can say that it was not crossed.
auto nearness(const Moment& moment) {
  constexpr std::array<int, kObstacleNames.size()> kConditionsMet = {6, 0, 1, 2, 3, 5, 4, 4};
  const bool only_assisted = moment.obstacle == Obstacle::kAssisted && moment.over;
  const int met = only_assisted ? 5 : kConditionsMet[static_cast<std::size_t>(moment.obstacle)];
  return std::tuple(met, moment.amount - moment.line.value_or(Money{}));
}

// Looks at every rule at one moment.
class Looks {
 public:
  Looks(monitor::Calculator& calculator, const monitor::Facts& facts, std::int32_t year)
      : calculator_(calculator), facts_(facts), year_(year) {
    const auto& ids = calculator.city().warning_ids;
    for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
      const RuleInVersion last = last_version(calculator.city(), id);
      RuleFinding& finding = findings_.emplace_back();
      finding.policy = last.policy;
      finding.rule = last.rule;
    }
  }

  // Of the rules on the year's own sums.
  void look(CivilDay day, const monitor::Bill* bill, const YearAccount& account) {
    const Policy* const policy = calculator_.city().in_force(day);
    for (RuleFinding& finding : findings_) {
      const RuleInVersion here = in_version(policy, finding.rule->id);
      const WarningRule& rule = here.rule != nullptr ? *here.rule : *finding.rule;
      if (rule.sums_bills()) continue;
      Moment moment = moment_at(day, bill);
      moment.amount = monitor::measured(account, rule.measure);
      const bool started = rule.measure == Measure::kCriticalIllnessStarted;
      moment.over = started && !account.warnings.started.setl_id.empty();
      judge(moment, here, account.totals.assistance_paid());
      finding.moments.push_back(std::move(moment));
    }
  }

  // Of the rules that sum bills: `settled` so far, of all years. What a bill of another year
  // crosses is that year's.
  void look_at_sums(CivilDay day, const monitor::Bill* bill,
                    std::span<const monitor::Bill> settled) {
    const Policy* const policy = calculator_.city().in_force(day);
    for (RuleFinding& finding : findings_) {
      const RuleInVersion here = in_version(policy, finding.rule->id);
      const WarningRule& rule = here.rule != nullptr ? *here.rule : *finding.rule;
      if (!rule.sums_bills()) continue;
      const monitor::Bill* last = bill == nullptr ? nullptr : &settled.back();
      std::optional<Moment> nearest;
      for (const monitor::BillSum& sum : monitor::sums_at(rule, day, settled, last)) {
        if (sum.last == nullptr || thresholds::year_of(sum.last->benefit_day) != year_) continue;
        Moment moment = moment_at(day, bill);
        moment.amount = sum.measured(rule.measure);
        judge(moment, here, sum.assistance);
        if (!nearest || nearness(*nearest) < nearness(moment)) nearest = std::move(moment);
      }
      if (nearest) finding.moments.push_back(std::move(*nearest));
    }
  }

  std::vector<RuleFinding>& findings() { return findings_; }

 private:
  [[nodiscard]] Moment moment_at(CivilDay day, const monitor::Bill* bill) const {
    Moment moment;
    moment.day = day;
    moment.bill = bill;
    moment.held = facts_.held(day);
    return moment;
  }

  // `assistance`: paid on the bills that are summed.
  void judge(Moment& moment, RuleInVersion here, Money assistance) const {
    if (here.rule == nullptr) {
      moment.obstacle = Obstacle::kNotInForce;
      return;
    }
    const WarningRule& rule = *here.rule;
    const bool started = rule.measure == Measure::kCriticalIllnessStarted;
    if (rule.line) {
      const auto index = static_cast<std::size_t>(here.rule - here.policy->warnings.data());
      const monitor::Resolved& line =
          calculator_.rule_years().of(*here.policy, moment.day).lines[index];
      if (line.missing) {
        moment.missing = line.missing_name();
      } else {
        moment.line = monitor::half_up_line(line);
        moment.over = monitor::is_over(moment.amount, line);
      }
    }
    if (!monitor::belongs(rule, moment.held)) {
      moment.obstacle = Obstacle::kNotInPopulation;
    } else if (rule.not_yet_assisted && assistance != Money{}) {
      moment.obstacle = Obstacle::kAssisted;
    } else if (!moment.missing.empty()) {
      moment.obstacle = Obstacle::kFigureMissing;
    } else if (!moment.over) {
      moment.obstacle = started ? Obstacle::kNotStarted : Obstacle::kNotOverLine;
    }
  }

  monitor::Calculator& calculator_;
  const monitor::Facts& facts_;
  std::int32_t year_;
  std::vector<RuleFinding> findings_;
};

// What a rule that does not hold measures over the year: as WarningStanding::amount says it.
Money amount_of(const RuleFinding& finding, const YearAccount& account) {
  if (!finding.rule->sums_bills()) return monitor::measured(account, finding.rule->measure);
  Money highest;
  for (const Moment& moment : finding.moments)
    highest = std::max(highest, moment.amount);
  return highest;
}

void conclude(RuleFinding& finding, const CityRules& city) {
  const auto& moments = finding.moments;
  const auto first = [&](auto which) -> std::optional<std::size_t> {
    const auto found = std::ranges::find_if(moments, which);
    if (found == moments.end()) return std::nullopt;
    return static_cast<std::size_t>(found - moments.begin());
  };
  if (finding.standing) {
    finding.policy = finding.standing->policy;
    finding.rule = finding.standing->rule;
    const CivilDay day = finding.standing->crossing.day;
    finding.telling = first([](const Moment& at) { return at.obstacle == Obstacle::kNone; });
    if (!finding.telling) finding.telling = first([&](const Moment& at) { return at.day == day; });
    return;
  }
  if (std::ranges::none_of(moments, [](const Moment& at) { return at.bill != nullptr; })) {
    finding.obstacle = Obstacle::kNoSettlement;
    return;
  }
  const auto nearest = std::ranges::max_element(
      moments, [](const Moment& a, const Moment& b) { return nearness(a) < nearness(b); });
  finding.telling = static_cast<std::size_t>(nearest - moments.begin());
  finding.obstacle = nearest->obstacle;
  const RuleInVersion here = in_version(city.in_force(nearest->day), finding.rule->id);
  if (here.rule != nullptr) {
    finding.policy = here.policy;
    finding.rule = here.rule;
  }
  if (nearest->obstacle == Obstacle::kNotStarted || nearest->obstacle == Obstacle::kNotOverLine) {
    finding.over_outside = first(
        [](const Moment& at) { return at.over && at.obstacle == Obstacle::kNotInPopulation; });
  }
}

}  // namespace

std::vector<RuleFinding> find_why(monitor::Calculator& calculator, const monitor::Facts& facts,
                                  std::int32_t year, const monitor::Folded& all) {
  Looks looks(calculator, facts, year);
  YearAccount account;
  monitor::WarningFold fold(calculator, facts, year, account);
  std::vector<monitor::Bill> settled;
  settled.reserve(all.bills.size());
  auto turn = facts.turns.begin();
  const auto look_at_turns = [&](auto are_due) {
    for (; turn != facts.turns.end() && are_due(*turn); ++turn) {
      if (thresholds::year_of(*turn) == year) looks.look(*turn, nullptr, account);
      looks.look_at_sums(*turn, nullptr, settled);
    }
  };
  for (const FoldedBill& folded : all.bills) {
    const auto at = folded.bill.settlement->setl_time;
    look_at_turns([&](CivilDay day) { return thresholds::start_of(day) <= at; });
    settled.push_back(folded.bill);
    const CivilDay day = folded.bill.benefit_day;
    if (thresholds::year_of(day) == year) {
      fold.add(folded.bill, folded.payout.assistance());
      looks.look(day, &folded.bill, account);
    }
    looks.look_at_sums(day, &folded.bill, settled);
  }
  look_at_turns([](CivilDay) { return true; });

  // What holds is what the whole fold left, not this one.
  const auto known = all.years.find(year);
  YearAccount kept = known == all.years.end() ? YearAccount() : known->second;
  for (monitor::WarningStanding& standing :
       monitor::WarningFold(calculator, facts, year, kept).standings()) {
    const auto held =
        std::ranges::find(looks.findings(), standing.rule->id,
                          [](const RuleFinding& finding) { return finding.rule->id; });
    held->standing = std::move(standing);
  }
  for (RuleFinding& finding : looks.findings()) {
    finding.amount = finding.standing ? finding.standing->amount : amount_of(finding, account);
    conclude(finding, calculator.city());
  }
  return std::move(looks.findings());
}

Money short_of_line(const Moment& moment) {
  CHECK(moment.line.has_value());
  return std::max(Money{}, *moment.line - moment.amount);
}

}  // namespace yujing::alerts

#include "alerts/why_not.h"

#include <algorithm>
#include <set>
#include <span>
#include <tuple>

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

// Looks at every rule at one moment.
class Looks {
 public:
  Looks(monitor::Calculator& calculator, const monitor::Facts& facts)
      : calculator_(calculator), facts_(facts) {
    const auto& ids = calculator.city().warning_ids;
    for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
      const RuleInVersion last = last_version(calculator.city(), id);
      RuleFinding& finding = findings_.emplace_back();
      finding.policy = last.policy;
      finding.rule = last.rule;
    }
  }

  // `settled`: all bills settled so far, of all years; the last is `bill`, if that is not null.
  void look(CivilDay day, const monitor::Bill* bill, std::span<const monitor::Bill> settled,
            const YearAccount& account) {
    const Policy* const policy = calculator_.city().in_force(day);
    for (RuleFinding& finding : findings_) {
      Moment& moment = finding.moments.emplace_back();
      moment.day = day;
      moment.bill = bill;
      moment.held = facts_.held(day);
      judge(moment, in_version(policy, finding.rule->id), *finding.rule, settled, account);
    }
  }

  std::vector<RuleFinding>& findings() { return findings_; }

 private:
  // `known`: the rule as the city has it where no version with it is in force.
  void judge(Moment& moment, RuleInVersion here, const WarningRule& known,
             std::span<const monitor::Bill> settled, const YearAccount& account) const {
    const WarningRule& rule = here.rule != nullptr ? *here.rule : known;
    const bool started = rule.measure == Measure::kCriticalIllnessStarted;
    moment.amount = monitor::measured(account, rule.measure);
    bool assisted = account.totals.assistance_paid().fen != 0;
    if (rule.sums_bills()) {
      const auto sum = monitor::highest_bill_sum(
          rule, moment.day, settled, moment.bill == nullptr ? nullptr : &settled.back());
      moment.amount = sum ? sum->amount : Money{};
      assisted = sum && sum->assisted;
    }
    moment.over = started && !account.warnings.started.setl_id.empty();
    if (here.rule == nullptr) {
      moment.obstacle = Obstacle::kNotInForce;
      return;
    }
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
    } else if (!moment.missing.empty()) {
      moment.obstacle = Obstacle::kFigureMissing;
    } else if (!moment.over) {
      moment.obstacle = started ? Obstacle::kNotStarted : Obstacle::kNotOverLine;
    } else if (rule.not_yet_assisted && assisted) {
      moment.obstacle = Obstacle::kAssisted;
    }
  }

  monitor::Calculator& calculator_;
  const monitor::Facts& facts_;
  std::vector<RuleFinding> findings_;
};

// How near a moment came: the more conditions met the nearer; a line that cannot be told is nearest
// of all, because nobody can say that it was not crossed.
auto nearness(const Moment& moment) {
  constexpr std::array<int, kObstacleNames.size()> kConditionsMet = {5, 0, 1, 2, 4, 3, 3, 4};
  return std::tuple(kConditionsMet[static_cast<std::size_t>(moment.obstacle)],
                    moment.amount - moment.line.value_or(Money{}));
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
    finding.over_outside = first([](const Moment& at) { return at.over; });
  }
}

}  // namespace

std::vector<RuleFinding> find_why(monitor::Calculator& calculator, const monitor::Facts& facts,
                                  std::int32_t year, const monitor::Folded& all) {
  Looks looks(calculator, facts);
  YearAccount account;
  monitor::WarningFold fold(calculator, facts, year, account);
  std::vector<monitor::Bill> settled;
  settled.reserve(all.bills.size());
  auto turn = facts.turns.begin();
  const auto look_at_turns = [&](auto are_due) {
    for (; turn != facts.turns.end() && are_due(*turn); ++turn) {
      if (thresholds::year_of(*turn) == year) looks.look(*turn, nullptr, settled, account);
    }
  };
  for (const FoldedBill& folded : all.bills) {
    const auto at = folded.bill.settlement->setl_time;
    look_at_turns([&](CivilDay day) { return thresholds::start_of(day) <= at; });
    settled.push_back(folded.bill);
    if (thresholds::year_of(folded.bill.benefit_day) != year) continue;
    fold.add(folded.bill, folded.payout.assistance());
    looks.look(folded.bill.benefit_day, &folded.bill, settled, account);
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
    finding.amount = finding.standing ? finding.standing->amount
                                      : monitor::measured(account, finding.rule->measure);
    if (!finding.standing && finding.rule->sums_bills()) {
      finding.amount = {};
      for (const Moment& moment : finding.moments)
        finding.amount = std::max(finding.amount, moment.amount);
    }
    conclude(finding, calculator.city());
  }
  return std::move(looks.findings());
}

Money short_of_line(const Moment& moment) {
  CHECK(moment.line.has_value());
  return std::max(Money{}, *moment.line - moment.amount);
}

}  // namespace yujing::alerts

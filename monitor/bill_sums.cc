#include "monitor/bill_sums.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace yujing::monitor {

using thresholds::Measure;
using thresholds::Policy;
using thresholds::WarningRule;
using Per = thresholds::WarningRule::Per;

void BillSum::add(const Bill& bill) {
  burden += bill.watched;
  assistance += bill.settlement->amount(Amount::kMaf);
  last = &bill;
}

Money BillSum::measured(Measure measure) const {
  return measure == Measure::kBurdenAfterAssistance ? burden - assistance : burden;
}

namespace {

bool sums(const WarningRule& rule, const Bill& bill) {
  return !bill.excluded && (rule.care == 0 || (rule.care & thresholds::care_bit(bill.care)) != 0);
}

template <class Belongs>
BillSum sum_of(const WarningRule& rule, std::span<const Bill> settled, Belongs belongs) {
  BillSum sum;
  for (const Bill& bill : settled) {
    if (sums(rule, bill) && belongs(bill)) sum.add(bill);
  }
  return sum;
}

constexpr std::int32_t kMonths = 12;

// Of all twelve months in a row that hold the day and end on it or on a later benefit date: a bill
// that was settled late counts beside those that came before it.
std::vector<BillSum> rolling_sums(const WarningRule& rule, CivilDay day,
                                  std::span<const Bill> settled) {
  std::vector<CivilDay> ends = {day};
  for (const Bill& bill : settled) {
    if (day < bill.benefit_day && thresholds::months_before(bill.benefit_day, kMonths) < day) {
      ends.push_back(bill.benefit_day);
    }
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  std::vector<BillSum> found;
  for (const CivilDay end : ends) {
    const CivilDay before = thresholds::months_before(end, kMonths);
    found.push_back(sum_of(rule, settled, [&](const Bill& bill) {
      return before < bill.benefit_day && bill.benefit_day <= end;
    }));
  }
  return found;
}

// A stay may be settled in several bills of one visit.
bool same_stay(const Bill& a, const Bill& b) {
  const std::string& visit = a.settlement->text(Text::kMdtrtId);
  return &a == &b || (!visit.empty() && visit == b.settlement->text(Text::kMdtrtId));
}

}  // namespace

std::vector<BillSum> sums_at(const WarningRule& rule, CivilDay day, std::span<const Bill> settled,
                             const Bill* bill) {
  switch (rule.per) {
    case Per::kYear:
      return {sum_of(rule, settled, [&](const Bill& each) {
        return thresholds::year_of(each.benefit_day) == thresholds::year_of(day);
      })};
    case Per::kRolling12Months:
      return rolling_sums(rule, day, settled);
    case Per::kStay:
      break;
  }
  if (bill == nullptr || !sums(rule, *bill)) return {};
  return {sum_of(rule, settled, [&](const Bill& each) { return same_stay(each, *bill); })};
}

namespace {

class Watch {
 public:
  Watch(Calculator& calculator, const Facts& facts, const YearOf& year_of)
      : calculator_(calculator), facts_(facts), year_of_(year_of) {}

  void look(CivilDay day, std::span<const Bill> settled, const Bill* bill) {
    const Policy* policy = calculator_.city().in_force(day);
    if (policy == nullptr) return;
    RuleYears& years = calculator_.rule_years();
    const RuleYear& amounts = years.of(*policy, day);
    const thresholds::CategorySet held = facts_.held(day);
    for (std::size_t i = 0; i < policy->warnings.size(); ++i) {
      const WarningRule& rule = policy->warnings[i];
      if (!rule.sums_bills()) continue;
      const Crossing crossing{
          rule.index, years.version_index(*policy), first_category(*policy, held), day, {}, {}};
      const bool judged = !amounts.lines[i].missing && belongs(rule, held);
      for (const BillSum& sum : sums_at(rule, day, settled, bill)) {
        if (sum.last == nullptr) continue;
        const Money amount = sum.measured(rule.measure);
        Money& peak = peaks_[{thresholds::year_of(sum.last->benefit_day), rule.index}];
        peak = std::max(peak, amount);
        const bool assisted = rule.not_yet_assisted && sum.assistance.fen != 0;
        if (judged && !assisted && is_over(amount, amounts.lines[i])) cross(*sum.last, crossing);
      }
    }
  }

  // Says of each crossing how high its sum came in the year.
  void finish() {
    for (const auto& [key, peak] : peaks_) {
      for (Crossing& crossing : year_of_(key.first).warnings.crossings) {
        if (crossing.rule == key.second) crossing.amount = peak;
      }
    }
  }

 private:
  void cross(const Bill& by, Crossing crossing) {
    crossing.by = {by.settlement->setl_time, by.settlement->setl_id};
    keep_first(year_of_(thresholds::year_of(by.benefit_day)).warnings.crossings, crossing);
  }

  Calculator& calculator_;
  const Facts& facts_;
  const YearOf& year_of_;
  std::map<std::pair<std::int32_t, std::uint8_t>, Money> peaks_;  // by year and rule
};

}  // namespace

void watch_bill_sums(Calculator& calculator, const Facts& facts, std::span<const Bill> bills,
                     const YearOf& year_of) {
  Watch watch(calculator, facts, year_of);
  std::size_t settled = 0;
  const auto settle_until = [&](const thresholds::BeijingTime* end) {
    while (settled < bills.size() &&
           (end == nullptr || bills[settled].settlement->setl_time < *end)) {
      const Bill& bill = bills[settled++];
      watch.look(bill.benefit_day, bills.first(settled), &bill);
    }
  };
  for (const CivilDay turn : facts.turns) {
    const thresholds::BeijingTime start = thresholds::start_of(turn);
    settle_until(&start);
    watch.look(turn, bills.first(settled), nullptr);
  }
  settle_until(nullptr);
  watch.finish();
}

}  // namespace yujing::monitor

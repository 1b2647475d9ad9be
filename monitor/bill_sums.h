// Warning rules that sum bills of their own choice: twelve months in a row, one stay, some kinds of
// care. They are judged with all of a person's bills at hand and folded again whenever one comes
// (thresholds::CityRules::folds_again).
//
// Moments and populations are those of the other rules (monitor/warnings.h), but for stays: a stay
// is judged when one of its bills is settled. The crossing is kept in the account of the year in
// which the crossing settlement has its benefit date.
#pragma once

#include <span>
#include <vector>

#include "monitor/warnings.h"

namespace yujing::monitor {

// Some bills, added up.
struct BillSum {
  Money burden;
  Money assistance;
  const Bill* last = nullptr;  // in computing order; null: there are none

  void add(const Bill& bill);
  [[nodiscard]] Money measured(thresholds::Measure measure) const;
};

// The sums that a rule is judged by at one moment: of a day whose categories count, `settled` so
// far, and `bill`, that is settled just then (null: a turn of categories). Several where several
// stretches of twelve months hold the day. REQUIRES: rule.sums_bills().
[[nodiscard]] std::vector<BillSum> sums_at(const thresholds::WarningRule& rule, CivilDay day,
                                           std::span<const Bill> settled, const Bill* bill);

// `bills`: all live ones of the person and city, measured, in computing order. Adds to the accounts
// the crossings of these rules.
void watch_bill_sums(Calculator& calculator, const Facts& facts, std::span<const Bill> bills,
                     const YearOf& year_of);

}  // namespace yujing::monitor

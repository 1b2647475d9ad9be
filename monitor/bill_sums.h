// Warning rules that sum bills of their own choice: twelve months in a row, one stay, some kinds of
// care. They are judged with all of a person's bills at hand and folded again whenever one comes
// (thresholds::CityRules::folds_again).
//
// Moments and populations are those of the other rules (monitor/warnings.h), but for stays: a stay
// is judged when one of its bills is settled. The crossing is kept in the account of the year in
// which the crossing settlement has its benefit date.
#pragma once

#include <optional>
#include <span>

#include "monitor/warnings.h"

namespace yujing::monitor {

// `bills`: all live ones of the person and city, measured, in computing order. Adds to the accounts
// the crossings of these rules.
void watch_bill_sums(Calculator& calculator, const Facts& facts, std::span<const Bill> bills,
                     const YearOf& year_of);

// What such a rule measures at one moment: the highest of its sums over `bills`, those settled so
// far, the last of them at this moment (`settled`; null: a category turns). nullopt: nothing is
// summed.
struct BillSum {
  Money amount;
  bool assisted = false;  // assistance was paid on what is summed
};
[[nodiscard]] std::optional<BillSum> highest_bill_sum(const thresholds::WarningRule& rule,
                                                      CivilDay day, std::span<const Bill> bills,
                                                      const Bill* settled);

}  // namespace yujing::monitor

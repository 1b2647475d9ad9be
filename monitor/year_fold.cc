#include "monitor/year_fold.h"

#include "monitor/bill_sums.h"

namespace yujing::monitor {

namespace {

// One settlement through payout and warnings. `charged` is the account of the standing's year,
// `own` the benefit year's; they are the same unless a look-back charges another year.
void fold_one(Calculator& calculator, const Facts& facts, FoldedBill& folded, const YearOf& year_of,
              std::set<std::string>* missing, bool with_steps) {
  const std::int32_t benefit_year = thresholds::year_of(folded.bill.benefit_day);
  YearAccount& charged = year_of(folded.standing.account_year);
  charged.payout.last.setl_time = folded.bill.settlement->setl_time;
  charged.payout.last.setl_id = folded.bill.settlement->setl_id;
  folded.payout = calculator.pay(charged.payout, facts, folded.bill, folded.standing, missing,
                                 with_steps ? &folded.steps : nullptr);
  YearAccount& own = benefit_year == folded.standing.account_year ? charged : year_of(benefit_year);
  folded.critical_illness_due =
      calculator.critical_illness_due(own.critical_illness, folded.bill, folded.standing, missing);
  WarningFold(calculator, facts, benefit_year, own).add(folded.bill, folded.payout.assistance());
}

}  // namespace

Folded fold_all(Calculator& calculator, const Facts& facts,
                std::span<const Settlement* const> settlements, const FoldOptions& options) {
  Folded result;
  const YearOf year_of = [&](std::int32_t year) -> YearAccount& { return result.years[year]; };
  std::map<std::int32_t, std::vector<CivilDay>> days;
  const bool with_bill_sums = calculator.city().folds_again();
  std::vector<Bill> bills;
  for (const Settlement* settlement : settlements) {
    FoldedBill folded;
    folded.bill = calculator.bill(*settlement);
    folded.standing = calculator.stand(facts, folded.bill);
    fold_one(calculator, facts, folded, year_of, options.missing, options.with_steps);
    if (options.missing != nullptr) {
      days[thresholds::year_of(folded.bill.benefit_day)].push_back(folded.bill.benefit_day);
    }
    if (with_bill_sums) bills.push_back(folded.bill);
    if (options.keep_bills) result.bills.push_back(std::move(folded));
  }
  if (with_bill_sums) watch_bill_sums(calculator, facts, bills, year_of);
  for (const auto& [year, benefit_days] : days) {
    find_missing_lines(calculator, facts, year, benefit_days, *options.missing);
  }
  return result;
}

Footing footing(const Calculator& calculator, const Facts& facts, const Settlement& settlement) {
  Footing footing;
  footing.bill = calculator.bill(settlement);
  footing.standing = calculator.stand(facts, footing.bill);
  return footing;
}

void append(Calculator& calculator, const Facts& facts, const Footing& footing,
            const YearOf& year_of) {
  FoldedBill folded;
  folded.bill = footing.bill;
  folded.standing = footing.standing;
  fold_one(calculator, facts, folded, year_of, nullptr, false);
}

bool in_order(const Footing& footing, const YearOf& year_of) {
  const Settlement& settlement = *footing.bill.settlement;
  const auto after = [&](const OrderKey& last) {
    return last.setl_time < settlement.setl_time ||
           (last.setl_time == settlement.setl_time && last.setl_id < settlement.setl_id);
  };
  return after(year_of(footing.standing.account_year).payout.last) &&
         after(year_of(thresholds::year_of(footing.bill.benefit_day)).warnings.last);
}

}  // namespace yujing::monitor

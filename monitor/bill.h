// A settlement seen through a city's rules: benefit date, kind of care, place and the measures that
// burden and payout stand on. Derived anew wherever it is needed, never stored.
#pragma once

#include "monitor/settlement.h"
#include "thresholds/policy.h"

namespace yujing::monitor {

struct Bill {
  const Settlement* settlement = nullptr;  // borrowed
  CivilDay benefit_day;  // discharge of an inpatient stay, else the settlement's day
  thresholds::CareKind care = thresholds::CareKind::kOther;
  thresholds::Filing filing = thresholds::Filing::kNone;
  bool local = true;        // treated in the city
  bool in_province = true;  // treated in the province

  Money total;            // T
  Money own_expense;      // O = fulamt_ownpay_amt + overlmt_selfpay
  Money hospital;         // H, what the hospital bears by the settlement itself
  Money insurance;        // I, all payers except assistance
  Money after_insurance;  // W = T - I - H

  // Filled by measure(): they depend on the version in charge.
  Money subtracted;    // the payers a burden measure of this version subtracts (all but assistance)
  Money watched;       // W by that measure
  Money in_catalogue;  // S, with P where the city counts it
  Money in_policy;     // B = max(0, min(in_catalogue - subtracted, watched))
  bool excluded = false;  // of a kind the city leaves out of the burden

  [[nodiscard]] bool standard_referral() const {
    return local || filing == thresholds::Filing::kReferral ||
           filing == thresholds::Filing::kLongTerm;
  }
  [[nodiscard]] bool meets(thresholds::PlaceCondition place) const;
};

[[nodiscard]] thresholds::CareKind care_kind(const thresholds::CityRules& city,
                                             const Settlement& settlement);
[[nodiscard]] CivilDay benefit_day(const Settlement& settlement, thresholds::CareKind care);

[[nodiscard]] Bill make_bill(const thresholds::CityRules& city,
                             const thresholds::NationalCodes& national,
                             const Settlement& settlement);
// `measuring`: the version that says how B is measured (CityRules::measuring of the benefit day, or
// the version an application's window puts in charge).
void measure(Bill& bill, const thresholds::Policy& measuring);

}  // namespace yujing::monitor

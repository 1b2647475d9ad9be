#include "monitor/bill.h"

#include <algorithm>

namespace yujing::monitor {

using thresholds::CareKind;
using thresholds::Filing;

bool Bill::meets(thresholds::PlaceCondition place) const {
  using Place = thresholds::PlaceCondition;
  switch (place) {
    case Place::kAnywhere:
      return true;
    case Place::kLocal:
      return local;
    case Place::kInProvince:
      return in_province;
    case Place::kStandardReferral:
      return standard_referral();
    case Place::kStandardReferralInProvince:
      return in_province && standard_referral();
    case Place::kReferralOrEmergency:
      return standard_referral() || filing == Filing::kEmergency;
  }
  return false;
}

CareKind care_kind(const thresholds::CityRules& city, const Settlement& settlement) {
  const CareKind* kind = city.care_kinds.find(settlement.text(Text::kMedType));
  return kind != nullptr ? *kind : CareKind::kOther;
}

CivilDay benefit_day(const Settlement& settlement, CareKind care) {
  if (care == CareKind::kInpatient && settlement.enddate != kNoDay) return settlement.enddate;
  return thresholds::day_of(settlement.setl_time);
}

Bill make_bill(const thresholds::CityRules& city, const thresholds::NationalCodes& national,
               const Settlement& settlement) {
  Bill bill;
  bill.settlement = &settlement;
  bill.care = care_kind(city, settlement);
  bill.benefit_day = benefit_day(settlement, bill.care);

  const std::string& filing = settlement.text(Text::kFiling);
  if (filing.empty()) {
    const Filing* usual = national.filing_defaults.find(settlement.text(Text::kMedType));
    bill.filing = usual != nullptr ? *usual : Filing::kNone;
  } else {
    bill.filing = thresholds::filing_named(filing).value_or(Filing::kNone);
  }
  const std::string& place = settlement.text(Text::kMdtrtareaAdmvs);
  if (!place.empty()) {
    bill.local = thresholds::city_code(place) == city.code;
    bill.in_province = thresholds::province_code(place) == thresholds::province_of(city.code);
  }

  bill.total = settlement.amount(Amount::kMedfee);
  bill.own_expense =
      settlement.amount(Amount::kFulamtOwnpay) + settlement.amount(Amount::kOverlmtSelfpay);
  bill.hospital = settlement.amount(Amount::kHospPart);
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    if (i != static_cast<std::size_t>(thresholds::Payer::kMaf))
      bill.insurance += settlement.amounts[i];
  }
  bill.after_insurance = bill.total - bill.insurance - bill.hospital;
  return bill;
}

void measure(Bill& bill, const thresholds::Policy& measuring) {
  const Settlement& settlement = *bill.settlement;
  Money subtracted;
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    if ((measuring.burden_payers >> i & 1U) != 0) subtracted += settlement.amounts[i];
  }
  bill.subtracted = subtracted;
  bill.in_catalogue = settlement.amount(Amount::kInscpScp);
  if (measuring.preselfpay_in_policy) bill.in_catalogue += settlement.amount(Amount::kPreselfpay);
  bill.watched = bill.total - bill.hospital - subtracted;
  bill.in_policy = std::max(Money{}, std::min(bill.in_catalogue - subtracted, bill.watched));
  bill.excluded = std::any_of(measuring.exclude_med_types.begin(),
                              measuring.exclude_med_types.end(), [&](const std::string& prefix) {
                                return settlement.text(Text::kMedType).starts_with(prefix);
                              });
}

}  // namespace yujing::monitor

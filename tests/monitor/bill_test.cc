#include "monitor/bill.h"

#include <gtest/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

using thresholds::CareKind;
using thresholds::Filing;

Bill seen(std::string_view city, const Settlement& settlement) {
  Bill bill = make_bill(city_named(city), shipped_rules().national, settlement);
  measure(bill, city_named(city).measuring(bill.benefit_day));
  return bill;
}

TEST(Bill, TheLongestKnownPrefixOfTheMedicalTypeIsItsKindOfCare) {
  const std::vector<std::pair<std::string, CareKind>> table = {
      {"21", CareKind::kInpatient},
      {"2102", CareKind::kInpatient},
      {"2106", CareKind::kMaternity},
      {"9902", CareKind::kInpatient},
      {"9901", CareKind::kOutpatientSpecial},
      {"14", CareKind::kOutpatientChronic},
      {"140104", CareKind::kOutpatientChronic},
      {"140201", CareKind::kOutpatientSpecial},
      {"15", CareKind::kSpecialDrug},
      {"910302", CareKind::kSpecialDrug},
      {"1301", CareKind::kOutpatientOrdinary},
      {"41", CareKind::kPharmacy},
      {"52", CareKind::kMaternity},
      {"77", CareKind::kOther},
      {"", CareKind::kOther}};
  for (const auto& [med_type, kind] : table) {
    EXPECT_EQ(care_kind(city_named("jixi"), bill("jixi", {.med_type = med_type})), kind)
        << med_type;
  }
}

TEST(Bill, TheBenefitDayIsTheDischargeOfAStayAndTheDayOfTheBillOtherwise) {
  const BillText stay{.setl_time = "2027-01-03 09:00:00", .enddate = "2026-12-30"};
  EXPECT_EQ(seen("jixi", bill("jixi", stay)).benefit_day, day("2026-12-30"));

  BillText without_discharge = stay;
  without_discharge.enddate = "";
  EXPECT_EQ(seen("jixi", bill("jixi", without_discharge)).benefit_day, day("2027-01-03"));

  for (const std::string med_type : {"14", "11", "2106", "51"}) {
    BillText outpatient = stay;
    outpatient.med_type = med_type;
    EXPECT_EQ(seen("jixi", bill("jixi", outpatient)).benefit_day, day("2027-01-03")) << med_type;
  }
}

struct PlaceCase {
  std::string place;
  bool local;
  bool in_province;
};

TEST(Bill, FourDigitsMakeAPlaceLocalAndTwoTheProvince) {
  const std::vector<PlaceCase> table = {{"230302", true, true},  {"230300", true, true},
                                        {"230102", false, true}, {"110101", false, false},
                                        {"", true, true},        {"2303", true, true},
                                        {"23", false, true},     {"??", false, false}};
  for (const PlaceCase& row : table) {
    const Settlement settlement = bill("jixi", {.place = row.place});
    const Bill bill = seen("jixi", settlement);
    EXPECT_EQ(bill.local, row.local) << row.place;
    EXPECT_EQ(bill.in_province, row.in_province) << row.place;
  }
}

TEST(Bill, AFilingThatIsNotSaidFollowsFromTheMedicalType) {
  const std::vector<std::pair<std::string, Filing>> table = {{"23", Filing::kReferral},
                                                             {"24", Filing::kEmergency},
                                                             {"13", Filing::kEmergency},
                                                             {"1301", Filing::kEmergency},
                                                             {"21", Filing::kNone}};
  for (const auto& [med_type, filing] : table) {
    const Settlement settlement = bill("jixi", {.med_type = med_type});
    EXPECT_EQ(seen("jixi", settlement).filing, filing) << med_type;
  }
  const Settlement said = bill("jixi", {.med_type = "24", .filing = "none"});
  EXPECT_EQ(seen("jixi", said).filing, Filing::kNone);
}

TEST(Bill, AStandardReferralStaysInTheProvince) {
  const auto standard = [](const std::string& place, const std::string& filing) {
    const Settlement settlement = bill("jixi", {.place = place, .filing = filing});
    return seen("jixi", settlement).meets(thresholds::PlaceCondition::kStandardReferralInProvince);
  };
  EXPECT_TRUE(standard("230302", "none"));
  EXPECT_TRUE(standard("230102", "referral"));
  EXPECT_TRUE(standard("230102", "long_term"));
  EXPECT_FALSE(standard("230102", "emergency"));
  EXPECT_FALSE(standard("230102", "none"));
  EXPECT_FALSE(standard("110101", "referral"));
}

TEST(Bill, MeasuresTakeEveryPayerButAssistanceAndTheHospitalsShare) {
  Settlement settlement = bill("jixi", {.medfee = "10000",
                                        .ownpay = "1000",
                                        .preselfpay = "500",
                                        .hifp = "4000",
                                        .hifmi = "300",
                                        .maf = "900"});
  settlement.amount(Amount::kOverlmtSelfpay) = yuan("200");
  settlement.amount(Amount::kHospPart) = yuan("50");
  settlement.amount(Amount::kOth) = yuan("7");
  const Bill jixi = seen("jixi", settlement);
  EXPECT_EQ(jixi.own_expense, yuan("1200"));
  EXPECT_EQ(jixi.insurance, yuan("4307"));
  EXPECT_EQ(jixi.after_insurance, yuan("5643"));
  EXPECT_EQ(jixi.watched, yuan("5643"));
  EXPECT_EQ(jixi.in_policy, yuan("4193"));  // 8,500 in the catalogue less 4,307
}

TEST(Bill, WhatIsPaidFirstByThePatientCountsWhereTheCitySaysSo) {
  const BillText text{.medfee = "10000", .ownpay = "1000", .preselfpay = "500", .hifp = "4000"};
  const Settlement in_jixi = bill("jixi", text);
  EXPECT_EQ(seen("jixi", in_jixi).in_policy, yuan("4500"));
  const Settlement in_jincheng = bill("jincheng", text);
  EXPECT_EQ(seen("jincheng", in_jincheng).in_policy, yuan("5000"));
}

TEST(Bill, TheBurdenInPolicyIsNeverNegativeAndNeverMoreThanTheBurden) {
  const Settlement overpaid = bill("jixi", {.medfee = "5000", .ownpay = "3000", .hifp = "2500"});
  EXPECT_EQ(seen("jixi", overpaid).in_policy, Money{});
  Settlement borne = bill("jixi", {.medfee = "5000", .hifp = "2000"});
  borne.amount(Amount::kHospPart) = yuan("2900");
  EXPECT_EQ(seen("jixi", borne).in_policy, yuan("100"));
}

TEST(Bill, AKindOfCareTheCityLeavesOutIsMarked) {
  thresholds::Policy policy = city_named("jixi").versions.front();
  policy.exclude_med_types = {"51", "2106"};
  for (const auto& [med_type, excluded] :
       std::vector<std::pair<std::string, bool>>{{"21", false}, {"2106", true}, {"5101", true}}) {
    const Settlement settlement = bill("jixi", {.med_type = med_type, .medfee = "100"});
    Bill bill = make_bill(city_named("jixi"), shipped_rules().national, settlement);
    measure(bill, policy);
    EXPECT_EQ(bill.excluded, excluded) << med_type;
  }
}

}  // namespace
}  // namespace yujing::monitor

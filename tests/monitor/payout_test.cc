// Worked by hand from the documents, one story per kind of layer. The golden cases are many more.
#include "monitor/payout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitor/premium.h"
#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Payout, ADeductibleIsUsedUpOnceAYear) {
  Person person("jixi");
  person.hold("monitored", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "2000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "1500"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .med_type = "14", .medfee = "1000"});
  person.add({.setl_id = "S4", .setl_time = "2027-01-05", .medfee = "2600"});
  // 2,000 stay under the 2,500; of the next 1,500 a thousand is above; then 60% of all, until New
  // Year.
  EXPECT_THAT(person.paid(),
              ElementsAre("S1: nothing", "S2: base 600.00", "S3: base 600.00", "S4: base 60.00"));
}

TEST(Payout, WhatIsNotEligibleMovesNoDeductible) {
  Person person("jixi");
  person.hold("monitored", "2026-01-01", "2026-05-31");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "9000", .place = "110101"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .med_type = "11", .medfee = "9000"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .medfee = "2500"});
  person.add({.setl_id = "S4",
              .setl_time = "2026-04-02",
              .med_type = "24",
              .medfee = "100",
              .place = "110101"});
  person.add({.setl_id = "S5", .setl_time = "2026-06-01", .medfee = "9000"});
  EXPECT_THAT(person.paid(), ElementsAre("S1: not_referred", "S2: care_not_covered", "S3: nothing",
                                         "S4: base 60.00", "S5: no_category"));
}

TEST(Payout, PointsAreAddedOnceTheRemainingBurdenIsAboveTheLine) {
  Person person("jixi");  // half the city's income is 12,500
  person.hold("dibao", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "40000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "1666.67"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .medfee = "10"});
  person.add({.setl_id = "S4", .setl_time = "2026-05-01", .medfee = "10000"});
  // After S2 exactly 12,500 remain: not above. S4 finds 826.33 left under the cap of 30,000.
  EXPECT_THAT(person.paid(),
              ElementsAre("S1: base 28000.00", "S2: base 1166.67", "S3: base 7.00, tilt 1.00",
                          "S4: base 826.33, tilt 1000.00"));
}

TEST(Payout, PointsNeedAStandardReferralInTheProvince) {
  Person person("jixi");
  person.hold("dibao", "2026-01-01");
  person.add({.setl_id = "S1",
              .setl_time = "2026-02-01",
              .medfee = "42500",
              .place = "110101",
              .filing = "referral"});
  person.add({.setl_id = "S2",
              .setl_time = "2026-03-01",
              .medfee = "100",
              .place = "230102",
              .filing = "referral"});
  // S1 is paid but qualifies for no points, so that nothing of it remains in their sum.
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 29750.00", "S2: base 70.00"));
}

TEST(Payout, PointsHaveACapOfTheirOwn) {
  Person person("jixi");
  person.hold("dibao", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "90000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "50000"});
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 30000.00, tilt 9000.00", "S2: tilt 1000.00"));
}

TEST(Payout, PointsInsideTheAnnualCapEndWithIt) {
  Person person("shuangyashan");
  person.hold("dibao", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "60000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "40000"});
  // 45,000 and 5% of 60,000, which leaves 22,000 of 70,000 for S2 and nothing for its points.
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 45000.00, tilt 3000.00", "S2: base 22000.00"));
}

TEST(Payout, ASliceWaitsForTheCapAndIsThenCaughtUp) {
  Person person("jincheng");
  person.hold("dibao", "2026-01-01");
  const auto stay = [](const char* setl_id, const char* setl_time, const char* medfee) {
    return BillText{
        .setl_id = setl_id, .setl_time = setl_time, .medfee = medfee, .preselfpay = "10000"};
  };
  person.add(stay("S1", "2026-02-01", "50000"));
  person.add(stay("S2", "2026-03-01", "50000"));
  person.add(stay("S3", "2026-04-01", "100000"));
  // After S1 15,000 remain: 70% of 5,000 accrue. S2 uses up the 60,000; 40,000 remain: 21,000 are
  // due. S3 would bring 70,000 more; the layer ends at 40,000.
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 35000.00", "S2: base 25000.00, tilt 21000.00",
                                         "S3: tilt 19000.00"));
}

TEST(Payout, ATierWithoutACapNeverReachesALayerThatWaitsForIt) {
  Person person("jincheng");
  person.hold("returned_poverty", "2026-01-01");
  person.add({.setl_id = "S1", .medfee = "200000", .hifp = "10000"});
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 170000.00"));
}

TEST(Payout, ReAssistanceIsPaidOutsideTheAnnualCap) {
  Person person("yantai");
  person.hold("dibao", "2025-12-15");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "20000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "30000"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .medfee = "90000"});
  // 4,000 remain; then 20,000, of which 15,000 are above 5,000; the layer ends at 20,000.
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 16000.00", "S2: base 14000.00, tilt 10500.00",
                                         "S3: tilt 9500.00"));
}

TEST(Payout, ALumpSumIsPaidOnceAYearWhenTheCapIsUsedUp) {
  Person person("yanbian");
  person.hold("dibao", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "20000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "10000"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .medfee = "1000"});
  EXPECT_THAT(person.paid(),
              ElementsAre("S1: base 14000.00", "S2: base 6000.00, tilt 2000.00", "S3: nothing"));
}

TEST(Payout, ASmallerCapForChronicCareLiesInsideTheAnnualOne) {
  Person person("yanbian");
  person.hold("dibao", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .med_type = "14", .medfee = "1000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .med_type = "14", .medfee = "1000"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .medfee = "40000"});
  EXPECT_THAT(person.paid(),
              ElementsAre("S1: base 500.00", "S2: base 300.00", "S3: base 19200.00, tilt 2000.00"));
}

TEST(Payout, YanbianAssistsItsOwnRegisteredPeople) {
  Person person("yanbian");
  person.hold("dibao", "2026-01-01");
  person.record().hukou_admdvs = "110101";
  person.add({.setl_id = "S1", .medfee = "1000"});
  EXPECT_THAT(person.paid(), ElementsAre("S1: hukou_outside"));
}

TEST(Payout, AFloorRaisesTheBaseInTheProvince) {
  Person person("jincheng");
  person.hold("returned_poverty", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "10000", .hifp = "6000"});
  person.add({.setl_id = "S2",
              .setl_time = "2026-03-01",
              .medfee = "10000",
              .hifp = "6000",
              .place = "110101",
              .filing = "referral"});
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 3000.00", "S2: base 2800.00"));
}

TEST(Payout, ASingleDiseaseStandsInForTheLayers) {
  Person person("jincheng");
  person.hold("dibao", "2026-01-01");
  const BillText known{.setl_id = "S1",
                       .setl_time = "2026-02-01",
                       .medfee = "10000",
                       .hifp = "5000",
                       .dise_codg = "M00001"};
  BillText unknown = known;
  unknown.setl_id = "S2";
  unknown.setl_time = "2026-03-01";
  unknown.dise_codg = "M00002";
  BillText employee = known;
  employee.setl_id = "S3";
  employee.setl_time = "2026-04-01";
  employee.insutype = "310";
  person.add(known);
  person.add(unknown);
  person.add(employee);
  EXPECT_THAT(person.paid(), ElementsAre("S1: single_disease 1600.00, hospital 2000.00",
                                         "S2: base 3500.00", "S3: base 3500.00"));
}

TEST(Payout, CostsOutsideTheCatalogueAreControlled) {
  Person person("jincheng");
  person.hold("returned_poverty", "2025-01-01");
  const auto stay = [](const char* setl_id, const char* setl_time, const char* charge_class) {
    return BillText{.setl_id = setl_id,
                    .setl_time = setl_time,
                    .medfee = "20000",
                    .ownpay = "5000",
                    .hifp = "10000",
                    .hosp_charge_class = charge_class};
  };
  person.add(stay("S1", "2025-12-31", "3"));
  person.add(stay("S2", "2026-01-01", "3"));
  person.add(stay("S3", "2026-01-02", "1"));
  person.add(stay("S4", "2026-01-03", ""));
  // 15% of 20,000 are 3,000: the hospital bears what is above; the fund pays 85% of it until 2025.
  EXPECT_THAT(
      person.paid(),
      ElementsAre("S1: base 3500.00, out_of_catalogue 2550.00, hospital 2000.00",
                  "S2: base 3500.00, hospital 2000.00", "S3: base 3500.00", "S4: base 3500.00"));
}

TEST(Payout, AnApplicationReachesBackAndChargesItsOwnYear) {
  Person person("jixi");
  person.apply("2026-08-15");
  person.add({.setl_id = "S1", .setl_time = "2025-08-14", .medfee = "9000"});
  person.add({.setl_id = "S2", .setl_time = "2025-08-15", .medfee = "9000"});
  person.add({.setl_id = "S3", .setl_time = "2026-09-01", .medfee = "1000"});
  person.add({.setl_id = "S4", .setl_time = "2027-01-01", .medfee = "1000"});
  // The rules begin in 2026; the window's version governs S2 all the same, in the account of 2026.
  EXPECT_THAT(person.paid(), ElementsAre("S1: no_policy_in_force", "S2: base 1800.00",
                                         "S3: base 600.00", "S4: no_category"));
  const Folded& folded = person.fold();
  EXPECT_EQ(folded.years.at(2026).payout.counted, yuan("10000"));
  EXPECT_EQ(folded.years.at(2025).totals.assistance_due, yuan("1800"));
  EXPECT_EQ(folded.years.at(2026).totals.assistance_due, yuan("600"));
}

TEST(Payout, AMissingFigureIsNamedAndNeverTakenAsNothing) {
  const thresholds::Reference nothing;
  Person by_share("shuangyashan", nothing);
  by_share.hold("monitored", "2026-01-01");
  by_share.add({.setl_id = "S1", .medfee = "9000"});
  EXPECT_THAT(by_share.paid(), ElementsAre("S1: reference_missing"));
  EXPECT_THAT(by_share.missing(), ElementsAre("income.city.2025"));

  Person without_line("jixi", nothing);
  without_line.hold("dibao", "2026-01-01");
  without_line.add({.setl_id = "S1", .medfee = "90000"});
  EXPECT_THAT(without_line.paid(), ElementsAre("S1: base 30000.00"));
  EXPECT_THAT(without_line.missing(), ElementsAre("income.city.2025"));
}

TEST(Payout, TheAccountGoesOnWhenTheTierChanges) {
  Person person("jixi");
  person.hold("tekun", "2026-01-01", "2026-03-31");
  person.hold("dibao", "2026-04-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "29000"});
  person.add({.setl_id = "S2", .setl_time = "2026-05-01", .medfee = "2000"});
  EXPECT_THAT(person.paid(), ElementsAre("S1: base 29000.00", "S2: base 1000.00"));
}

TEST(Payout, CriticalIllnessInsurancePaysByBandsOfTheYearsSum) {
  Person person("yantai");
  person.hold("dibao", "2025-12-15");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "30000", .hifp = "10000"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "100000", .hifp = "10000"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .med_type = "15", .medfee = "1000"});
  person.add({.setl_id = "S4", .setl_time = "2026-05-01", .med_type = "11", .medfee = "1000"});
  const Folded& folded = person.fold();
  // 65% of 13,000; then 65% of the 80,000 up to 100,000 and 70% of 10,000; drugs 80% by themselves.
  EXPECT_EQ(folded.bills[0].critical_illness_due, std::optional<Money>(yuan("8450")));
  EXPECT_EQ(folded.bills[1].critical_illness_due, std::optional<Money>(yuan("59000")));
  EXPECT_EQ(folded.bills[2].critical_illness_due, std::optional<Money>(yuan("800")));
  EXPECT_EQ(folded.bills[3].critical_illness_due, std::nullopt);
}

TEST(Payout, WhatSpecialDrugsPayOthersIsNotStated) {
  Person person("yantai");
  person.add({.setl_id = "S1", .med_type = "15", .medfee = "1000"});
  const auto due = person.fold().bills[0].critical_illness_due;
  ASSERT_TRUE(due.has_value());
  EXPECT_EQ(*due, std::nullopt);
}

// Of each step: what, amount and article.
std::vector<std::string> steps_of(const FoldedBill& folded) {
  std::vector<std::string> lines;
  for (const Step& step : folded.steps) {
    lines.push_back(step.what + " " + to_string(step.amount) + " " + step.cite);
  }
  return lines;
}

TEST(Payout, EveryAmountListsItsStepsWithTheArticleBehindEach) {
  Person person("jixi");
  person.hold("monitored", "2026-01-01");
  person.add({.setl_id = "S1", .medfee = "50000", .ownpay = "1000", .hifp = "9000"});
  const Folded& folded = person.fold();
  EXPECT_THAT(steps_of(folded.bills[0]),
              ElementsAre("政策范围内个人负担 40000.00 第八条、第九条",
                          "超过年度起付标准的部分 37500.00 第十条（二）",
                          "按比例救助 22500.00 第十一条（二）", "基本救助 22500.00 第九条",
                          "倾斜救助（比例上浮） 3750.00 第十一条（三）"));
  EXPECT_EQ(folded.bills[0].steps[2].detail, "60% × 37,500.00");
}

TEST(Payout, StepsOfASingleDiseaseNameTheLimit) {
  Person person("jincheng");
  person.hold("low_income", "2026-01-01");
  person.add({.setl_id = "S1", .medfee = "10000", .hifp = "5000", .dise_codg = "M00001"});
  const Folded& folded = person.fold();
  EXPECT_THAT(steps_of(folded.bills[0]),
              ElementsAre("单病种限额内救助 800.00 第十三条",
                          "超过限额部分由医疗机构承担 2000.00 第十三条"));
  EXPECT_EQ(folded.bills[0].steps[1].detail, "限额 8,000.00");
}

TEST(Payout, WhoIsNotPaidHasNoSteps) {
  Person person("jixi");
  person.add({.setl_id = "S1", .medfee = "50000"});
  EXPECT_THAT(person.fold().bills[0].steps, IsEmpty());
}

}  // namespace
}  // namespace yujing::monitor

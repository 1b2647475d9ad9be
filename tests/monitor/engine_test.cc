// The walk of one event, told as what happens to one person's bills.
#include "monitor/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const BeijingTime kEight = time("2026-03-10 08:00:00");
const BeijingTime kNine = time("2026-03-10 09:00:00");

Settlement stay(const char* setl_id, const char* medfee,
                const char* setl_time = "2026-03-01 10:00:00") {
  return bill("jixi",
              {.setl_id = setl_id, .setl_time = setl_time, .medfee = medfee, .mdtrt_id = "V1"});
}

Settlement reversal(const Settlement& of, const char* setl_id) {
  Settlement settlement = turned_round(of, setl_id);
  settlement.text(Text::kInitSetlId) = of.setl_id;
  return settlement;
}

PersonRecord person_with(const char* category, const char* from, const char* updt_time) {
  PersonRecord record;
  record.psn_no = "P1";
  record.updt_time = time(updt_time);
  record.categories.push_back({category, day(from), thresholds::kNoEnd, ""});
  return record;
}

TEST(Engine, ABillMovesTheAccountAndRaisesAnAlert) {
  Desk desk;
  EXPECT_EQ(desk.send(stay("S1", "9000")), Outcome::kApplied);
  EXPECT_THAT(desk.messages(), IsEmpty());
  EXPECT_EQ(desk.send(stay("S2", "2000", "2026-03-02 10:00:00")), Outcome::kApplied);
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi burden-over-10000 2026 by S2"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.after_insurance, yuan("11000"));
  EXPECT_EQ(desk.refolds(), 0U);
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, TwelveMonthsInARowReachOverNewYear) {
  Desk desk;
  const auto visit = [](const char* setl_id, const char* setl_time, const char* medfee) {
    return bill("ganyu", {.setl_id = setl_id,
                          .setl_time = setl_time,
                          .med_type = "11",
                          .medfee = medfee,
                          .maf = "1"});
  };
  desk.send(visit("S1", "2025-11-01", "6000"));
  desk.send(visit("S2", "2026-02-01", "5000"));
  EXPECT_THAT(desk.messages(), ElementsAre("raised ganyu rolling-over-10000 2026 by S2"));
  desk.send(visit("S3", "2025-12-01", "4500"));
  EXPECT_THAT(desk.messages(), ElementsAre("raised ganyu rolling-over-10000 2025 by S3"));
  EXPECT_EQ(desk.account("ganyu", 2026).warnings.crossings.front().amount, yuan("15500"));
  // Without the bill of 2025, neither year is over.
  desk.send(reversal(visit("S1", "2025-11-01", "6000"), "R1"));
  EXPECT_THAT(desk.messages(), ElementsAre("cleared ganyu rolling-over-10000 2025 by S3",
                                           "cleared ganyu rolling-over-10000 2026 by S2"));
  desk.restart();
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, ALineThatIsCrossedAndLeftWithinABatchIsNotHeardOf) {
  Desk desk;
  desk.send(stay("S1", "11000"));
  desk.send(reversal(stay("S1", "11000"), "R1"));
  EXPECT_THAT(desk.messages(), IsEmpty());
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, ManyLateBillsOfABatchFoldTheYearOnce) {
  Desk desk;
  for (const char* setl_time : {"2026-03-05", "2026-03-04", "2026-03-03", "2026-03-02"}) {
    desk.send(stay(setl_time, "100", setl_time));
  }
  desk.commit();
  EXPECT_EQ(desk.refolds(), 1U);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("400"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, ABatchSpeaksOfPersonsAsTheyCame) {
  Desk desk;
  for (const char* psn_no : {"P9", "P1", "P5", "P3"}) {
    Settlement settlement = stay(psn_no, "11000");
    settlement.psn_no = psn_no;
    desk.send(settlement);
  }
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi burden-over-10000 2026 by P9",
                                           "raised jixi burden-over-10000 2026 by P1",
                                           "raised jixi burden-over-10000 2026 by P5",
                                           "raised jixi burden-over-10000 2026 by P3"));
}

TEST(Engine, ADuplicateHasNoEffect) {
  Desk desk;
  desk.send(stay("S1", "9000"));
  EXPECT_EQ(desk.send(stay("S1", "9000")), Outcome::kDuplicate);
  desk.restart();
  EXPECT_EQ(desk.send(stay("S1", "9000")), Outcome::kDuplicate);
  EXPECT_EQ(desk.account("jixi", 2026).totals.settlements, 1);
}

TEST(Engine, ALaterUpdateTimeOfADuplicateIsRememberedAcrossARestart) {
  Desk desk;
  desk.send({stay("S1", "9000"), kEight, false});
  EXPECT_EQ(desk.send({stay("S1", "9000"), kNine, false}), Outcome::kDuplicate);
  desk.restart();
  EXPECT_EQ(desk.send({stay("S1", "8000"), kNine, false}), Outcome::kConflict);
  EXPECT_EQ(desk.send({stay("S1", "8000"), kEight, false}), Outcome::kOutdated);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("9000"));
}

TEST(Engine, ALaterVersionReplacesAndMayMoveTheYear) {
  Desk desk;
  Settlement first = stay("S1", "11000", "2027-01-02 10:00:00");
  desk.send(first);
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi burden-over-10000 2027 by S1"));
  Settlement corrected = first;
  corrected.enddate = day("2026-12-30");
  EXPECT_EQ(desk.send({corrected, kEight, false}), Outcome::kReplaced);
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi burden-over-10000 2026 by S1",
                                           "cleared jixi burden-over-10000 2027 by S1"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("11000"));
  EXPECT_EQ(desk.account("jixi", 2027), YearAccount());
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AVersionMayMoveABillToAnotherCity) {
  Desk desk;
  desk.send(stay("S1", "500"));
  Settlement moved = stay("S1", "500");
  moved.city = city_named("yantai").code;
  EXPECT_EQ(desk.send({moved, kEight, false}), Outcome::kReplaced);
  EXPECT_EQ(desk.account("jixi", 2026), YearAccount());
  EXPECT_EQ(desk.account("yantai", 2026).totals.medfee, yuan("500"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AnOutdatedVersionHasNoEffect) {
  Desk desk;
  desk.send({stay("S1", "9000"), kNine, false});
  EXPECT_EQ(desk.send({stay("S1", "1"), kEight, false}), Outcome::kOutdated);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("9000"));
}

TEST(Engine, AConflictLeavesTheFirstComer) {
  Desk desk;
  desk.send(stay("S1", "9000"));
  EXPECT_EQ(desk.send(stay("S1", "8000")), Outcome::kConflict);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("9000"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AVoidMarkTakesTheBillOutForGood) {
  Desk desk;
  desk.send(stay("S1", "11000"));
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi burden-over-10000 2026 by S1"));
  EXPECT_EQ(desk.send({stay("S1", "11000"), kNoTime, true}), Outcome::kDuplicate);
  EXPECT_THAT(desk.messages(), ElementsAre("cleared jixi burden-over-10000 2026 by S1"));
  EXPECT_EQ(desk.send({stay("S1", "12000"), kNine, false}), Outcome::kReplaced);
  EXPECT_EQ(desk.account("jixi", 2026).totals.settlements, 0);
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AVoidMarkCountsInAConflictToo) {
  Desk desk;
  desk.send(stay("S1", "11000"));
  EXPECT_EQ(desk.send({stay("S1", "1"), kNoTime, true}), Outcome::kConflict);
  EXPECT_EQ(desk.account("jixi", 2026).totals.settlements, 0);
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AReversalTakesItsBillOut) {
  Desk desk;
  desk.send(stay("S1", "9000"));
  desk.send(stay("S2", "2000", "2026-03-02 10:00:00"));
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi burden-over-10000 2026 by S2"));
  EXPECT_EQ(desk.send(reversal(stay("S1", "9000"), "R1")), Outcome::kReversed);
  EXPECT_THAT(desk.messages(), ElementsAre("cleared jixi burden-over-10000 2026 by S2"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.settlements, 1);
  EXPECT_EQ(desk.account("jixi", 2026).totals.after_insurance, yuan("2000"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AReversalThatComesFirstWaits) {
  Desk desk;
  EXPECT_EQ(desk.send(reversal(stay("S1", "11000"), "R1")), Outcome::kReversed);
  desk.restart();
  EXPECT_EQ(desk.send(stay("S1", "11000")), Outcome::kApplied);
  EXPECT_EQ(desk.account("jixi", 2026), YearAccount());
  EXPECT_THAT(desk.messages(), IsEmpty());
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AReversalThatBecomesVoidGivesItsBillBack) {
  Desk desk;
  desk.send(stay("S1", "11000"));
  desk.send(reversal(stay("S1", "11000"), "R1"));
  desk.commit();
  EXPECT_EQ(desk.send({reversal(stay("S1", "11000"), "R1"), kNine, true}), Outcome::kDuplicate);
  EXPECT_EQ(desk.account("jixi", 2026).totals.settlements, 1);
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi burden-over-10000 2026 by S1"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AVersionOfAReversalMayNameAnotherBill) {
  Desk desk;
  desk.send(stay("S1", "100"));
  desk.send(stay("S2", "200", "2026-03-02 10:00:00"));
  Settlement first = reversal(stay("S1", "100"), "R1");
  desk.send(first);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("200"));
  Settlement second = first;
  second.text(Text::kInitSetlId) = "S2";
  EXPECT_EQ(desk.send({second, kEight, false}), Outcome::kReplaced);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("100"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AReversalWithoutAnOriginalIsMatchedWithinItsVisit) {
  Desk desk;
  const Settlement visit = stay("S1", "300");
  desk.send(turned_round(visit, "R1"));
  desk.send(stay("S2", "400", "2026-03-02 10:00:00"));
  desk.restart();
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("400"));
  desk.send(visit);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("400"));
  // A second bill with the same amounts: nobody can say which one is meant, and both count.
  Settlement twin = visit;
  twin.setl_id = "S3";
  twin.setl_time = time("2026-03-03 10:00:00");
  desk.send(twin);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("1000"));
  // A correction of the twin settles it.
  twin.amount(Amount::kMedfee) += yuan("1");
  desk.send({twin, kEight, false});
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("701"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, ALateBillFoldsTheYearAgain) {
  Desk desk;
  PersonRecord record = person_with("monitored", "2026-01-01", "2026-01-01 08:00:00");
  desk.send(RecordKind::kPerson, record);
  desk.send(stay("S2", "3000", "2026-03-02 10:00:00"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("300"));
  EXPECT_EQ(desk.refolds(), 0U);
  desk.send(stay("S1", "2500", "2026-03-01 10:00:00"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("1800"));
  EXPECT_EQ(desk.refolds(), 1U);
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AChangeOfCategoriesIsJudgedAnew) {
  Desk desk;
  Settlement settlement = stay("S1", "5000");
  settlement.amount(Amount::kHifmi) = yuan("10");
  desk.send(settlement);
  EXPECT_THAT(desk.messages(), IsEmpty());
  EXPECT_TRUE(desk.send(RecordKind::kPerson,
                        person_with("dibao_edge", "2026-01-01", "2026-03-05 08:00:00")));
  EXPECT_THAT(desk.messages(), ElementsAre("raised jixi critical-illness-started 2026 by S1"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("1494"));
  EXPECT_TRUE(
      desk.send(RecordKind::kPerson, person_with("dibao", "2026-01-01", "2026-03-06 08:00:00")));
  EXPECT_THAT(desk.messages(), ElementsAre("cleared jixi critical-illness-started 2026 by S1"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("3493"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AnOlderRecordDoesNotReplaceALaterOne) {
  Desk desk;
  desk.send(stay("S1", "1000"));
  desk.send(RecordKind::kPerson, person_with("dibao", "2026-01-01", "2026-03-06 08:00:00"));
  EXPECT_FALSE(
      desk.send(RecordKind::kPerson, person_with("tekun", "2026-01-01", "2026-03-05 08:00:00")));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("700"));
}

TEST(Engine, TheSameRecordAgainFoldsNothing) {
  Desk desk;
  desk.send(stay("S1", "1000"));
  PersonRecord record = person_with("dibao", "2026-01-01", "2026-03-06 08:00:00");
  desk.send(RecordKind::kPerson, record);
  desk.restart();
  EXPECT_EQ(desk.refolds(), 1U);
  EXPECT_TRUE(desk.send(RecordKind::kPerson, record));
  record.household_id = "H2";  // nothing that a rule looks at
  EXPECT_TRUE(desk.send(RecordKind::kPerson, record));
  desk.commit();
  EXPECT_EQ(desk.refolds(), 1U);
  EXPECT_EQ(desk.person().person->household_id, "H2");
}

TEST(Engine, ADecisionIsKeptBesideTheOfficesRecord) {
  Desk desk;
  desk.send(stay("S1", "9000"));
  PersonRecord decision;
  decision.psn_no = "P1";
  decision.applications = {day("2026-05-01")};
  EXPECT_TRUE(desk.send(RecordKind::kDecision, decision));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("1800"));
  EXPECT_TRUE(desk.send(RecordKind::kPerson,
                        person_with("low_income", "2026-01-01", "2026-06-01 08:00:00")));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("1800"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, ALookBackMovesOneYearsBillIntoAnotherYearsAccount) {
  Desk desk;
  desk.send(stay("S1", "9000", "2025-11-01 10:00:00"));
  desk.send(stay("S2", "1000", "2026-03-01 10:00:00"));
  PersonRecord record;
  record.psn_no = "P1";
  record.applications = {day("2026-08-01")};
  desk.send(RecordKind::kPerson, record);
  EXPECT_EQ(desk.account("jixi", 2025).totals.assistance_due, yuan("1800"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("600"));
  EXPECT_EQ(desk.account("jixi", 2026).payout.counted, yuan("10000"));
  record.applications.clear();
  desk.send(RecordKind::kPerson, record);
  EXPECT_EQ(desk.account("jixi", 2025).totals.assistance_due, Money{});
  EXPECT_EQ(desk.account("jixi", 2026).payout.counted, Money{});
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, ALateBillOfTheYearBeforeComesFirstInTheAccountItIsCharged) {
  Desk desk;
  PersonRecord record;
  record.psn_no = "P1";
  record.applications = {day("2026-08-01")};
  desk.send(RecordKind::kPerson, record);
  desk.send(stay("S2", "9000", "2026-03-01 10:00:00"));
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("1800"));
  desk.send(stay("S1", "1000", "2025-11-01 10:00:00"));  // the first one of its own year
  EXPECT_EQ(desk.account("jixi", 2025).totals.assistance_due, Money{});
  EXPECT_EQ(desk.account("jixi", 2026).totals.assistance_due, yuan("2400"));
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, AnotherPersonsBillsAreNobodyElsesBusiness) {
  Desk desk;
  Settlement other = stay("S1", "11000");
  other.psn_no = "P2";
  desk.send(stay("S1", "500"));
  EXPECT_EQ(desk.send(other), Outcome::kApplied);
  Settlement reversal_of_other = reversal(other, "R1");
  desk.send(reversal_of_other);
  EXPECT_EQ(desk.account("jixi", 2026).totals.medfee, yuan("500"));
  EXPECT_THAT(desk.accounts("P2"), IsEmpty());
  EXPECT_EQ(desk.engine().statistics().persons, 2U);
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Engine, BillsOfACityNoLongerInUseRest) {
  TemporaryFolder folder;
  PlainAlerts alerts;
  const std::unique_ptr<Store> store = open_store(folder.path());
  const Settlement in_yantai = bill("yantai", {.setl_id = "S1", .medfee = "500"});
  {
    Engine engine(shipped_rules(), usual_figures(), *store, alerts);
    must(engine.apply(Delivery{in_yantai, kNoTime, false}));
    must(engine.apply(Delivery{reversal(in_yantai, "R1"), kNoTime, false}));
    must(engine.flush());
    must(store->commit());
  }
  thresholds::RuleBook only_jixi = shipped_rules();
  std::erase_if(only_jixi.cities, [](const auto& city) { return city.id != "jixi"; });
  Engine engine(only_jixi, usual_figures(), *store, alerts);
  must(engine.start());
  // The bill in Yantai would count again, and nobody is there to say for what.
  Delivery voided{reversal(in_yantai, "R1"), kNoTime, true};
  EXPECT_EQ(must(engine.apply(voided)), Outcome::kDuplicate);
  EXPECT_EQ(must(engine.apply(Delivery{stay("S2", "700"), kNoTime, false})), Outcome::kApplied);
  must(engine.flush());
  must(store->commit());
  EXPECT_TRUE(must(store->item("P1", "S1"))->counts);
}

}  // namespace
}  // namespace yujing::monitor

#include "monitor/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitor/statistics.h"
#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Two bills of P1 over the line, and one of P2.
void fill(Desk& desk) {
  desk.send(bill("jixi", {.setl_id = "S1", .setl_time = "2026-03-01", .medfee = "9000"}));
  desk.send(bill("jixi", {.setl_id = "S2", .setl_time = "2026-03-02", .medfee = "3000"}));
  Settlement other = bill("yantai", {.setl_id = "S1", .medfee = "500"});
  other.psn_no = "P2";
  desk.send(other);
  desk.commit();
}

TEST(Verify, ASoundStoreHasNoDifferences) {
  Desk desk;
  fill(desk);
  std::uint64_t told = 0;
  const VerifyReport report = must(
      verify_store(desk.store(), shipped_rules(), usual_figures(), [&](std::uint64_t) { ++told; }));
  EXPECT_EQ(report.persons, 2U);
  EXPECT_EQ(report.settlements, 3U);
  EXPECT_EQ(report.difference_count, 0U);
  EXPECT_EQ(told, 0U);  // progress is for the patience of a thousand persons
}

TEST(Verify, AnEmptyStoreIsSound) {
  Desk desk;
  EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Verify, ATamperedAccountIsReported) {
  Desk desk;
  fill(desk);
  PersonState state = desk.person();
  state.years[0].account.totals.after_insurance += Money{1};
  desk.store().put_person(state);
  EXPECT_THAT(desk.differences(),
              ElementsAre(AllOf(HasSubstr("person P1, jixi 2026"), HasSubstr("12000.01 kept"),
                                HasSubstr("12000.00 folded"))));
}

// An id that is in the ledger and taken for new would count twice.
TEST(Verify, AMissingMarkIsReported) {
  Desk desk;
  fill(desk);
  PersonState state = desk.person();
  state.settlements = IdMarks();
  state.settlements.add("S2");
  desk.store().put_person(state);
  EXPECT_THAT(desk.differences(),
              ElementsAre(AllOf(HasSubstr("person P1, settlement S1"), HasSubstr("marks"))));
}

TEST(Verify, APayoutThatWasMovedIsReported) {
  Desk desk;
  fill(desk);
  PersonState state = desk.person();
  state.years[0].account.payout.annual += Money{1};
  desk.store().put_person(state);
  EXPECT_THAT(desk.differences(), ElementsAre(HasSubstr("is not the fold of the ledger")));
}

TEST(Verify, AYearThatWasTakenAwayIsReported) {
  Desk desk;
  fill(desk);
  PersonState state = desk.person();
  state.years.clear();
  desk.store().put_person(state);
  EXPECT_THAT(desk.differences(),
              UnorderedElementsAre(HasSubstr("0.00 kept"), HasSubstr("open alerts"),
                                   HasSubstr("statistics")));
}

TEST(Verify, AYearThatWasMadeUpIsReported) {
  Desk desk;
  fill(desk);
  PersonState state = desk.person();
  state.year_of(city_named("jixi").code, 2027).account.totals.settlements = 1;
  desk.store().put_person(state);
  EXPECT_THAT(desk.differences(), ElementsAre(HasSubstr("person P1, jixi 2027")));
}

TEST(Verify, AnAlertThatWasTakenAwayIsReported) {
  Desk desk;
  fill(desk);
  PersonState state = desk.person();
  state.years[0].alerts.clear();
  desk.store().put_person(state);
  EXPECT_THAT(desk.differences(),
              UnorderedElementsAre(HasSubstr("open alerts are not the rules that hold"),
                                   HasSubstr("statistics")));
}

TEST(Verify, ATamperedEntryIsReported) {
  Desk desk;
  fill(desk);
  Entry entry;
  entry.counts = true;
  entry.content = bill("jixi", {.setl_id = "S1", .setl_time = "2026-03-01", .medfee = "8999"});
  desk.store().put_entry("P1", "S1", entry);  // in place of the one that came
  EXPECT_THAT(desk.differences(), UnorderedElementsAre(HasSubstr("is not the fold of the ledger"),
                                                       HasSubstr("statistics")));
}

TEST(Verify, AnUndoThatNobodyAskedForIsReported) {
  Desk desk;
  fill(desk);
  Entry undone;
  undone.kind = Entry::Kind::kUndone;
  undone.seq = 1;
  desk.store().put_entry("P1", "S1", undone);
  EXPECT_THAT(
      desk.differences(),
      testing::Contains(AllOf(HasSubstr("settlement S1"), HasSubstr("says it does not count"),
                              HasSubstr("versions and reversals say it does"))));
}

TEST(Verify, EntriesWithoutAnAccountAreReported) {
  Desk desk;
  fill(desk);
  Entry entry;
  entry.content = bill("jixi", {.setl_id = "S1", .medfee = "100"});
  desk.store().put_entry("P3", "S1", entry);
  EXPECT_THAT(desk.differences(),
              ElementsAre(HasSubstr("person P3: has ledger entries but no account")));
}

TEST(Verify, TamperedStatisticsAreReported) {
  Desk desk;
  fill(desk);
  Statistics statistics = desk.engine().statistics();
  statistics.paid["jixi"].burden += Money{1};
  desk.store().put_note(kStatisticsNote, encode_statistics(statistics));
  must(desk.store().commit());
  const VerifyReport report =
      must(verify_store(desk.store(), shipped_rules(), usual_figures(), {}));
  EXPECT_THAT(report.differences, ElementsAre(HasSubstr("statistics")));
}

TEST(Verify, WhatIsKeptOfACityNoLongerInUseRests) {
  Desk desk;
  fill(desk);
  thresholds::RuleBook only_jixi = shipped_rules();
  std::erase_if(only_jixi.cities, [](const auto& city) { return city.id != "jixi"; });
  const VerifyReport report = must(verify_store(desk.store(), only_jixi, usual_figures(), {}));
  EXPECT_THAT(report.differences, IsEmpty());
}

TEST(Verify, ManyDifferencesAreCountedAndSomeAreNamed) {
  Desk desk;
  Entry entry;
  entry.content = bill("jixi", {.setl_id = "S1", .medfee = "100"});
  for (std::size_t i = 0; i < kDifferencesMax + 7; ++i) {
    desk.store().put_entry("P" + std::to_string(i), "S1", entry);
  }
  desk.commit();
  const VerifyReport report =
      must(verify_store(desk.store(), shipped_rules(), usual_figures(), {}));
  EXPECT_EQ(report.differences.size(), kDifferencesMax);
  EXPECT_EQ(report.difference_count, kDifferencesMax + 7);
}

}  // namespace
}  // namespace yujing::monitor

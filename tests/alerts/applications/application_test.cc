#include "alerts/applications/application.h"

#include <gmock/gmock.h>

#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

using testing::HasSubstr;

BillText stay(std::string id, std::string day_text, std::string medfee, std::string hifp) {
  BillText text;
  text.setl_id = std::move(id);
  text.setl_time = day_text + " 10:00:00";
  text.enddate = std::move(day_text);
  text.inscp = medfee;
  text.medfee = std::move(medfee);
  text.hifp = std::move(hifp);
  return text;
}

Permission permission(WatchedPerson& person, std::string_view on) {
  const auto facts = monitor::make_facts(person.city(), &person.record(), nullptr);
  return may_apply(person.city(), facts, day(on));
}

Refusal refusal(WatchedPerson& person, std::string_view on) {
  return permission(person, on).refusal;
}

TEST(Permission, WhoBelongsToNoTierMayApplyOnceAYear) {
  WatchedPerson person("jixi", "P1", "230302", {});
  EXPECT_EQ(refusal(person, "2026-08-15"), Refusal::kNone);
  EXPECT_EQ(refusal(person, "2025-12-31"), Refusal::kNoPolicyInForce);
  person.record().applications = {day("2026-03-01")};
  const auto again = permission(person, "2026-08-15");
  EXPECT_EQ(again.refusal, Refusal::kAppliedAlready);
  EXPECT_THAT(refusal_words(person.city(), again, day("2026-08-15")), HasSubstr("2026-03-01"));
  EXPECT_EQ(refusal(person, "2027-01-01"), Refusal::kNone);
}

TEST(Permission, ABetterTierNeedsNone) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.hold("dibao_edge", "2026-01-01", "2026-06-30");
  EXPECT_EQ(refusal(person, "2026-05-01"), Refusal::kBetterTier);
  EXPECT_EQ(refusal(person, "2026-07-01"), Refusal::kNone);
  person.hold("illness_poverty", "2026-01-01");
  EXPECT_EQ(refusal(person, "2026-07-01"), Refusal::kNone);
  const auto facts = monitor::make_facts(person.city(), &person.record(), nullptr);
  EXPECT_FALSE(invites_application(person.city(), facts, day("2026-07-01")));
}

TEST(Permission, SomeCitiesKnowNone) {
  WatchedPerson person("jincheng", "P1", "140502", {});
  const auto refused = permission(person, "2026-08-15");
  EXPECT_EQ(refused.refusal, Refusal::kNoApplication);
  EXPECT_THAT(refusal_words(person.city(), refused, day("2026-08-15")), HasSubstr("依申请救助"));
}

TEST(Application, CoversTheWindowAndWhatTheFoldWillPay) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.add(stay("S1", "2025-08-14", "10000", "5000"));  // a day too early
  person.add(stay("S2", "2025-08-15", "10000", "5000"));  // before the rules, yet in the window
  person.add(stay("S3", "2026-03-09", "30000", "14000"));
  const History history(person.calculator(), person.settlements());
  const auto application =
      suppose_approved(person.calculator(), history, &person.record(), nullptr, day("2026-08-15"));
  ASSERT_EQ(application.bills.size(), 2U);
  EXPECT_EQ(application.bills[0].settlement->setl_id, "S2");
  EXPECT_TRUE(application.bills[0].by_application);
  EXPECT_EQ(application.totals.counted, yuan("21000"));
  EXPECT_EQ(application.base, yuan("9000"));  // 60% of what is above 6,000
  EXPECT_EQ(application.totals.due, application.base + application.further);
  EXPECT_EQ(application.tier->id, "illness_poverty");
  EXPECT_EQ(application.window.from, day("2025-08-15"));
  EXPECT_EQ(application.window.until, day("2026-12-31"));
}

}  // namespace
}  // namespace yujing::alerts

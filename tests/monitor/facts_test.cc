#include "monitor/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;

// "2025-08-15 to 2026-12-31 for 2026"
std::vector<std::string> windows(std::string_view city,
                                 const std::vector<std::string>& applications) {
  PersonRecord record;
  for (const std::string& date : applications)
    record.applications.push_back(day(date));
  std::vector<std::string> texts;
  for (const Window& window : make_facts(city_named(city), &record, nullptr).windows) {
    texts.push_back(to_string(window.from) + " to " + to_string(window.until) + " for " +
                    std::to_string(window.year));
  }
  return texts;
}

TEST(Facts, AWindowReachesBackTwelveMonthsToTheSameDay) {
  EXPECT_THAT(windows("jixi", {"2026-08-15"}), ElementsAre("2025-08-15 to 2026-12-31 for 2026"));
  EXPECT_THAT(windows("jixi", {"2026-12-31"}), ElementsAre("2025-12-31 to 2026-12-31 for 2026"));
}

TEST(Facts, AWindowReachesBackToTheFirstOfTheMonthInYantai) {
  EXPECT_THAT(windows("yantai", {"2026-08-15"}), ElementsAre("2025-08-01 to 2026-12-31 for 2026"));
  EXPECT_THAT(windows("yantai", {"2024-02-29"}), ElementsAre("2023-02-01 to 2024-12-31 for 2024"));
}

TEST(Facts, TheWindowOfALeapDayStartsOnTheLastOfFebruary) {
  EXPECT_THAT(windows("jixi", {"2028-02-29"}), ElementsAre("2027-02-28 to 2028-12-31 for 2028"));
}

TEST(Facts, AWindowCanEndOnTheDayOfTheApplication) {
  thresholds::CityRules city = city_named("jixi");
  city.versions.front().application->end = thresholds::ApplicationRule::WindowEnd::kApplicationDay;
  PersonRecord record;
  record.applications = {day("2026-08-15")};
  const Facts facts = make_facts(city, &record, nullptr);
  ASSERT_EQ(facts.windows.size(), 1U);
  EXPECT_EQ(facts.windows.front().until, day("2026-08-15"));
}

TEST(Facts, OfTwoApplicationsInAYearTheFirstCounts) {
  EXPECT_THAT(
      windows("jixi", {"2026-09-01", "2026-03-01", "2027-01-01"}),
      ElementsAre("2025-03-01 to 2026-12-31 for 2026", "2026-01-01 to 2027-12-31 for 2027"));
}

TEST(Facts, AnApplicationWithoutAVersionInForceIsAsIfNeverMade) {
  EXPECT_THAT(windows("jixi", {"2025-12-31", "2031-01-01"}), ElementsAre());
  // Jincheng states no look-back.
  EXPECT_THAT(windows("jincheng", {"2026-03-01"}), ElementsAre());
}

TEST(Facts, ApplicationsOfBothRecordsAreOneList) {
  PersonRecord person;
  person.applications = {day("2026-09-01")};
  PersonRecord decision;
  decision.applications = {day("2026-03-01"), day("2026-09-01")};
  const Facts facts = make_facts(city_named("jixi"), &person, &decision);
  ASSERT_EQ(facts.windows.size(), 1U);
  EXPECT_EQ(facts.windows.front().application, day("2026-03-01"));
}

TEST(Facts, DatesOfCategoriesAreInclusive) {
  Person person("jixi");
  person.hold("dibao", "2026-02-10", "2026-05-20");
  const Facts facts = person.facts();
  const auto dibao = thresholds::CategorySet{1} << *person.city().category_bit("dibao");
  EXPECT_EQ(facts.held(day("2026-02-09")), 0U);
  EXPECT_EQ(facts.held(day("2026-02-10")), dibao);
  EXPECT_EQ(facts.held(day("2026-05-20")), dibao);
  EXPECT_EQ(facts.held(day("2026-05-21")), 0U);
  EXPECT_THAT(facts.turns, ElementsAre(day("2026-02-10"), day("2026-05-21")));
}

TEST(Facts, WhereACityStepsByMonthsACategoryStartsNextMonthAndEndsWithTheMonthOfExit) {
  Person person("yantai");
  person.hold("dibao", "2024-01-01", "2024-02-01");
  const Facts facts = person.facts();
  EXPECT_EQ(facts.held(day("2024-01-31"), true), 0U);
  EXPECT_NE(facts.held(day("2024-02-01"), true), 0U);  // dated the 1st: also next month
  EXPECT_NE(facts.held(day("2024-02-29"), true), 0U);
  EXPECT_EQ(facts.held(day("2024-03-01"), true), 0U);
  EXPECT_NE(facts.held(day("2024-01-01")), 0U);
  EXPECT_EQ(facts.held(day("2024-02-02")), 0U);
}

TEST(Facts, AnUnknownCategoryTurnsButIsNotHeld) {
  Person person("jixi");
  person.hold("guest_of_the_county", "2026-04-01");
  EXPECT_EQ(person.facts().held(day("2026-05-01")), 0U);
  EXPECT_THAT(person.facts().turns, ElementsAre(day("2026-04-01")));
}

TEST(Facts, CategoriesOfBothRecordsAreHeld) {
  PersonRecord person;
  person.categories = {{"dibao", day("2026-01-01"), thresholds::kNoEnd, ""}};
  PersonRecord decision;
  decision.categories = {{"illness_poverty", day("2026-01-01"), thresholds::kNoEnd, ""}};
  const Facts facts = make_facts(city_named("jixi"), &person, &decision);
  EXPECT_EQ(std::popcount(facts.held(day("2026-06-01"))), 2);
}

TEST(Facts, ResidentsAreRegisteredInTheCity) {
  const auto resident = [](const std::string& hukou) {
    PersonRecord record;
    record.hukou_admdvs = hukou;
    return make_facts(city_named("yanbian"), &record, nullptr).resident;
  };
  EXPECT_TRUE(resident("222401"));
  EXPECT_TRUE(resident("222499"));
  EXPECT_FALSE(resident("222301"));
  EXPECT_FALSE(resident(""));
  EXPECT_FALSE(make_facts(city_named("yanbian"), nullptr, nullptr).resident);
}

TEST(Facts, ACategoryCertifiedByAnotherOfficeIsKnownAsSuch) {
  const auto elsewhere = [](const char* category, const char* office) {
    const auto* city = certified_elsewhere(
        known_rules(), {category, thresholds::kNoStart, thresholds::kNoEnd, office});
    return city == nullptr ? "" : city->id;
  };
  EXPECT_EQ(elsewhere("dibao", "civil_affairs"), "");
  EXPECT_EQ(elsewhere("dibao", "trade_union"), "ganyu");  // the first city that says who certifies
  EXPECT_EQ(elsewhere("dibao", ""), "");
  EXPECT_EQ(elsewhere("low_income", "trade_union"), "");          // Jincheng does not say who
  EXPECT_EQ(elsewhere("monitored", "rural_revitalization"), "");  // one city's office will do
  EXPECT_EQ(elsewhere("nobody", "trade_union"), "");
}

TEST(Facts, TheFirstCategoryFollowsTheTiersAndTheirLists) {
  Person person("jixi");
  const thresholds::Policy& policy = person.city().versions.front();
  const auto bit = [&](std::string_view code) { return *person.city().category_bit(code); };
  const auto set = [&](std::string_view code) { return thresholds::CategorySet{1} << bit(code); };
  EXPECT_EQ(first_category(policy, set("dibao_edge") | set("orphan")), bit("orphan"));
  EXPECT_EQ(first_category(policy, set("orphan") | set("dibao")), bit("dibao"));
  EXPECT_EQ(first_category(policy, 0), kNoBit);
}

}  // namespace
}  // namespace yujing::monitor

// When a rule holds: the moments of a year, one by one.
#include "monitor/warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Warnings, ALineExactlyMetIsNotOver) {
  Person person("jixi");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01 08:00:00", .medfee = "10000"});
  EXPECT_THAT(person.held_rules(2026), IsEmpty());
  person.add({.setl_id = "S2", .setl_time = "2026-02-02 08:00:00", .medfee = "0.01"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("burden-over-10000 by S2"));
  EXPECT_EQ(person.standings(2026)[0].amount, yuan("10000.01"));
  EXPECT_EQ(person.standings(2026)[0].line, yuan("10000"));
}

TEST(Warnings, AYearIsJudgedByItself) {
  Person person("jixi");
  person.add({.setl_id = "S1", .setl_time = "2026-12-31 23:59:59", .medfee = "9000"});
  person.add({.setl_id = "S2", .setl_time = "2027-01-01 00:00:00", .medfee = "9000"});
  EXPECT_THAT(person.held_rules(2026), IsEmpty());
  EXPECT_THAT(person.held_rules(2027), IsEmpty());
}

TEST(Warnings, TheBillThatCrossesIsNamedHoweverManyFollow) {
  Person person("jixi");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01 08:00:00", .medfee = "9000"});
  person.add({.setl_id = "S3", .setl_time = "2026-02-02 08:00:00", .medfee = "5000"});
  person.add({.setl_id = "S2", .setl_time = "2026-02-02 08:00:00", .medfee = "900"});
  person.add({.setl_id = "S4", .setl_time = "2026-02-03 08:00:00", .medfee = "9000"});
  // S2 comes before S3 at the same moment, and 9,900 are under the line.
  EXPECT_THAT(person.held_rules(2026), ElementsAre("burden-over-10000 by S3"));
}

TEST(Warnings, ACategoryThatBeginsCanCross) {
  Person person("jincheng");
  person.hold("monitored", "2026-05-01");
  person.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "4000"});
  person.add({.setl_id = "S2", .setl_time = "2026-04-01 08:00:00", .medfee = "3000"});
  person.add({.setl_id = "S3", .setl_time = "2026-06-01 08:00:00", .medfee = "3000"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("monitored-over-6000 by S2"));
  EXPECT_EQ(person.standings(2026)[0].crossing.day, day("2026-05-01"));
}

TEST(Warnings, ACategoryThatBeginsAfterTheLastBillCrossesToo) {
  Person person("jincheng");
  person.hold("monitored", "2026-05-01");
  person.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "7000"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("monitored-over-6000 by S1"));
  Person next_year("jincheng");
  next_year.hold("monitored", "2027-01-01");
  next_year.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "7000"});
  EXPECT_THAT(next_year.held_rules(2026), IsEmpty());
}

TEST(Warnings, TheDayAfterACategoryEndsIsAMoment) {
  Person person("jincheng");  // monitored people belong to the other rule only once they leave
  person.hold("monitored", "2026-01-01", "2026-06-30");
  person.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "21000"});
  EXPECT_THAT(person.held_rules(2026),
              ElementsAre("monitored-over-6000 by S1", "other-over-20000 by S1"));
  EXPECT_EQ(person.standings(2026)[1].crossing.day, day("2026-07-01"));
}

TEST(Warnings, ABillAtMidnightComesAfterTheTurnOfThatDay) {
  Person by_bill("jincheng");
  by_bill.hold("monitored", "2026-05-01");
  by_bill.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "5000"});
  by_bill.add({.setl_id = "S2", .setl_time = "2026-05-01 00:00:00", .medfee = "2000"});
  EXPECT_THAT(by_bill.held_rules(2026), ElementsAre("monitored-over-6000 by S2"));

  Person by_turn("jincheng");
  by_turn.hold("monitored", "2026-05-01");
  by_turn.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "7000"});
  by_turn.add({.setl_id = "S2", .setl_time = "2026-05-01 00:00:00", .medfee = "2000"});
  EXPECT_THAT(by_turn.held_rules(2026), ElementsAre("monitored-over-6000 by S1"));

  Person a_second_before("jincheng");
  a_second_before.hold("monitored", "2026-05-01");
  a_second_before.add({.setl_id = "S1", .setl_time = "2026-04-30 23:59:59", .medfee = "7000"});
  EXPECT_THAT(a_second_before.held_rules(2026), ElementsAre("monitored-over-6000 by S1"));
}

TEST(Warnings, ATurnBeforeAnyBillCrossesNothing) {
  Person person("jixi");
  person.hold("monitored", "2026-01-01");
  person.hold("dibao", "2026-02-01");
  EXPECT_THAT(person.held_rules(2026), IsEmpty());
}

TEST(Warnings, ABillCountsByTheCategoriesOfItsBenefitDay) {
  Person person("jincheng");
  person.hold("monitored", "2026-01-01", "2026-04-30");
  person.add({.setl_id = "S1",
              .setl_time = "2026-05-10 08:00:00",
              .enddate = "2026-04-20",
              .medfee = "7000"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("monitored-over-6000 by S1"));
}

TEST(Warnings, ARuleHoldsThoughTheBurdenFallsBackUnderTheLine) {
  Person person("jincheng");
  person.hold("monitored", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "7000"});
  // Assistance paid late makes this bill's burden negative.
  person.add({.setl_id = "S2", .setl_time = "2026-04-01 08:00:00", .medfee = "500", .maf = "4000"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("monitored-over-6000 by S1"));
  EXPECT_EQ(person.standings(2026)[0].amount, yuan("3500"));
}

TEST(Warnings, ABurdenThatIsLowOnTheDayOfTheTurnDoesNotCross) {
  Person person("jincheng");
  person.hold("monitored", "2026-05-01");
  person.add({.setl_id = "S1", .setl_time = "2026-03-01 08:00:00", .medfee = "7000"});
  person.add({.setl_id = "S2", .setl_time = "2026-04-01 08:00:00", .medfee = "500", .maf = "4000"});
  EXPECT_THAT(person.held_rules(2026), IsEmpty());
}

TEST(Warnings, ACrossingByABillAfterJanuaryIsLate) {
  const auto late = [](const char* setl_time) {
    Person person("jixi");
    person.add(
        {.setl_id = "S1", .setl_time = setl_time, .enddate = "2026-12-30", .medfee = "11000"});
    return person.standings(2026).at(0).late;
  };
  EXPECT_FALSE(late("2027-01-31 23:59:59"));
  EXPECT_TRUE(late("2027-02-01 00:00:00"));
}

TEST(Warnings, CriticalIllnessIsCrossedByTheLastBillThatStartedIt) {
  Person person("jixi");
  person.hold("dibao_edge", "2026-05-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "10", .hifmi = "2"});
  person.add({.setl_id = "S2", .setl_time = "2026-03-01", .medfee = "10", .hifmi = "3"});
  person.add({.setl_id = "S3", .setl_time = "2026-04-01", .medfee = "10"});
  person.add({.setl_id = "S4", .setl_time = "2026-06-01", .medfee = "10", .hifmi = "4"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("critical-illness-started by S2"));
  const WarningStanding standing = person.standings(2026)[0];
  EXPECT_FALSE(standing.has_line);
  EXPECT_EQ(standing.amount, yuan("9"));
}

TEST(Warnings, CriticalIllnessIsOnlyForThoseWatched) {
  Person person("jixi");
  person.hold("dibao", "2026-01-01");
  person.add({.setl_id = "S1", .medfee = "10", .hifmi = "2"});
  EXPECT_THAT(person.held_rules(2026), IsEmpty());
}

TEST(Warnings, WatchingTakesPlainDatesWhereBenefitsStartNextMonth) {
  Person person("yantai");  // half the province's income is 15,000
  person.hold("monitored", "2026-03-10");
  person.add({.setl_id = "S1", .setl_time = "2026-03-20 08:00:00", .medfee = "15000.01"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("monitored-over-50pct-income by S1"));
}

TEST(Warnings, ALineThatIsAShareIsComparedExactlyAndShownHalfUp) {
  thresholds::Reference reference;
  reference.set_income(thresholds::IncomeFigure::Scope::kProvince,
                       thresholds::IncomeFigure::Population::kAll, 37, 2025, yuan("30000.01"));
  Person person("yantai", reference);
  person.hold("monitored", "2026-01-01");
  person.add({.setl_id = "S1", .setl_time = "2026-02-01", .medfee = "15000"});
  EXPECT_THAT(person.held_rules(2026), IsEmpty());  // the line is 15,000.005
  person.add({.setl_id = "S2", .setl_time = "2026-02-02", .medfee = "0.01"});
  EXPECT_THAT(person.held_rules(2026), ElementsAre("monitored-over-50pct-income by S2"));
  EXPECT_EQ(person.standings(2026)[0].line, yuan("15000.01"));
}

TEST(Warnings, ARuleWithoutItsFigureIsNotJudgedAndSaysSo) {
  const thresholds::Reference nothing;
  Person person("yantai", nothing);
  person.add({.setl_id = "S1", .medfee = "900000"});
  EXPECT_THAT(person.held_rules(2026), IsEmpty());
  EXPECT_THAT(person.missing(), ElementsAre("income.province.2025"));
}

TEST(Warnings, NoVersionInForceNoWarning) {
  Person person("jixi");
  person.add({.setl_id = "S1", .setl_time = "2025-06-01", .medfee = "90000"});
  EXPECT_THAT(person.held_rules(2025), IsEmpty());
}

TEST(Warnings, ALookBackChargesAnotherAccountButWarnsInTheYearOfTheBill) {
  Person person("yantai");  // for ordinary people the line is 45,000
  person.apply("2026-03-01");
  person.add({.setl_id = "S1", .setl_time = "2025-12-01", .medfee = "46000"});
  EXPECT_THAT(person.held_rules(2025), ElementsAre("ordinary-over-150pct-income by S1"));
  EXPECT_THAT(person.held_rules(2026), IsEmpty());
}

}  // namespace
}  // namespace yujing::monitor

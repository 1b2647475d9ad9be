// Why a rule holds or does not: the condition that stood in the way, and at which moment.
#include "alerts/why_not.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "monitor/facts.h"
#include "monitor/year_fold.h"
#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using thresholds::IncomeFigure;
using thresholds::Reference;

constexpr std::int32_t kYear = 2026;

BillText bill(std::string setl_id, std::string setl_time, std::string medfee) {
  BillText text;
  text.setl_id = std::move(setl_id);
  text.setl_time = std::move(setl_time);
  text.med_type = "11";
  text.medfee = std::move(medfee);
  text.inscp = "0";
  return text;
}

Reference income_of_shandong(const char* amount) {
  Reference reference;
  reference.set_income(IncomeFigure::Scope::kProvince, IncomeFigure::Population::kAll, 37, 2025,
                       yuan(amount));
  return reference;
}

// What find_why says of a person, with the bills its moments point to.
struct Answer {
  monitor::Facts facts;
  monitor::Folded folded;
  std::vector<RuleFinding> findings;

  [[nodiscard]] const RuleFinding& of(std::string_view rule) const {
    for (const RuleFinding& finding : findings) {
      if (finding.rule->id == rule) return finding;
    }
    CHECK(false);
  }
};

Answer ask(WatchedPerson& person, std::int32_t year = kYear) {
  Answer answer;
  answer.facts = monitor::make_facts(person.city(), &person.record(), nullptr);
  std::vector<const monitor::Settlement*> live;
  for (const monitor::Settlement& settlement : person.settlements())
    live.push_back(&settlement);
  monitor::FoldOptions options;
  options.keep_bills = true;
  answer.folded = monitor::fold_all(person.calculator(), answer.facts, live, options);
  answer.findings = find_why(person.calculator(), answer.facts, year, answer.folded);
  return answer;
}

// "2026-02-01 S1 9,000.00 not_over_line", a turn of categories without an id.
std::vector<std::string> moments_of(const RuleFinding& finding) {
  std::vector<std::string> moments;
  for (const Moment& at : finding.moments) {
    moments.push_back(fmt::format("{} {} {} {}", to_string(at.day),
                                  at.bill == nullptr ? "-" : at.bill->settlement->setl_id,
                                  to_string(at.amount), name_of(at.obstacle)));
  }
  return moments;
}

TEST(WhyNot, BelowTheLineSaysHowFarAtTheNearestMoment) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.add(bill("S1", "2026-02-01 08:00:00", "9000"));
  person.add(bill("S2", "2026-03-01 08:00:00", "999.99"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("burden-over-10000");
  EXPECT_EQ(finding.obstacle, Obstacle::kNotOverLine);
  ASSERT_TRUE(finding.telling.has_value());
  const Moment& nearest = finding.moments[*finding.telling];
  EXPECT_EQ(nearest.bill->settlement->setl_id, "S2");
  EXPECT_EQ(nearest.line, yuan("10000"));
  EXPECT_EQ(short_of_line(nearest), yuan("0.01"));
  EXPECT_EQ(finding.over_outside, std::nullopt);
  EXPECT_THAT(moments_of(finding), ElementsAre("2026-02-01 S1 9000.00 not_over_line",
                                               "2026-03-01 S2 9999.99 not_over_line"));
}

TEST(WhyNot, ALineExactlyMetIsZeroShortAndNotCrossed) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.add(bill("S1", "2026-02-01 08:00:00", "10000"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("burden-over-10000");
  EXPECT_EQ(finding.obstacle, Obstacle::kNotOverLine);
  EXPECT_EQ(short_of_line(finding.moments[*finding.telling]), yuan("0"));
}

TEST(WhyNot, ARuleThatHoldsNamesTheMomentThatCrossed) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.add(bill("S1", "2026-02-01 08:00:00", "9000"));
  person.add(bill("S2", "2026-03-01 08:00:00", "2000"));
  person.add(bill("S3", "2026-04-01 08:00:00", "500"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("burden-over-10000");
  EXPECT_EQ(finding.obstacle, Obstacle::kNone);
  ASSERT_TRUE(finding.standing.has_value());
  EXPECT_EQ(finding.standing->crossing.by.setl_id, "S2");
  EXPECT_EQ(finding.telling, 1U);
  EXPECT_EQ(finding.amount, yuan("11500"));
}

TEST(WhyNot, OutsideThePopulationAllYearSaysSo) {
  WatchedPerson person("jincheng", "P1", "140502", {});
  person.hold("dibao", "2026-01-01");
  person.add(bill("S1", "2026-02-01 08:00:00", "7000"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("monitored-over-6000");
  EXPECT_EQ(finding.obstacle, Obstacle::kNotInPopulation);
  EXPECT_TRUE(finding.moments[*finding.telling].over) << "the burden alone would do";
  EXPECT_EQ(answer.of("other-over-20000").obstacle, Obstacle::kNotOverLine);
}

TEST(WhyNot, OverTheLineOnlyAfterLeavingThePopulation) {
  WatchedPerson person("jincheng", "P1", "140502", {});
  person.hold("monitored", "2026-01-01", "2026-06-30");
  person.add(bill("S1", "2026-02-01 08:00:00", "5000"));
  person.add(bill("S2", "2026-08-01 08:00:00", "5000"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("monitored-over-6000");
  EXPECT_THAT(moments_of(finding),
              ElementsAre("2026-01-01 - 0.00 not_over_line", "2026-02-01 S1 5000.00 not_over_line",
                          "2026-07-01 - 5000.00 not_in_population",
                          "2026-08-01 S2 10000.00 not_in_population"));
  EXPECT_EQ(finding.obstacle, Obstacle::kNotOverLine);
  EXPECT_EQ(finding.telling, 1U);
  EXPECT_EQ(finding.over_outside, 3U);
  EXPECT_EQ(short_of_line(finding.moments[1]), yuan("1000"));
}

TEST(WhyNot, AMissingFigureIsNamedAndNothingElseIsClaimed) {
  WatchedPerson person("yantai", "P1", "370602", {});
  person.add(bill("S1", "2026-02-01 08:00:00", "90000"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("ordinary-over-150pct-income");
  EXPECT_EQ(finding.obstacle, Obstacle::kFigureMissing);
  EXPECT_EQ(finding.moments[*finding.telling].missing, "income.province.2025");
  EXPECT_EQ(finding.moments[*finding.telling].line, std::nullopt);
  EXPECT_EQ(answer.of("monitored-over-50pct-income").obstacle, Obstacle::kNotInPopulation);

  WatchedPerson known("yantai", "P1", "370602", income_of_shandong("40000.01"));
  known.add(bill("S1", "2026-02-01 08:00:00", "60000.01"));
  const Answer told = ask(known);
  const RuleFinding& near = told.of("ordinary-over-150pct-income");
  EXPECT_EQ(near.obstacle, Obstacle::kNotOverLine) << "the line is 60,000.015 and compared exactly";
  EXPECT_EQ(near.moments[*near.telling].line, yuan("60000.02"));
}

TEST(WhyNot, CriticalIllnessInsuranceThatNeverPaid) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.hold("monitored", "2026-01-01");
  person.add(bill("S1", "2026-02-01 08:00:00", "9000"));
  EXPECT_EQ(ask(person).of("critical-illness-started").obstacle, Obstacle::kNotStarted);
  BillText paid = bill("S2", "2026-03-01 08:00:00", "9000");
  paid.hifmi = "0.01";
  person.add(paid);
  EXPECT_EQ(ask(person).of("critical-illness-started").obstacle, Obstacle::kNone);
}

TEST(WhyNot, TwelveMonthsInARowAreToldWithTheBillsOfTheYearBefore) {
  WatchedPerson person("ganyu", "P1", "997001", {});
  person.add(bill("S1", "2025-10-01 08:00:00", "6000"));
  person.add(bill("S2", "2026-03-01 08:00:00", "3900"));
  person.add(bill("S3", "2026-10-01 08:00:00", "100"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("rolling-over-10000");
  EXPECT_EQ(finding.obstacle, Obstacle::kNotOverLine);
  EXPECT_EQ(finding.amount, yuan("9900"));
  EXPECT_THAT(moments_of(finding), ElementsAre("2026-03-01 S2 9900.00 not_over_line",
                                               "2026-10-01 S3 4000.00 not_over_line"));
  EXPECT_EQ(finding.telling, 0U);
  EXPECT_EQ(answer.of("stay-over-5000").obstacle, Obstacle::kNoSettlement);
}

TEST(WhyNot, OnlyPeopleNotYetAssisted) {
  WatchedPerson person("ganyu", "P1", "997001", {});
  BillText assisted = bill("S1", "2026-02-01 08:00:00", "6000");
  assisted.maf = "100";
  person.add(assisted);
  person.add(bill("S2", "2026-03-01 08:00:00", "3000"));
  const Answer answer = ask(person);
  const RuleFinding& finding = answer.of("unassisted-over-8000");
  EXPECT_EQ(finding.obstacle, Obstacle::kAssisted);
  EXPECT_EQ(finding.telling, 1U);
  EXPECT_THAT(moments_of(finding), ElementsAre("2026-02-01 S1 6000.00 already_assisted",
                                               "2026-03-01 S2 9000.00 already_assisted"));
}

TEST(WhyNot, AYearWithoutAVersionInForce) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.add(bill("S1", "2025-02-01 08:00:00", "90000"));
  const Answer answer = ask(person, 2025);
  const RuleFinding& finding = answer.of("burden-over-10000");
  EXPECT_EQ(finding.obstacle, Obstacle::kNotInForce);
  EXPECT_EQ(finding.policy->version, "jixi-2026") << "the version that has the rule";
  EXPECT_EQ(finding.moments[*finding.telling].line, std::nullopt);
}

TEST(WhyNot, AYearWithoutSettlements) {
  WatchedPerson person("jixi", "P1", "230302", {});
  person.hold("monitored", "2027-02-01");
  person.add(bill("S1", "2026-02-01 08:00:00", "90000"));
  const Answer answer = ask(person, 2027);
  const RuleFinding& finding = answer.of("burden-over-10000");
  EXPECT_EQ(finding.obstacle, Obstacle::kNoSettlement);
  EXPECT_THAT(moments_of(finding), ElementsAre("2027-02-01 - 0.00 not_over_line"));
}

TEST(WhyNot, ACityWithoutWarningLinesHasNothingToTell) {
  WatchedPerson person("yanbian", "P1", "222401", {});
  person.add(bill("S1", "2026-02-01 08:00:00", "90000"));
  EXPECT_THAT(ask(person).findings, IsEmpty());
}

// What is told and what holds are one meaning: whatever the bills and categories, a rule is said to
// hold exactly where the fold of the monitor says so, and then some moment met all conditions.
RC_GTEST_PROP(WhyNot, AgreesWithTheFold, ()) {
  const auto city =
      *rc::gen::element<std::string>("jixi", "jincheng", "yantai", "shuangyashan", "ganyu");
  const std::string area = city == "jincheng" ? "140502"
                           : city == "yantai" ? "370602"
                           : city == "ganyu"  ? "997001"
                                              : "230302";
  const bool known = *rc::gen::arbitrary<bool>();
  WatchedPerson person(city, "P1", city == "shuangyashan" ? "230502" : area,
                       known ? income_of_shandong("30000") : Reference{});
  const auto some_day = rc::gen::map(rc::gen::inRange(-200, 400), [](int days) {
    return to_string(thresholds::civil_day(kYear, 1, 1) + days);
  });
  const int categories = *rc::gen::inRange(0, 3);
  for (int i = 0; i < categories; ++i) {
    const auto from = *some_day;
    const auto until = *some_day;
    person.hold(*rc::gen::element<std::string>("monitored", "dibao_edge", "dibao", "tekun"),
                std::min(from, until), std::max(from, until));
  }
  const int bills = *rc::gen::inRange(0, 6);
  for (int i = 0; i < bills; ++i) {
    BillText text = bill(fmt::format("S{}", i), *some_day + " 08:00:00",
                         std::to_string(*rc::gen::inRange(1, 20) * 1000));
    if (*rc::gen::arbitrary<bool>()) text.med_type = *rc::gen::element<std::string>("21", "14");
    text.hifmi = *rc::gen::element<std::string>("0", "0", "500");
    text.maf = *rc::gen::element<std::string>("0", "400");
    person.add(text);
  }
  const Answer answer = ask(person);
  std::vector<std::string> held;
  for (const RuleFinding& finding : answer.findings) {
    const bool met = std::ranges::any_of(
        finding.moments, [](const Moment& at) { return at.obstacle == Obstacle::kNone; });
    RC_ASSERT(met == finding.standing.has_value());
    RC_ASSERT((finding.obstacle == Obstacle::kNone) == finding.standing.has_value());
    if (!finding.standing) continue;
    held.push_back(finding.rule->id);
    RC_ASSERT(finding.moments[*finding.telling].day == finding.standing->crossing.day);
  }
  std::vector<std::string> folded;
  const auto year = answer.folded.years.find(kYear);
  if (year != answer.folded.years.end()) {
    monitor::YearAccount account = year->second;
    for (const auto& standing :
         monitor::WarningFold(person.calculator(), answer.facts, kYear, account).standings()) {
      folded.push_back(standing.rule->id);
    }
  }
  RC_ASSERT(held == folded);
}

}  // namespace
}  // namespace yujing::alerts

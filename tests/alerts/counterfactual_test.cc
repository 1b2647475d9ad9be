#include "alerts/counterfactual.h"

#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

using thresholds::ApplicationRule;
using thresholds::CityRules;
using thresholds::CivilDay;
using thresholds::IncomeFigure;
using thresholds::Policy;
using thresholds::Reference;

Reference incomes(std::int32_t city, std::int32_t province) {
  Reference reference;
  for (const std::int32_t year : {2025, 2026}) {
    reference.set_income(IncomeFigure::Scope::kCity, IncomeFigure::Population::kAll, city, year,
                         yuan("25000"));
    reference.set_income(IncomeFigure::Scope::kProvince, IncomeFigure::Population::kAll, province,
                         year, yuan("40000"));
  }
  return reference;
}

// W 25,000.00, B 20,000.00 where P does not count.
BillText stay(std::string setl_id, std::string setl_time, std::string enddate) {
  BillText bill;
  bill.setl_id = std::move(setl_id);
  bill.setl_time = std::move(setl_time);
  bill.enddate = std::move(enddate);
  bill.medfee = "50000";
  bill.ownpay = "2000";
  bill.preselfpay = "3000";
  bill.inscp = "45000";
  bill.hifp = "20000";
  bill.hifmi = "5000";
  return bill;
}

// Tier → what it would pay, "missing" where a figure is.
using Payouts = std::vector<std::pair<std::string, std::string>>;

Payouts supposed(WatchedPerson& person, std::int32_t year, std::string_view application) {
  const History history(person.calculator(), person.settlements());
  const monitor::Facts facts = monitor::make_facts(person.city(), &person.record(), nullptr);
  const Supposition supposition{.policy = person.city().measuring(day(application)),
                                .history = history,
                                .year = year,
                                .resident = facts.resident,
                                .application = day(application)};
  Payouts payouts;
  for (const TierPayout& each : suppose_each_tier(person.calculator(), supposition)) {
    payouts.emplace_back(person.city().categories[each.category].code,
                         each.assistance ? to_string(*each.assistance) : "missing");
  }
  return payouts;
}

TEST(Counterfactual, EachTierOfJixiPaysByItsOwnParameters) {
  WatchedPerson person("jixi", "P1", "230302", incomes(2303, 23));
  person.add(stay("S1", "2026-03-09 10:00:00", "2026-03-08"));
  EXPECT_EQ(supposed(person, 2026, "2026-03-09"), (Payouts{{"tekun", "20000.00"},
                                                           {"dibao", "14000.00"},
                                                           {"monitored", "10500.00"},
                                                           {"illness_poverty", "8400.00"}}));
}

TEST(Counterfactual, WhatThePersonReallyHoldsMakesNoDifference) {
  WatchedPerson person("jixi", "P1", "230302", incomes(2303, 23));
  person.add(stay("S1", "2026-03-09 10:00:00", "2026-03-08"));
  const Payouts expected = supposed(person, 2026, "2026-03-09");
  person.hold("dibao", "2026-03-01");
  person.hold("tekun", "2020-01-01");
  person.record().applications = {day("2026-01-02")};
  EXPECT_EQ(supposed(person, 2026, "2026-03-09"), expected);
}

TEST(Counterfactual, ACategoryIsEffectiveAtOnceAlsoInYantai) {
  WatchedPerson person("yantai", "P1", "370602", incomes(3706, 37));
  person.add(stay("S1", "2026-01-09 10:00:00", "2026-01-08"));
  EXPECT_EQ(supposed(person, 2026, "2026-01-09"),
            (Payouts{{"tekun", "20000.00"},
                     {"dibao", "16000.00"},
                     {"returned_poverty", "14700.00"},  // 70% and 70% of what is left above 5,000
                     {"dibao_edge", "9550.00"},         // 50% above 3,000 and 70% of 1,500
                     {"illness_poverty", "6000.00"}}));
}

TEST(Counterfactual, OnlyBillsOfTheYearCount) {
  WatchedPerson person("jixi", "P1", "230302", incomes(2303, 23));
  person.add(stay("S0", "2027-01-20 10:00:00", "2027-01-19"));
  person.add(stay("S1", "2026-03-09 10:00:00", "2026-03-08"));
  EXPECT_EQ(supposed(person, 2026, "2026-03-09").at(1).second, "14000.00");
  EXPECT_EQ(supposed(person, 2027, "2027-01-20").at(1).second, "14000.00");
  EXPECT_EQ(supposed(person, 2028, "2028-01-20").at(1).second, "0.00");
}

// A late bill of 2026: applied for in 2027, it shares 2027's account with a bill that came before
// it and used up the deductible.
TEST(Counterfactual, AnApplicationsWindowReachesOverTheTurnOfTheYear) {
  WatchedPerson person("jixi", "P1", "230302", incomes(2303, 23));
  person.add(stay("S1", "2027-01-15 10:00:00", "2027-01-14"));
  person.add(stay("S2", "2027-02-10 10:00:00", "2026-12-20"));
  // 60% of 20,000; R is then 19,600.00 > 12,500.00: 10 points on the whole excess.
  EXPECT_EQ(supposed(person, 2026, "2027-02-10").at(3).second, "14000.00");
}

TEST(Counterfactual, AnApplicationCannotReachBackFurtherThanItsWindow) {
  WatchedPerson person("jixi", "P1", "230302", incomes(2303, 23));
  person.add(stay("S1", "2027-03-09 10:00:00", "2026-03-08"));
  EXPECT_EQ(supposed(person, 2026, "2027-03-09").at(3).second, "0.00");
  EXPECT_EQ(supposed(person, 2026, "2027-03-08").at(3).second, "8400.00");
}

// In Hengbei an application is for the calendar year before.
TEST(Counterfactual, WhatCanOnlyBeAppliedForNextYearIsSupposedThen) {
  WatchedPerson person("hengbei", "P1", "991101", Reference());
  person.add(stay("S1", "2023-03-09 10:00:00", "2023-03-08"));
  // P counts: B is 23,000.00.
  EXPECT_EQ(supposed(person, 2023, "2023-03-09"), (Payouts{{"tekun", "23000.00"},
                                                           {"dibao", "19550.00"},
                                                           {"de_facto_orphan", "18400.00"},
                                                           {"illness_poverty", "6900.00"}}));
}

TEST(Counterfactual, AMissingFigureIsNeverNothing) {
  WatchedPerson person("shuangyashan", "P1", "230502", Reference());
  person.add(stay("S1", "2026-03-09 10:00:00", "2026-03-08"));
  EXPECT_EQ(supposed(person, 2026, "2026-03-09"), (Payouts{{"tekun", "20000.00"},
                                                           {"returned_poverty", "15000.00"},
                                                           {"monitored", "missing"},
                                                           {"illness_poverty", "missing"}}));
}

TEST(Counterfactual, ResidenceIsKept) {
  WatchedPerson person("yanbian", "P1", "222401", incomes(2224, 22));
  person.add(stay("S1", "2026-03-09 10:00:00", "2026-03-08"));
  // P counts: B is 23,000.00.
  EXPECT_EQ(supposed(person, 2026, "2026-03-09"), (Payouts{{"tekun", "23000.00"},
                                                           {"dibao", "16100.00"},
                                                           {"dibao_edge", "8400.00"},
                                                           {"illness_poverty", "5400.00"}}));
  person.record().hukou_admdvs = "110101";
  for (const auto& [category, amount] : supposed(person, 2026, "2026-03-09")) {
    EXPECT_EQ(amount, "0.00") << category;
  }
}

// A city of one version that knows a look-back.
CityRules look_back_city(ApplicationRule::WindowStart start, std::int32_t months) {
  Policy policy;
  policy.from = day("2023-01-01");
  policy.application = ApplicationRule{};
  policy.application->start = start;
  policy.application->months = months;
  CityRules city;
  city.versions = {policy};
  return city;
}

struct Reach {
  ApplicationRule::WindowStart start;
  std::int32_t months;
  std::string benefit_day;
  std::string until;
};

TEST(ApplicationCoversUntil, TheLastDayWhoseWindowHoldsTheBill) {
  constexpr auto kSameDay = ApplicationRule::WindowStart::kSameDay;
  constexpr auto kFirstOfMonth = ApplicationRule::WindowStart::kFirstOfMonth;
  const std::vector<Reach> reaches = {
      {kSameDay, 12, "2026-03-08", "2027-03-08"},
      {kSameDay, 12, "2026-01-01", "2027-01-01"},
      {kSameDay, 12, "2026-12-31", "2027-12-31"},
      {kSameDay, 12, "2027-02-28", "2028-02-29"},  // an application on the 29th starts on the 28th
      {kSameDay, 12, "2028-02-29", "2029-02-28"},  // 1 March would start on 1 March
      {kSameDay, 6, "2026-08-31", "2027-02-28"},
      {kSameDay, 6, "2026-08-30", "2027-02-28"},
      {kSameDay, 6, "2026-08-27", "2027-02-27"},
      {kSameDay, 0, "2026-08-27", "2026-08-27"},
      {kFirstOfMonth, 12, "2026-04-01", "2027-04-30"},
      {kFirstOfMonth, 12, "2026-04-30", "2027-04-30"},
      {kFirstOfMonth, 12, "2026-12-31", "2027-12-31"},
      {kFirstOfMonth, 12, "2027-02-28", "2028-02-29"},
      {kFirstOfMonth, 1, "2026-12-31", "2027-01-31"},
  };
  for (const Reach& each : reaches) {
    SCOPED_TRACE(each.benefit_day);
    const auto until =
        application_covers_until(look_back_city(each.start, each.months), day(each.benefit_day));
    ASSERT_TRUE(until.has_value());
    EXPECT_EQ(to_string(*until), each.until);
  }
}

TEST(ApplicationCoversUntil, NeverWithoutALookBack) {
  EXPECT_EQ(application_covers_until(*known_rules().by_id("jincheng"), day("2026-03-08")),
            std::nullopt);
}

TEST(ApplicationCoversUntil, AllOfTheNextYearWhereItIsForTheYearBefore) {
  const CityRules& hengbei = *known_rules().by_id("hengbei");
  EXPECT_EQ(application_covers_until(hengbei, day("2023-01-01")), day("2024-12-31"));
  EXPECT_EQ(application_covers_until(hengbei, day("2023-12-31")), day("2024-12-31"));
}

TEST(ApplicationCoversUntil, TheVersionHasToBeInForceOnTheDay) {
  const CityRules& jixi = *known_rules().by_id("jixi");
  EXPECT_EQ(application_covers_until(jixi, day("2030-06-01")), day("2030-12-31"));
  EXPECT_EQ(application_covers_until(jixi, day("2025-06-01")), day("2026-06-01"));
  EXPECT_EQ(application_covers_until(jixi, day("2024-06-01")), std::nullopt);
}

TEST(ApplicationCoversUntil, TheVersionOfTheDaySaysHowFarItReaches) {
  CityRules city = look_back_city(ApplicationRule::WindowStart::kSameDay, 12);
  city.versions[0].until = day("2026-12-31");
  Policy next = city.versions[0];
  next.from = day("2027-01-01");
  next.until = thresholds::kNoEnd;
  next.application->months = 3;
  city.versions.push_back(next);
  EXPECT_EQ(application_covers_until(city, day("2026-11-15")), day("2027-02-15"));
  EXPECT_EQ(application_covers_until(city, day("2026-03-15")), day("2026-12-31"));
  city.versions[1].application.reset();
  EXPECT_EQ(application_covers_until(city, day("2026-11-15")), day("2026-12-31"));
}

// Tries every day instead of reckoning: what make_facts would make of an application.
TEST(ApplicationCoversUntil, AgreesWithTheWindowsOfRealApplications) {
  for (const std::string id : {"jixi", "shuangyashan", "yantai"}) {
    const CityRules& city = *known_rules().by_id(id);
    for (CivilDay bill = day("2026-02-20"); bill <= day("2026-03-05"); bill = bill + 1) {
      std::optional<CivilDay> last;
      for (CivilDay on = bill; on <= day("2027-12-31"); on = on + 1) {
        monitor::PersonRecord record;
        record.applications = {on};
        const monitor::Facts facts = monitor::make_facts(city, &record, nullptr);
        if (facts.windows.empty()) continue;
        if (facts.windows[0].from <= bill && bill <= facts.windows[0].until) last = on;
      }
      EXPECT_EQ(application_covers_until(city, bill), last) << id << " " << to_string(bill);
    }
  }
}

}  // namespace
}  // namespace yujing::alerts

#include "app/export_line.h"

#include <gtest/gtest.h>

#include "app/rules.h"

namespace yujing::app {
namespace {

using monitor::Entry;
using thresholds::Money;
using thresholds::Payer;

const thresholds::RuleBook& book() {
  static const thresholds::RuleBook kBook = load_rules({}, "")->book;
  return kBook;
}

monitor::CityYear year_of(const std::string& city, std::int32_t year) {
  monitor::CityYear made;
  made.city = book().by_id(city)->code;
  made.year = year;
  return made;
}

monitor::AlertState alert(const std::string& rule) {
  monitor::AlertState state;
  state.rule = rule;
  state.open = true;
  state.revision = 1;
  state.by.setl_id = "S2";
  state.amount = Money{1};
  return state;
}

TEST(ExportTotals, IsOneLineWithExactlyTheKeysOfTheContract) {
  auto year = year_of("jixi", 2026);
  auto& totals = year.account.totals;
  totals.settlements = 2;
  totals.medfee = Money{5'000'000};
  totals.own_expense = Money{200'000};
  totals.paid[static_cast<std::size_t>(Payer::kHifp)] = Money{2'000'000};
  totals.paid[static_cast<std::size_t>(Payer::kMaf)] = Money{100'050};
  totals.after_insurance = Money{2'500'000};
  totals.in_policy = Money{2'000'000};
  totals.assistance_due = Money{1'400'000};
  std::string out;
  append_totals(out, "P\"1", {&year, book().by_id("jixi")});
  EXPECT_EQ(
      out,
      R"({"psn_no":"P\"1","year":2026,"city":"jixi","settlements":2,"medfee":"50000.00","own_expense":"2000.00",)"
      R"("paid":{"hifp_pay":"20000.00","maf_pay":"1000.50"},"burden_after_insurance":"25000.00",)"
      R"("burden_after_assistance":"23999.50","in_policy_burden":"20000.00","assistance_paid":"1000.50",)"
      R"("assistance_due":"14000.00"})"
      "\n");
}

TEST(ExportTotals, HasNoLineWhereNoSettlementIsLeft) {
  const auto year = year_of("jixi", 2026);
  std::string out;
  append_totals(out, "P1", {&year, book().by_id("jixi")});
  EXPECT_EQ(out, "");
}

TEST(ExportAlerts, SayTheMeasureAsItIsNow) {
  auto year = year_of("jixi", 2026);
  year.account.totals.watched = Money{1'234'567};
  year.account.warnings.started_amount = Money{500'000};
  year.alerts = {alert("critical-illness-started"), alert("burden-over-10000")};
  year.alerts[0].open = false;
  year.alerts[0].late = true;
  year.alerts[1].line = Money{1'000'000};
  year.alerts[1].revision = 3;
  std::string out;
  append_alerts(out, "P1", {&year, book().by_id("jixi")});
  EXPECT_EQ(
      out,
      R"({"alert_id":"jixi:burden-over-10000:P1:2026","psn_no":"P1","year":2026,"city":"jixi","rule":"burden-over-10000",)"
      R"("state":"open","amount":"12345.67","line":"10000.00","crossed_by":"S2","late":false,"revision":3})"
      "\n"
      R"({"alert_id":"jixi:critical-illness-started:P1:2026","psn_no":"P1","year":2026,"city":"jixi",)"
      R"("rule":"critical-illness-started","state":"cleared","amount":"5000.00","line":null,"crossed_by":"S2",)"
      R"("late":true,"revision":1})"
      "\n");
}

TEST(ExportAlerts, MeasureAfterAssistanceWhereTheRuleDoes) {
  monitor::YearAccount account;
  account.totals.watched = Money{2'500'000};
  account.totals.watched_assistance = Money{400'000};
  EXPECT_EQ(measure_now(*book().by_id("jincheng"), "other-over-20000", account, Money{7}),
            Money{2'100'000});
  EXPECT_EQ(measure_now(*book().by_id("jixi"), "burden-over-10000", account, Money{7}),
            Money{2'500'000});
  EXPECT_EQ(measure_now(*book().by_id("jixi"), "a-rule-of-long-ago", account, Money{7}), Money{7});
}

TEST(ExportYears, AreSortedByYearThenCityAndLeaveOutUnknownAreas) {
  monitor::PersonState person;
  person.years = {year_of("jincheng", 2026), year_of("jixi", 2025), year_of("jixi", 2026)};
  monitor::CityYear elsewhere;
  elsewhere.city = 9901;
  person.years.push_back(elsewhere);
  const auto years = export_years(book(), person);
  ASSERT_EQ(years.years.size(), 3U);
  EXPECT_EQ(years.years[0].year->year, 2025);
  EXPECT_EQ(years.years[1].city->id, "jincheng");
  EXPECT_EQ(years.years[2].city->id, "jixi");
  EXPECT_EQ(years.unknown, std::vector<thresholds::CityCode>{9901});
}

TEST(ExportLedger, HoldsWhatTheEntryHolds) {
  Entry entry;
  entry.kind = Entry::Kind::kEntered;
  entry.counts = true;
  entry.content.city = 2303;
  entry.content.setl_time = *thresholds::parse_time("2026-03-09 10:00:00");
  entry.content.text(monitor::Text::kMedType) = "21";
  entry.content.amount(monitor::Amount::kMedfee) = Money{100};
  std::string out;
  append_entry(out, book(), "P1", "S1", entry);
  EXPECT_EQ(
      out,
      R"({"psn_no":"P1","setl_id":"S1","seq":0,"entry":"entered","void":false,"counts":true,"city":"jixi",)"
      R"("setl_time":"2026-03-09 10:00:00","med_type":"21","medfee_sumamt":"1.00"})"
      "\n");
}

TEST(ExportLedger, SaysWhatUndidASettlement) {
  Entry entry;
  entry.kind = Entry::Kind::kUndone;
  entry.seq = 1;
  entry.by = "S2";
  std::string out;
  append_entry(out, book(), "P1", "S1", entry);
  EXPECT_EQ(out, R"({"psn_no":"P1","setl_id":"S1","seq":1,"entry":"undone","by":"S2"})"
                 "\n");
}

}  // namespace
}  // namespace yujing::app

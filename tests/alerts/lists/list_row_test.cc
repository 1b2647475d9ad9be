#include "alerts/lists/list_row.h"

#include <gmock/gmock.h>

#include "alerts/counterfactual.h"
#include "alerts/lists/list_builder.h"
#include "monitor/year_fold.h"
#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

thresholds::Reference incomes() {
  thresholds::Reference reference;
  reference.set_income(thresholds::IncomeFigure::Scope::kCity,
                       thresholds::IncomeFigure::Population::kAll, 2303, 2025, yuan("25000"));
  return reference;
}

// A bill of which `burden` yuan are left to the person after insurance.
BillText bill(std::string id, std::string time, std::string medfee, std::string hifp) {
  BillText text;
  text.setl_id = std::move(id);
  text.setl_time = time;
  text.enddate = time.substr(0, 10);
  text.inscp = medfee;
  text.medfee = std::move(medfee);
  text.hifp = std::move(hifp);
  return text;
}

// The rows of one person's lists, from accounts as the monitor keeps them.
std::vector<ListRow> rows_of(WatchedPerson& person, std::string_view month,
                             std::int32_t year = 2026) {
  (void)person.look(year);
  const monitor::Facts facts = monitor::make_facts(person.city(), &*person.state().person, nullptr);
  const History history(person.calculator(), person.settlements());
  const auto live = history.of_all_years();
  auto folded = monitor::fold_all(person.calculator(), facts, live, {});
  person.state().years.clear();
  for (auto& [number, account] : folded.years) {
    auto& kept = person.state().year_of(person.city().code, number);
    kept.account = account;
    if (number == year) kept.alerts = person.alerts();
  }
  std::set<std::string> missing;
  return list_rows({person.state(), facts, person.calculator(), history}, *parse_month(month),
                   missing);
}

TEST(ListRow, IsNewInTheMonthOfTheCrossingAndStaysInLaterOnes) {
  WatchedPerson person("jixi", "P1", "230302", incomes());
  person.add(bill("S1", "2026-02-10 09:00:00", "20000", "12000"));
  person.add(bill("S2", "2026-03-09 10:00:00", "9000", "5000"));

  EXPECT_THAT(rows_of(person, "2026-02"), IsEmpty());
  const auto march = rows_of(person, "2026-03");
  ASSERT_EQ(march.size(), 1U);
  EXPECT_TRUE(march[0].is_new);
  EXPECT_EQ(march[0].area, "230302");
  EXPECT_EQ(march[0].rule->id, "burden-over-10000");
  EXPECT_EQ(march[0].line, yuan("10000"));
  EXPECT_EQ(march[0].burden, yuan("12000"));
  EXPECT_EQ(march[0].crossed_by, "S2");
  EXPECT_EQ(march[0].crossed_at, time("2026-03-09 10:00:00"));
  EXPECT_EQ(march[0].medfee, yuan("29000"));
  EXPECT_EQ(march[0].basic, yuan("17000"));
  EXPECT_EQ(march[0].due, yuan("0"));
  const auto april = rows_of(person, "2026-04");
  ASSERT_EQ(april.size(), 1U);
  EXPECT_FALSE(april[0].is_new);
  EXPECT_THAT(rows_of(person, "2027-01"), IsEmpty());
}

TEST(ListRow, SaysWhoMayApplyAndWhatWouldBeDue) {
  WatchedPerson person("jixi", "P1", "230302", incomes());
  person.add(bill("S1", "2026-03-09 10:00:00", "30000", "14000"));
  const auto rows = rows_of(person, "2026-03");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].may_apply);
  // 60% of what is above 6,000; the tilt adds 10 points: 16,000 less 6,000 paid is below 12,500.
  EXPECT_EQ(rows[0].after_application, yuan("6000"));
  EXPECT_EQ(rows[0].apply_until, day("2027-03-09"));

  person.record().applications = {day("2026-03-20")};
  const auto applied = rows_of(person, "2026-03");
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_FALSE(applied[0].may_apply);
  EXPECT_FALSE(applied[0].after_application.has_value());
  EXPECT_EQ(applied[0].due, yuan("6000"));
}

TEST(ListRow, WhoIsAssistedDirectlyNeedsNoApplication) {
  WatchedPerson person("jixi", "P1", "230302", incomes());
  person.hold("dibao", "2025-01-01");
  person.add(bill("S1", "2026-03-09 10:00:00", "30000", "14000"));
  const auto rows = rows_of(person, "2026-03");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_FALSE(rows[0].may_apply);
  EXPECT_EQ(rows[0].due, yuan("11200"));
  EXPECT_EQ(person.city().categories[rows[0].category].code, "dibao");
}

// The burden was over the line long before the person came to belong to the rule's population.
TEST(ListRow, ACategoryCrossesOnItsFirstDay) {
  WatchedPerson person("jixi", "P1", "230302", incomes());
  BillText text = bill("S1", "2026-01-09 10:00:00", "5000", "3000");
  text.hifmi = "500";
  person.add(text);
  person.hold("monitored", "2026-03-15");
  EXPECT_THAT(rows_of(person, "2026-02"), IsEmpty());
  const auto rows = rows_of(person, "2026-03");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].rule->id, "critical-illness-started");
  EXPECT_EQ(rows[0].crossed_at, time("2026-03-15 00:00:00"));
  EXPECT_TRUE(rows[0].is_new);
  EXPECT_FALSE(rows[0].line.has_value());
  EXPECT_EQ(rows[0].burden, yuan("1500"));  // not the payment that started it
  EXPECT_EQ(rows[0].critical, yuan("500"));
  EXPECT_EQ(rows[0].type, WarningType::kBackIntoPoverty);
}

// A bill of last year that comes after January is listed in its own month, marked late.
TEST(ListRow, ALateBillIsListedInTheMonthItCrossed) {
  WatchedPerson person("jixi", "P1", "230302", incomes());
  BillText text = bill("S1", "2027-02-03 08:00:00", "30000", "14000");
  text.enddate = "2026-12-20";
  person.add(text);
  const auto rows = rows_of(person, "2027-02");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].year, 2026);
  EXPECT_TRUE(rows[0].late);
  EXPECT_TRUE(rows[0].is_new);
  EXPECT_THAT(rows_of(person, "2027-03"), IsEmpty());
}

TEST(ListRow, SaysWhenAFigureIsMissing) {
  WatchedPerson person("jixi", "P1", "230302", thresholds::Reference());
  person.hold("dibao", "2025-01-01");
  person.add(bill("S1", "2026-03-09 10:00:00", "30000", "14000"));
  const auto rows = rows_of(person, "2026-03");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].due_incomplete);  // the tilt's threshold is a share of the city's income
}

std::vector<monitor::LedgerItem> items_of(WatchedPerson& person) {
  std::vector<monitor::LedgerItem> items;
  for (const auto& settlement : person.settlements()) {
    monitor::LedgerItem item;
    item.content = settlement;
    item.counts = true;
    items.push_back(item);
  }
  return items;
}

std::size_t index_of(std::string_view id) {
  std::size_t index = 0;
  while (known_rules().cities[index].id != id)
    ++index;
  return index;
}

// Nobody can be judged in Yantai without the province's income: the list says for whom.
TEST(ListBuilder, CountsWhomItCannotJudge) {
  WatchedPerson person("yantai", "P9", "370602", thresholds::Reference());
  person.add(bill("S1", "2026-03-09 10:00:00", "300000", "100000"));
  (void)rows_of(person, "2026-03");
  const thresholds::Reference none;
  ListBuilder builder(known_rules(), none, *parse_month("2026-03"));
  ASSERT_TRUE(builder.meet(person.state()));
  builder.judge(person.state(), items_of(person));
  const auto yantai = index_of("yantai");
  EXPECT_THAT(builder.listed_in(yantai), IsEmpty());
  ASSERT_EQ(builder.gaps(yantai).count("370602"), 1U);
  const AreaGaps& gaps = builder.gaps(yantai).at("370602");
  ASSERT_EQ(gaps.unjudged.count("income.province.2025"), 1U);
  EXPECT_THAT(gaps.unjudged.at("income.province.2025").psn_nos, ElementsAre("P9"));
  EXPECT_THAT(gaps.uncomputed, IsEmpty());
}

TEST(ListBuilder, AsksForRowsOnlyWhereAnAlertIsOpen) {
  WatchedPerson person("jixi", "P1", "230302", thresholds::Reference());
  person.hold("dibao", "2025-01-01");
  person.add(bill("S1", "2026-03-09 10:00:00", "30000", "14000"));
  (void)rows_of(person, "2026-03");
  const thresholds::Reference none;
  ListBuilder builder(known_rules(), none, *parse_month("2026-03"));
  EXPECT_FALSE(builder.meet(person.state()));  // its lines are amounts: all can be judged
  const auto jixi = index_of("jixi");
  EXPECT_THAT(builder.psn_nos(), ElementsAre("P1"));
  EXPECT_THAT(builder.listed_in(jixi), ElementsAre(0));
  EXPECT_THAT(builder.listed_in(index_of("yantai")), IsEmpty());
  const auto rows = builder.rows(jixi, person.state(), items_of(person));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].area, "230302");
  const auto& uncomputed = builder.gaps(jixi).at("230302").uncomputed;
  EXPECT_THAT(uncomputed.at("income.city.2025").psn_nos, ElementsAre("P1"));
}

}  // namespace
}  // namespace yujing::alerts

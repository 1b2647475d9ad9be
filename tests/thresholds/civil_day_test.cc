#include "thresholds/civil_day.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::thresholds {
namespace {

CivilDay day(const char* text) {
  const auto parsed = parse_day(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(CivilDay{});
}

TEST(CivilDay, CountsFrom1970) {
  EXPECT_EQ(day("1970-01-01").days, 0);
  EXPECT_EQ(day("1969-12-31").days, -1);
  EXPECT_EQ(day("2000-03-01").days, 11'017);
  EXPECT_EQ(day("2026-01-01").days, 20'454);
}

TEST(CivilDay, ReadsOnlyDaysThatExist) {
  EXPECT_EQ(to_string(day("2024-02-29")), "2024-02-29");
  EXPECT_EQ(to_string(day("2000-02-29")), "2000-02-29");
  EXPECT_EQ(to_string(day("0001-01-01")), "0001-01-01");
  for (const char* text :
       {"2023-02-29", "1900-02-29", "2026-04-31", "2026-00-10", "2026-13-01", "2026-01-00",
        "2026-1-1", "2026/01/01", "20260101", "2026-01-01 ", " 2026-01-01", "0000-01-01",
        "2026-01-011", "+026-01-01", "２０２６-01-01", ""}) {
    EXPECT_FALSE(parse_day(text).has_value()) << text;
  }
}

TEST(CivilDay, KnowsTheEndsOfMonthsAndYears) {
  const CivilDay leap = day("2024-02-10");
  EXPECT_EQ(to_string(first_of_month(leap)), "2024-02-01");
  EXPECT_EQ(to_string(last_of_month(leap)), "2024-02-29");
  EXPECT_EQ(to_string(first_of_next_month(leap)), "2024-03-01");
  EXPECT_EQ(to_string(first_of_next_month(day("2025-12-31"))), "2026-01-01");
  EXPECT_EQ(to_string(first_of_year(2026)), "2026-01-01");
  EXPECT_EQ(to_string(last_of_year(2026)), "2026-12-31");
  EXPECT_EQ(year_of(day("2025-12-31")), 2025);
}

TEST(MonthsBefore, KeepsTheDayOrTakesTheLastOfAShortMonth) {
  EXPECT_EQ(to_string(months_before(day("2026-08-15"), 12)), "2025-08-15");
  EXPECT_EQ(to_string(months_before(day("2024-02-29"), 12)), "2023-02-28");
  EXPECT_EQ(to_string(months_before(day("2026-03-31"), 1)), "2026-02-28");
  EXPECT_EQ(to_string(months_before(day("2026-01-31"), 2)), "2025-11-30");
  EXPECT_EQ(to_string(months_before(day("2026-01-31"), 0)), "2026-01-31");
}

TEST(BeijingTime, ReadsADayOrADayWithATime) {
  EXPECT_EQ(to_string(*parse_time("2026-03-09 10:00:59")), "2026-03-09 10:00:59");
  EXPECT_EQ(to_string(*parse_time("2026-03-09")), "2026-03-09 00:00:00");
  EXPECT_EQ(to_string(*parse_time("1969-12-31 23:59:59")), "1969-12-31 23:59:59");
  EXPECT_EQ(day_of(*parse_time("1969-12-31 23:59:59")), day("1969-12-31"));
  EXPECT_EQ(day_of(*parse_time("2026-03-09 23:59:59")), day("2026-03-09"));
  for (const char* text :
       {"2026-03-09 24:00:00", "2026-03-09 10:60:00", "2026-03-09 10:00:60", "2026-03-09T10:00:00",
        "2026-03-09 10:00", "2026-03-09 10:00:00.0", "2026-02-29 10:00:00", "2026-03-09 ",
        "2026-03-09 -1:00:00", "10:00:00", ""}) {
    EXPECT_FALSE(parse_time(text).has_value()) << text;
  }
}

TEST(CivilDay, OpenEndsStandOutsideAllDays) {
  EXPECT_LT(day("9999-12-31"), kNoEnd);
  EXPECT_GT(day("0001-01-01"), kNoStart);
  EXPECT_FALSE(to_string(kNoEnd).empty());
}

rc::Gen<CivilDay> any_day() {
  return rc::gen::map(rc::gen::inRange(-719'162, 2'932'897),  // year 1 to year 9999
                      [](std::int32_t days) { return CivilDay{days}; });
}

RC_GTEST_PROP(CivilDayProperties, ReadingUndoesPrinting, ()) {
  const CivilDay any = *any_day();
  RC_ASSERT(parse_day(to_string(any)) == any);
  const auto date = year_month_day(any);
  RC_ASSERT(civil_day(date.year, date.month, date.day) == any);
}

RC_GTEST_PROP(CivilDayProperties, TheNextDayIsTheNextDate, ()) {
  const CivilDay any = *any_day();
  const auto date = year_month_day(any);
  const auto next = year_month_day(any + 1);
  const bool same_month = next.month == date.month && next.year == date.year;
  RC_ASSERT(next.day == (same_month ? date.day + 1 : 1));
  RC_ASSERT(same_month == (any != last_of_month(any)));
}

RC_GTEST_PROP(CivilDayProperties, MonthsBeforeCountsMonths, ()) {
  const CivilDay any = *any_day();
  const auto months = *rc::gen::inRange(0, 240);
  const auto from = year_month_day(any);
  const CivilDay earlier = months_before(any, months);
  const auto to = year_month_day(earlier);
  RC_ASSERT((from.year - to.year) * 12 + from.month - to.month == months);
  // The same day, or the last of a month that has no such day.
  RC_ASSERT(to.day == from.day || (to.day < from.day && earlier == last_of_month(earlier)));
}

RC_GTEST_PROP(CivilDayProperties, MonthsBeforeKeepsTheOrder, ()) {
  const CivilDay any = *any_day();
  const auto months = *rc::gen::inRange(1, 60);
  RC_ASSERT(months_before(any, months) <= months_before(any + 1, months));
  RC_ASSERT(months_before(any, months) < months_before(any, months - 1));
}

}  // namespace
}  // namespace yujing::thresholds

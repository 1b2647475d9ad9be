#include "app/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yujing::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// How many columns the line takes; every character of it is one wide.
std::size_t width(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

TEST(Progress, ShowsShareAmountRateAndTimeLeft) {
  const auto line =
      progress_line({"events", 25'000'000, 100'000'000, 2.0, ProgressUnit::kBytes}, 100);
  EXPECT_THAT(line, HasSubstr("events"));
  EXPECT_THAT(line, HasSubstr(" 25%"));
  EXPECT_THAT(line, HasSubstr("25.0 MB/100.0 MB"));
  EXPECT_THAT(line, HasSubstr("12.5 MB/s"));
  EXPECT_THAT(line, HasSubstr("6.0 s left"));
}

TEST(Progress, FitsTheTerminal) {
  for (const std::size_t columns : {60U, 80U, 100U, 200U}) {
    EXPECT_LT(width(progress_line({"events", 1, 3, 1.0, ProgressUnit::kItems}, columns)), columns);
  }
}

TEST(Progress, WithoutAKnownEndShowsNoShare) {
  const auto line = progress_line({"refolding", 1200, 0, 1.0, ProgressUnit::kItems}, 80);
  EXPECT_THAT(line, HasSubstr("1,200"));
  EXPECT_THAT(line, Not(HasSubstr("%")));
}

TEST(Progress, WritesAmountsAndTimesForPeople) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(amount_text(999, ProgressUnit::kBytes), "999 B");
  EXPECT_EQ(amount_text(1'500'000'000, ProgressUnit::kBytes), "1.5 GB");
  EXPECT_EQ(duration_text(4.21), "4.2 s");
  EXPECT_EQ(duration_text(61), "1 min 1 s");
  EXPECT_EQ(duration_text(3700), "1 h 1 min");
}

}  // namespace
}  // namespace yujing::app

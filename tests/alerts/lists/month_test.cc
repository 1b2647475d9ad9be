#include "alerts/lists/month.h"

#include <gtest/gtest.h>

#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

TEST(Month, IsReadStrictly) {
  const auto month = parse_month("2024-02");
  ASSERT_TRUE(month.has_value());
  EXPECT_EQ(month->first, day("2024-02-01"));
  EXPECT_EQ(month->last, day("2024-02-29"));
  EXPECT_EQ(month_words(*month), "2024年2月");
  for (const auto* const wrong : {"2024-13", "2024-2", "2024-02-01", "", "24-02"})
    EXPECT_FALSE(parse_month(wrong).has_value()) << wrong;
}

}  // namespace
}  // namespace yujing::alerts

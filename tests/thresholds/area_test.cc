#include "thresholds/area.h"

#include <gtest/gtest.h>

namespace yujing::thresholds {
namespace {

TEST(Area, CityIsFourDigitsAndProvinceTwo) {
  EXPECT_EQ(city_code("230302"), 2303);
  EXPECT_EQ(province_code("230302"), 23);
  EXPECT_EQ(province_of(city_code("230302")), 23);
  EXPECT_EQ(city_code("2303"), 2303);
  EXPECT_EQ(province_code("23"), 23);
}

TEST(Area, IsNothingWithoutItsDigits) {
  EXPECT_EQ(city_code(""), 0);
  EXPECT_EQ(city_code("230"), 0);
  EXPECT_EQ(city_code("23a302"), 0);
  EXPECT_EQ(city_code(" 230302"), 0);
  EXPECT_EQ(province_code("2"), 0);
  EXPECT_EQ(province_code("x3"), 0);
}

TEST(Area, ACodeIsSixDigits) {
  EXPECT_TRUE(is_area_code("230302"));
  for (const auto* const other : {"", "23030", "2303020", "23030x", " 230302"})
    EXPECT_FALSE(is_area_code(other)) << other;
}

}  // namespace
}  // namespace yujing::thresholds

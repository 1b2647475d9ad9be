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

}  // namespace
}  // namespace yujing::thresholds

#include "thresholds/policy.h"

#include <gtest/gtest.h>

namespace yujing::thresholds {
namespace {

Policy version(const char* name, CivilDay from, CivilDay until) {
  Policy policy;
  policy.version = name;
  policy.from = from;
  policy.until = until;
  return policy;
}

CityRules two_versions_with_a_gap() {
  CityRules city;
  city.id = "qinghe";
  city.code = 9901;
  city.categories = {{"tekun", "特困人员", {}, ""}, {"dibao", "低保对象", {}, ""}};
  city.versions = {version("old", civil_day(2020, 1, 1), civil_day(2022, 12, 31)),
                   version("new", civil_day(2024, 1, 1), civil_day(2025, 12, 31))};
  return city;
}

TEST(CityRules, BothEndsOfAVersionAreInForce) {
  const auto city = two_versions_with_a_gap();
  EXPECT_EQ(city.in_force(civil_day(2019, 12, 31)), nullptr);
  EXPECT_EQ(city.in_force(civil_day(2020, 1, 1)), &city.versions[0]);
  EXPECT_EQ(city.in_force(civil_day(2022, 12, 31)), &city.versions[0]);
  EXPECT_EQ(city.in_force(civil_day(2023, 6, 1)), nullptr);
  EXPECT_EQ(city.in_force(civil_day(2024, 1, 1)), &city.versions[1]);
  EXPECT_EQ(city.in_force(civil_day(2026, 1, 1)), nullptr);
}

TEST(CityRules, MeasuresByTheNextVersionElseTheLast) {
  const auto city = two_versions_with_a_gap();
  EXPECT_EQ(city.measuring(civil_day(2019, 1, 1)).version, "old");
  EXPECT_EQ(city.measuring(civil_day(2021, 1, 1)).version, "old");
  EXPECT_EQ(city.measuring(civil_day(2023, 6, 1)).version, "new");
  EXPECT_EQ(city.measuring(civil_day(2030, 1, 1)).version, "new");
}

TEST(CityRules, FindsCategoriesByTheirCodes) {
  const auto city = two_versions_with_a_gap();
  EXPECT_EQ(city.category_bit("tekun"), 0);
  EXPECT_EQ(city.category_bit("dibao"), 1);
  EXPECT_FALSE(city.category_bit("orphan").has_value());
}

TEST(RuleBook, FindsCitiesByIdAndByCode) {
  RuleBook rules;
  rules.cities.push_back(two_versions_with_a_gap());
  EXPECT_EQ(rules.by_id("qinghe"), rules.cities.data());
  EXPECT_EQ(rules.by_code(9901), rules.cities.data());
  EXPECT_EQ(rules.by_id("yunxi"), nullptr);
  EXPECT_EQ(rules.by_code(0), nullptr);
}

TEST(PrefixTable, TheLongestPrefixDecides) {
  PrefixTable<CareKind> table;
  table.entries = {{"140201", CareKind::kOutpatientSpecial}, {"14", CareKind::kOutpatientChronic}};
  ASSERT_NE(table.find("14020199"), nullptr);
  EXPECT_EQ(*table.find("14020199"), CareKind::kOutpatientSpecial);
  EXPECT_EQ(*table.find("1402"), CareKind::kOutpatientChronic);
  EXPECT_EQ(table.find("1"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
}

}  // namespace
}  // namespace yujing::thresholds

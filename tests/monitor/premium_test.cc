#include "monitor/premium.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

struct PremiumCase {
  std::string city;
  std::string category;
  std::int32_t year;
  std::optional<std::string> subsidy;
};

std::optional<Money> subsidy(const PremiumCase& row, const thresholds::Reference& reference,
                             std::set<std::string>* missing = nullptr) {
  Person person(row.city);
  if (!row.category.empty()) person.hold(row.category, "2022-01-01");
  return premium_subsidy(person.city(), reference, person.facts(), row.year,
                         thresholds::first_of_year(row.year) + 4, missing, nullptr);
}

TEST(Premium, EveryCitySubsidisesAsItsDocumentSays) {
  const std::vector<PremiumCase> table = {{"jixi", "tekun", 2026, "400"},
                                          {"jixi", "dibao", 2026, "240"},
                                          {"jixi", "monitored", 2026, "240"},
                                          {"jixi", "dibao_edge", 2026, "0"},
                                          {"jixi", "", 2026, "0"},
                                          {"jixi", "dibao", 2025, std::nullopt},
                                          {"shuangyashan", "monitored", 2025, "240"},
                                          {"shuangyashan", "monitored", 2026, "0"},
                                          {"jincheng", "dibao", 2026, "320"},
                                          {"jincheng", "returned_poverty", 2026, "360"},
                                          {"jincheng", "monitored", 2025, "280"},
                                          {"jincheng", "monitored", 2026, "0"},
                                          {"jincheng", "monitored_sudden", 2025, "0"},
                                          {"yantai", "dibao_edge", 2026, "400"},
                                          {"yanbian", "tekun", 2026, std::nullopt}};
  for (const PremiumCase& row : table) {
    const std::optional<Money> expected =
        row.subsidy ? std::optional(yuan(*row.subsidy)) : std::nullopt;
    EXPECT_EQ(subsidy(row, usual_figures()), expected)
        << row.city << " " << row.category << " " << row.year;
  }
}

TEST(Premium, NoSubsidyIsAboveThePremiumNorUnderItsFloor) {
  thresholds::Reference low;
  low.set_premium(city_named("jincheng").code, 2025, yuan("250"));
  EXPECT_EQ(subsidy({"jincheng", "dibao", 2025, {}}, low), yuan("250"));  // at least 280
  EXPECT_EQ(subsidy({"jincheng", "monitored", 2025, {}}, low), yuan("250"));
  thresholds::Reference middling;
  middling.set_premium(city_named("jincheng").code, 2025, yuan("300"));
  EXPECT_EQ(subsidy({"jincheng", "dibao", 2025, {}}, middling), yuan("280"));
}

TEST(Premium, AMissingFigureIsNamed) {
  std::set<std::string> missing;
  EXPECT_EQ(subsidy({"jixi", "dibao", 2026, {}}, thresholds::Reference(), &missing), std::nullopt);
  EXPECT_THAT(missing, testing::ElementsAre("premium.2026"));
}

TEST(Premium, TheBestRuleThatFitsDecides) {
  Person person("jincheng");
  person.hold("dibao", "2025-01-01");
  person.hold("tekun", "2025-01-01");
  Steps steps;
  EXPECT_EQ(premium_subsidy(person.city(), usual_figures(), person.facts(), 2026, day("2026-01-05"),
                            nullptr, &steps),
            yuan("400"));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[1].cite, "第十条");
}

TEST(Premium, TheDepositIsWaivedForWhoHoldsACategoryThatDay) {
  Person person("jixi");
  person.hold("dibao", "2026-03-01", "2026-03-31");
  EXPECT_FALSE(deposit_waiver(person.city(), person.facts(), day("2026-02-28")));
  EXPECT_TRUE(deposit_waiver(person.city(), person.facts(), day("2026-03-01")));
  EXPECT_FALSE(deposit_waiver(person.city(), person.facts(), day("2026-04-01")));
  Person elsewhere("jixi");
  elsewhere.hold("dibao_edge", "2025-01-01");
  EXPECT_FALSE(deposit_waiver(elsewhere.city(), elsewhere.facts(), day("2026-03-01")));
  Person early("jixi");
  early.hold("dibao", "2025-01-01");
  EXPECT_FALSE(deposit_waiver(early.city(), early.facts(), day("2025-12-31")));  // no version
  Person by_months("yantai");
  by_months.hold("dibao", "2026-03-01", "2026-03-31");
  EXPECT_FALSE(deposit_waiver(by_months.city(), by_months.facts(), day("2026-03-15")));
}

}  // namespace
}  // namespace yujing::monitor

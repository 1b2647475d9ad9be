#include "thresholds/reference.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yujing::thresholds {
namespace {

using ::testing::HasSubstr;

constexpr CityCode kJixi = 2303;
constexpr CityCode kJincheng = 1405;

IncomeFigure figure(IncomeFigure::Scope scope, IncomeFigure::Population population) {
  return {scope, population, 1};
}
const IncomeFigure kCityAll = figure(IncomeFigure::Scope::kCity, IncomeFigure::Population::kAll);
const IncomeFigure kProvinceAll =
    figure(IncomeFigure::Scope::kProvince, IncomeFigure::Population::kAll);
const IncomeFigure kCityUrban =
    figure(IncomeFigure::Scope::kCity, IncomeFigure::Population::kUrban);

class ReferenceFile : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ =
        std::filesystem::path(::testing::TempDir()) /
        (std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".yaml");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  Result<void> load(const std::string& text) {
    std::ofstream(path_) << text;
    return load_reference(path_.string(), reference_);
  }

  std::filesystem::path path_;
  Reference reference_;
};

TEST_F(ReferenceFile, HoldsTheFiguresOfTheSettings) {
  ASSERT_TRUE(
      load("income: {city: {2303: {2025: \"25000.00\"}}, province: {23: {2025: \"30000\"}}}\n"
           "premium: {2303: {2026: \"400.00\"}}\n"
           "single_disease: {1405: {M00001: \"8000.00\"}}\n"));
  EXPECT_EQ(reference_.income(kJixi, kCityAll, 2025), Money{2'500'000});
  EXPECT_EQ(reference_.income(kJixi, kProvinceAll, 2025), Money{3'000'000});
  EXPECT_EQ(reference_.premium(kJixi, 2026), Money{40'000});
  EXPECT_EQ(reference_.single_disease(kJincheng, "M00001"), Money{800'000});
  EXPECT_TRUE(reference_.has_single_diseases(kJincheng));
}

TEST_F(ReferenceFile, SaysWhatItDoesNotHold) {
  ASSERT_TRUE(load("income: {city: {2303: {2025: \"25000.00\"}}}\nsingle_disease: {1405: {}}\n"));
  EXPECT_FALSE(reference_.income(kJixi, kCityAll, 2024).has_value());
  EXPECT_FALSE(reference_.income(kJixi, kCityUrban, 2025).has_value());
  EXPECT_FALSE(reference_.income(kJincheng, kCityAll, 2025).has_value());
  EXPECT_FALSE(reference_.premium(kJixi, 2025).has_value());
  EXPECT_FALSE(reference_.single_disease(kJincheng, "M00001").has_value());
  EXPECT_FALSE(reference_.has_single_diseases(kJincheng));
  EXPECT_FALSE(reference_.published(kJixi, "deductible", 2026).has_value());
}

TEST_F(ReferenceFile, TakesKeysAndAmountsQuotedOrNotAndSources) {
  ASSERT_TRUE(
      load("income:\n"
           "  city_urban:\n"
           "    \"2303\":\n"
           "      \"2025\": {amount: 31000.5, source: 统计公报}\n"
           "published: {2303: {deductible_monitored: {2026: 2600}}}\n"));
  EXPECT_EQ(reference_.income(kJixi, kCityUrban, 2025), Money{3'100'050});
  EXPECT_EQ(reference_.published(kJixi, "deductible_monitored", 2026), Money{260'000});
}

TEST_F(ReferenceFile, LaterFilesWin) {
  ASSERT_TRUE(load("premium: {2303: {2025: \"380\", 2026: \"400\"}}\n"));
  ASSERT_TRUE(load("premium: {2303: {2026: \"420\"}}\n"));
  EXPECT_EQ(reference_.premium(kJixi, 2025), Money{38'000});
  EXPECT_EQ(reference_.premium(kJixi, 2026), Money{42'000});
}

TEST_F(ReferenceFile, ThatIsWrongChangesNothing) {
  ASSERT_TRUE(load("premium: {2303: {2026: \"400\"}}\n"));
  const auto loaded = load("premium: {2303: {2026: \"420\", 2027: much}}\n");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(reference_.premium(kJixi, 2026), Money{40'000});
}

TEST_F(ReferenceFile, SaysEverythingThatIsWrongAtOnce) {
  const auto loaded = load("premium: {2303: {26: \"420\"}}\nincomes: {}\n");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr(path_.string() + ":1: unknown key `26`"));
  EXPECT_THAT(loaded.error().message, HasSubstr(path_.string() + ":2: unknown key `incomes`"));
}

TEST_F(ReferenceFile, ThatIsNotThereIsNamed) {
  const auto loaded = load_reference(path_.string() + ".none", reference_);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, HasSubstr(path_.string() + ".none"));
}

TEST_F(ReferenceFile, ShippedCanBeRead) {
  const auto loaded =
      load_reference(YUJING_SOURCE_DIR "/thresholds/reference/reference.yaml", reference_);
  EXPECT_TRUE(loaded) << loaded.error().message;
}

TEST(Reference, NamesMissingFiguresAsResultsListThem) {
  EXPECT_EQ(missing_income(kCityAll, 2024), "income.city.2024");
  EXPECT_EQ(missing_income(kProvinceAll, 2024), "income.province.2024");
  EXPECT_EQ(missing_income(kCityUrban, 2024), "income.city_urban.2024");
  EXPECT_EQ(missing_premium(2026), "premium.2026");
  EXPECT_EQ(missing_published("deductible", 2026), "published.deductible.2026");
}

TEST(Reference, FingerprintFollowsTheFigures) {
  Reference one;
  one.set_premium(kJixi, 2026, Money{40'000});
  one.set_income(IncomeFigure::Scope::kCity, IncomeFigure::Population::kAll, kJixi, 2025,
                 Money{2'500'000});
  Reference two;
  two.set_income(IncomeFigure::Scope::kCity, IncomeFigure::Population::kAll, kJixi, 2025,
                 Money{2'500'000});
  EXPECT_NE(one.fingerprint(), two.fingerprint());
  two.set_premium(kJixi, 2026, Money{40'000});
  EXPECT_EQ(one.fingerprint(), two.fingerprint());
  two.set_premium(kJixi, 2026, Money{40'001});
  EXPECT_NE(one.fingerprint(), two.fingerprint());
}

}  // namespace
}  // namespace yujing::thresholds

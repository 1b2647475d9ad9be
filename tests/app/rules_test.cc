#include "app/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/shipped.h"
#include "tests/consumer/temporary_folder.h"

namespace yujing::app {
namespace {

using ::testing::HasSubstr;
using tests::TemporaryFolder;
using thresholds::ErrorCode;

TEST(Rules, ThatComeWithTheProgramAreFoundAndRead) {
  const auto rules = load_rules({}, "");
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(known_cities(rules->book), "jincheng, jixi, shuangyashan, yanbian, yantai");
}

TEST(Rules, AreOfTheCitiesInUseOnly) {
  Settings settings;
  settings.cities = {"yantai"};
  const auto rules = load_rules(settings, CityChoice::kInUse);
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(known_cities(rules->book), "yantai");
  const auto all = load_rules(settings, CityChoice::kAll);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->book.cities.size(), 5U);
}

TEST(Rules, OfAnUnknownCitySayWhichAreKnown) {
  Settings settings;
  settings.file = "settings.yaml";
  settings.cities = {"jixi", "atlantis"};
  const auto rules = load_rules(settings, CityChoice::kInUse);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(rules.error().message, HasSubstr("settings.yaml: `cities` names `atlantis`"));
  EXPECT_THAT(rules.error().message, HasSubstr("jincheng, jixi, shuangyashan"));
}

TEST(Rules, WithoutACityInUseAskForOne) {
  const auto rules = load_rules(Settings{}, CityChoice::kInUse);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(rules.error().message, HasSubstr("`cities` is not set"));
}

TEST(Rules, OfAFolderStandInForTheShippedOnesAndMayLieOverThem) {
  const TemporaryFolder folder;
  folder.write("more.yaml", R"(overlay: yanbian-2023
warnings:
  - id: over-9000
    title: 个人负担超过9000元
    population: anyone
    measure: burden_after_insurance
    line: {yuan: "9000"}
    offices: [civil_affairs]
    cite: 试行
)");
  const auto alone = load_rules({folder.path("")}, "");
  ASSERT_FALSE(alone);
  EXPECT_THAT(alone.error().message, HasSubstr("more.yaml:1"));
  EXPECT_THAT(alone.error().message, HasSubstr("named before it (such as `shipped`)"));
  const auto over = load_rules({"shipped", folder.path("")}, "");
  ASSERT_TRUE(over) << over.error().message;
  EXPECT_EQ(over->book.by_id("yanbian")->versions.front().warnings.front().id, "over-9000");
}

TEST(Rules, ReadFromAFolderNeedNoNationalTablesOfTheirOwn) {
  const TemporaryFolder folder;
  const auto shipped = shipped_policies();
  ASSERT_TRUE(shipped) << shipped.error().message;
  const auto rules = load_rules({*shipped + "/jixi-2026.yaml"}, "");
  ASSERT_TRUE(rules) << rules.error().message;
  EXPECT_EQ(known_cities(rules->book), "jixi");
}

TEST(Rules, WithABadReferenceFileNameItAndTheLine) {
  const TemporaryFolder folder;
  const auto file = folder.write("reference.yaml", "income: {city: {2303: {2025: cheap}}}\n");
  const auto rules = load_rules({}, file);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(rules.error().message, HasSubstr("reference.yaml:1"));
}

}  // namespace
}  // namespace yujing::app

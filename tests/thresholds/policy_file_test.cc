#include "thresholds/policy_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thresholds/policy_diff.h"
#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kShipped = YUJING_SOURCE_DIR "/thresholds/policies";
const std::string kNational = kShipped + "/national.yaml";
const std::string kMadeUp = YUJING_SOURCE_DIR "/tests/thresholds/policies";

RuleBook load(const std::vector<std::string>& paths) {
  auto rules = load_rule_book(paths);
  if (rules) return std::move(*rules);
  for (const auto& error : rules.error())
    ADD_FAILURE() << error.message;
  return {};
}

const RuleBook& shipped() {
  static const RuleBook kRules = load({kShipped});
  return kRules;
}

const Policy& version(const RuleBook& rules, std::string_view city) {
  return rules.by_id(city)->versions.front();
}

const Tier& tier(const RuleBook& rules, std::string_view city, std::string_view id) {
  const auto& tiers = version(rules, city).tiers;
  const auto found =
      std::find_if(tiers.begin(), tiers.end(), [&](const Tier& each) { return each.id == id; });
  EXPECT_NE(found, tiers.end()) << city << ' ' << id;
  return *found;
}

std::vector<std::string> codes(const RuleBook& rules, std::string_view city, CategorySet set) {
  std::vector<std::string> names;
  const auto& categories = rules.by_id(city)->categories;
  for (std::size_t bit = 0; bit < categories.size(); ++bit) {
    if ((set >> bit & 1U) != 0) names.push_back(categories[bit].code);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Ratio ratio_of(const Tier& of, CareKind kind) {
  for (const auto& cover : of.covers) {
    if ((cover.care & care_bit(kind)) != 0) return cover.ratio;
  }
  return {};
}

// A folder of its own for files a test writes.
class WrittenPolicies : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("policies-") +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
};

TEST(ShippedPolicies, NameFiveCities) {
  std::vector<std::string> ids;
  for (const auto& city : shipped().cities)
    ids.push_back(city.id);
  EXPECT_THAT(ids, ElementsAre("jincheng", "jixi", "shuangyashan", "yanbian", "yantai"));
  EXPECT_EQ(shipped().by_code(2224)->id, "yanbian");
  EXPECT_EQ(version(shipped(), "jixi").document, "鸡政办规〔2025〕4号");
  EXPECT_EQ(to_string(version(shipped(), "jixi").until), "2030-12-31");
  EXPECT_EQ(to_string(version(shipped(), "jincheng").until), "2027-12-31");
  EXPECT_EQ(version(shipped(), "yantai").until, kNoEnd);
}

TEST(ShippedPolicies, CiteAnArticleForEveryParameter) {
  for (const auto& city : shipped().cities) {
    const Policy& policy = city.versions.front();
    EXPECT_FALSE(policy.in_force_cite.empty());
    EXPECT_FALSE(policy.preselfpay_cite.empty());
    for (const auto& category : city.categories)
      EXPECT_FALSE(category.cite.empty());
    for (const auto& each : policy.tiers) {
      EXPECT_FALSE(each.cite.empty());
      EXPECT_FALSE(each.deductible.cite.empty());
      EXPECT_FALSE(each.cap_cite.empty());
      for (const auto& cover : each.covers)
        EXPECT_FALSE(cover.cite.empty());
      if (each.further) {
        EXPECT_FALSE(each.further->cite.empty());
      }
    }
    for (const auto& rule : policy.premium)
      EXPECT_FALSE(rule.cite.empty());
    for (const auto& rule : policy.warnings)
      EXPECT_FALSE(rule.cite.empty());
  }
}

TEST(ShippedPolicies, Jixi) {
  const Tier& monitored = tier(shipped(), "jixi", "monitored");
  EXPECT_EQ(monitored.deductible.yuan, Money{250'000});
  EXPECT_EQ(monitored.cap->yuan, Money{3'000'000});
  EXPECT_EQ(ratio_of(monitored, CareKind::kSpecialDrug), Ratio{6000});
  EXPECT_EQ(ratio_of(monitored, CareKind::kPharmacy), Ratio{0});
  ASSERT_TRUE(monitored.further.has_value());
  EXPECT_EQ(monitored.further->kind, FurtherLayer::Kind::kPoints);
  EXPECT_EQ(monitored.further->ratio, Ratio{1000});
  EXPECT_EQ(monitored.further->threshold.kind, AmountRule::Kind::kIncomeShare);
  EXPECT_EQ(monitored.further->threshold.share, Ratio{5000});
  EXPECT_EQ(monitored.further->threshold.income.scope, IncomeFigure::Scope::kCity);
  EXPECT_EQ(monitored.further->cap->yuan, Money{1'000'000});
  EXPECT_FALSE(monitored.further->inside_annual_cap);
  EXPECT_FALSE(tier(shipped(), "jixi", "tekun").further.has_value());
  EXPECT_TRUE(version(shipped(), "jixi").emergency_exempt);
  EXPECT_FALSE(version(shipped(), "jixi").preselfpay_in_policy);
  EXPECT_EQ(version(shipped(), "jixi").application->start, ApplicationRule::WindowStart::kSameDay);
  EXPECT_EQ(version(shipped(), "jixi").warnings[1].id, "critical-illness-started");
  EXPECT_EQ(version(shipped(), "jixi").warnings[1].started_by,
            payer_bit(Payer::kHifmi) | payer_bit(Payer::kHifob));
}

TEST(ShippedPolicies, Shuangyashan) {
  const Tier& illness = tier(shipped(), "shuangyashan", "illness_poverty");
  EXPECT_EQ(illness.deductible.share, Ratio{2500});
  EXPECT_EQ(illness.cap->yuan, Money{4'000'000});
  EXPECT_TRUE(illness.further->inside_annual_cap);
  EXPECT_FALSE(illness.further->cap.has_value());
  EXPECT_EQ(version(shipped(), "shuangyashan").premium.back().last_year, 2025);
}

TEST(ShippedPolicies, Jincheng) {
  const Policy& policy = version(shipped(), "jincheng");
  const Tier& returned = tier(shipped(), "jincheng", "returned_poverty");
  EXPECT_FALSE(returned.cap.has_value());
  EXPECT_EQ(returned.floor->share, Ratio{9000});
  EXPECT_EQ(ratio_of(returned, CareKind::kOutpatientSpecial), Ratio{3000});
  for (const auto& each : policy.tiers) {
    EXPECT_TRUE(each.further->after_cap_used) << each.id;
    EXPECT_EQ(each.further->cap->yuan, Money{4'000'000}) << each.id;
  }
  EXPECT_TRUE(policy.preselfpay_in_policy);
  EXPECT_FALSE(policy.emergency_exempt);
  EXPECT_FALSE(policy.application.has_value());
  EXPECT_EQ(policy.single_disease->shares.size(), 7U);
  EXPECT_EQ(policy.out_of_catalogue->limits.size(), 4U);
  EXPECT_EQ(to_string(policy.out_of_catalogue->fund_shares[0].until), "2025-12-31");
  EXPECT_EQ(policy.premium[2].at_least, Money{28'000});
  EXPECT_THAT(codes(shipped(), "jincheng", policy.premium[3].categories), ElementsAre("monitored"));
  EXPECT_EQ(policy.warnings[1].population, WarningRule::Population::kNotHolding);
  EXPECT_EQ(policy.warnings[1].measure, Measure::kBurdenAfterAssistance);
}

TEST(ShippedPolicies, Yantai) {
  const Policy& policy = version(shipped(), "yantai");
  EXPECT_TRUE(policy.category_from_next_month);
  EXPECT_FALSE(policy.referral_required);
  EXPECT_EQ(policy.application->start, ApplicationRule::WindowStart::kFirstOfMonth);
  EXPECT_EQ(tier(shipped(), "yantai", "dibao_edge").further->threshold.yuan, Money{1'000'000});
  EXPECT_FALSE(tier(shipped(), "yantai", "illness_poverty").further.has_value());
  const auto& insurance = *policy.critical_illness;
  EXPECT_EQ(insurance.schedules[0].bands[3].from.yuan, Money{30'000'000});
  EXPECT_EQ(insurance.schedules[0].bands[3].ratio, Ratio{8000});
  EXPECT_EQ(insurance.schedules[1].categories, 0U);
  EXPECT_TRUE(insurance.special_drugs[0].stated);
  EXPECT_EQ(insurance.special_drugs[0].cap, Money{40'000'000});
  EXPECT_FALSE(insurance.special_drugs[1].stated);
  EXPECT_EQ(policy.warnings[1].line->share, Ratio{15'000});
  EXPECT_EQ(policy.warnings[1].line->income.scope, IncomeFigure::Scope::kProvince);
  EXPECT_EQ(policy.warnings[1].categories, policy.tier_categories);
}

TEST(ShippedPolicies, Yanbian) {
  const Policy& policy = version(shipped(), "yanbian");
  EXPECT_TRUE(policy.residence_required);
  EXPECT_FALSE(policy.premium_stated);
  EXPECT_THAT(policy.warnings, IsEmpty());
  const Tier& second = tier(shipped(), "yanbian", "class-2");
  EXPECT_EQ(ratio_of(second, CareKind::kOutpatientChronic), Ratio{5000});
  EXPECT_EQ(second.covers[2].cap->yuan, Money{80'000});
  EXPECT_EQ(second.further->kind, FurtherLayer::Kind::kLump);
  EXPECT_EQ(second.further->lump, Money{200'000});
  EXPECT_EQ(ratio_of(tier(shipped(), "yanbian", "class-3"), CareKind::kOutpatientChronic),
            Ratio{0});
}

struct KindOf {
  const char* med_type;
  CareKind kind;
};

TEST(ShippedPolicies, TheLongestPrefixOfMedTypeDecides) {
  const auto& kinds = shipped().by_id("jixi")->care_kinds;
  for (const auto& [med_type, kind] : {KindOf{"21", CareKind::kInpatient},
                                       {"2114", CareKind::kInpatient},
                                       {"2106", CareKind::kMaternity},
                                       {"9902", CareKind::kInpatient},
                                       {"9901", CareKind::kOutpatientSpecial},
                                       {"14", CareKind::kOutpatientChronic},
                                       {"140201", CareKind::kOutpatientSpecial},
                                       {"1301", CareKind::kOutpatientOrdinary},
                                       {"910302", CareKind::kSpecialDrug},
                                       {"41", CareKind::kPharmacy},
                                       {"52", CareKind::kMaternity}}) {
    ASSERT_NE(kinds.find(med_type), nullptr) << med_type;
    EXPECT_EQ(*kinds.find(med_type), kind) << med_type;
  }
  EXPECT_EQ(kinds.find("91"), nullptr);
  EXPECT_EQ(*shipped().national.filing_defaults.find("1301"), Filing::kEmergency);
  EXPECT_EQ(*shipped().national.filing_defaults.find("23"), Filing::kReferral);
  EXPECT_EQ(shipped().national.filing_defaults.find("21"), nullptr);
}

TEST(MadeUpPolicy, TakesFromEveryTierWhatATierDoesNotSay) {
  const RuleBook rules = load({kNational, kMadeUp});
  EXPECT_EQ(tier(rules, "qinghe", "dibao").cap->yuan, Money{5'000'000});
  EXPECT_EQ(tier(rules, "qinghe", "dibao").further->kind, FurtherLayer::Kind::kSlice);
  EXPECT_FALSE(tier(rules, "qinghe", "tekun").further.has_value());
  const auto& deductible = tier(rules, "qinghe", "other").deductible;
  EXPECT_EQ(deductible.share, Ratio{1250});
  EXPECT_EQ(deductible.income.population, IncomeFigure::Population::kRural);
  EXPECT_EQ(deductible.rounding, AmountRule::Rounding::kYuanDown);
}

TEST_F(WrittenPolicies, AnOverlayChangesAndAddsRules) {
  const RuleBook before = load({kNational, kMadeUp});
  const std::string overlay = write("local.yaml", R"(
overlay: qinghe-2024
tiers:
  - id: dibao
    deductible: {yuan: "300", cite: 补充通知第一条}
  - id: orphan
    before: dibao
    name: 孤儿
    categories: [orphan]
    cite: 补充通知第二条
    deductible: {yuan: "0", cite: 补充通知第二条}
    cover:
      - {care: [inpatient], ratio: 90%, cite: 补充通知第二条}
  - {id: other, remove: true}
categories:
  orphan: {name: 孤儿, certified_by: civil_affairs, cite: 补充通知第二条}
application: not_stated
warnings:
  - id: orphan-over-3000
    title: 孤儿个人负担超过3000元
    population: {holding: [orphan]}
    measure: burden_after_assistance
    line: {yuan: "3000"}
    offices: [civil_affairs]
    cite: 补充通知第三条
)");
  const RuleBook rules = load({kNational, kMadeUp, overlay});
  std::vector<std::string> tiers;
  for (const auto& each : version(rules, "qinghe").tiers)
    tiers.push_back(each.id);
  EXPECT_THAT(tiers, ElementsAre("tekun", "orphan", "dibao"));
  EXPECT_EQ(tier(rules, "qinghe", "dibao").deductible.yuan, Money{30'000});
  EXPECT_EQ(ratio_of(tier(rules, "qinghe", "dibao"), CareKind::kInpatient), Ratio{8000});
  EXPECT_EQ(tier(rules, "qinghe", "orphan").cap->yuan, Money{5'000'000});
  EXPECT_FALSE(version(rules, "qinghe").application.has_value());
  ASSERT_EQ(version(rules, "qinghe").warnings.size(), 2U);
  EXPECT_EQ(version(rules, "qinghe").warnings[1].id, "orphan-over-3000");
  EXPECT_NE(fingerprint(rules), fingerprint(before));
}

TEST_F(WrittenPolicies, AnOverlayGivesWarningsToACityWithoutAny) {
  const std::string overlay = write("yanbian-local.yaml", R"(
overlay: yanbian-2023
warnings:
  - id: burden-over-10000
    title: 个人负担超过1万元
    population: anyone
    measure: burden_after_insurance
    line: {yuan: "10000"}
    offices: [civil_affairs]
    cite: 州医保局工作安排
)");
  EXPECT_EQ(version(load({kShipped, overlay}), "yanbian").warnings.size(), 1U);
}

TEST_F(WrittenPolicies, OverlaysOfAFolderComeAfterItsVersionsAndLaterPathsWin) {
  write("a-overlay.yaml", "overlay: qinghe-2024\ntitle: 第一\n");
  write("qinghe-2024.yaml", read(kMadeUp + "/qinghe-2024.yaml"));
  EXPECT_EQ(version(load({kNational, folder_.string()}), "qinghe").title, "第一");
  EXPECT_EQ(version(load({kNational, folder_.string(), kMadeUp}), "qinghe").title,
            "清河市医疗救助实施办法");
}

TEST_F(WrittenPolicies, TheSameVersionTwiceInAFolderIsRefused) {
  write("a.yaml", read(kMadeUp + "/qinghe-2024.yaml"));
  write("b.yaml", read(kMadeUp + "/qinghe-2024.yaml"));
  const auto rules = load_rule_book({kNational, folder_.string()});
  ASSERT_FALSE(rules);
  ASSERT_EQ(rules.error().size(), 1U);
  EXPECT_THAT(rules.error()[0].message, HasSubstr("b.yaml:3: version `qinghe-2024` is in "));
  EXPECT_THAT(rules.error()[0].message, HasSubstr("allowed: a name of its own, or `overlay:"));
}

TEST_F(WrittenPolicies, ASecondVersionRenamesAndAddsCategories) {
  std::string text = read(kMadeUp + "/qinghe-2024.yaml");
  const auto put = [&](const std::string& old, const std::string& with) {
    text.replace(text.find(old), old.size(), with);
  };
  put("version: qinghe-2024", "version: qinghe-2023");
  put("{from: 2024-01-01, ", "{from: 2023-01-01, until: 2023-12-31, ");
  put("name: 监测对象, certified_by", "name: 边缘对象, certified_by");
  put("  dibao:  ",
      "  returned_poverty: {name: 返贫致贫人口, certified_by: not_stated, cite: 第三条}\n"
      "  dibao:  ");
  const RuleBook rules = load({kNational, kMadeUp, write("qinghe-2023.yaml", text)});
  const CityRules& city = *rules.by_id("qinghe");
  ASSERT_EQ(city.versions.size(), 2U);
  EXPECT_EQ(city.in_force(civil_day(2023, 12, 31))->version, "qinghe-2023");
  EXPECT_EQ(city.in_force(civil_day(2024, 1, 1))->version, "qinghe-2024");
  EXPECT_EQ(city.categories[*city.category_bit("monitored")].name, "监测对象");
  EXPECT_TRUE(city.category_bit("returned_poverty").has_value());
  // The later version does not declare it and may not use it.
  EXPECT_THAT(codes(rules, "qinghe", city.versions[1].tier_categories),
              Not(Contains("returned_poverty")));
}

TEST_F(WrittenPolicies, AreaNamesOfLaterFilesComeOverEarlierOnes) {
  const RuleBook rules = load({kShipped, write("areas.yaml",
                                               "kind: areas\nsource: 本市\nareas:\n"
                                               "  \"230302\": 鸡冠\n"
                                               "  \"370634\": 长岛县\n")});
  const Names& names = rules.by_id("yantai")->names;
  EXPECT_EQ(names.area("370602"), "芝罘区");
  EXPECT_EQ(names.area("370634"), "长岛县");
  EXPECT_EQ(names.area("230302"), "鸡冠");
  EXPECT_EQ(names.area("377699"), "");  // an old code stays a code
}

TEST_F(WrittenPolicies, AllVersionsCallTheCityTheSame) {
  std::string text = read(kMadeUp + "/qinghe-2024.yaml");
  text.replace(text.find("2024-01-01, "), 12, "2023-01-01, until: 2023-12-31, ");
  text.replace(text.find("qinghe-2024"), 11, "qinghe-2023");
  text.replace(text.find("清河市, area"), 9, "青河市");
  const auto rules = load_rule_book({kNational, kMadeUp, write("qinghe-2023.yaml", text)});
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error()[0].message,
              HasSubstr("another version calls the city 青河市 990100, this one 清河市 990100"));
}

// The made-up city's rules as an earlier version that holds in 2023 until a day.
std::string qinghe_2023(std::string text, const std::string& until) {
  text.replace(text.find("2024-01-01, "), 12, "2023-01-01, until: " + until + ", ");
  text.replace(text.find("qinghe-2024"), 11, "qinghe-2023");
  return text;
}

TEST_F(WrittenPolicies, ADayWithoutAVersionBetweenTwoIsRefused) {
  const std::string text = read(kMadeUp + "/qinghe-2024.yaml");
  const auto rules = load_rule_book(
      {kNational, kMadeUp, write("qinghe-2023.yaml", qinghe_2023(text, "2023-12-30"))});
  ASSERT_FALSE(rules);
  ASSERT_EQ(rules.error().size(), 1U);
  EXPECT_THAT(rules.error()[0].message,
              HasSubstr("qinghe-2024.yaml:7: no version holds from 2023-12-31 to 2023-12-31, "
                        "between qinghe-2023 and qinghe-2024; allowed: `until: 2023-12-31` in "));
  EXPECT_THAT(rules.error()[0].message, HasSubstr("`after_gap: true` here"));
}

TEST_F(WrittenPolicies, ACityMayHaveHadNoRulesForATime) {
  const std::string text = read(kMadeUp + "/qinghe-2024.yaml");
  const RuleBook rules =
      load({kNational, kMadeUp, write("qinghe-2023.yaml", qinghe_2023(text, "2023-06-30")),
            write("gap.yaml", "overlay: qinghe-2024\nin_force: {after_gap: true}\n")});
  const CityRules& city = *rules.by_id("qinghe");
  EXPECT_EQ(city.in_force(civil_day(2023, 6, 30))->version, "qinghe-2023");
  EXPECT_EQ(city.in_force(civil_day(2023, 7, 1)), nullptr);
  EXPECT_EQ(city.in_force(civil_day(2024, 1, 1))->version, "qinghe-2024");
  EXPECT_THAT(describe(city, city.versions[1]), HasSubstr("，此前一段时间没有规则〔第二十条〕"));
}

TEST_F(WrittenPolicies, AnOverlayEndsAVersionAndOpensItAgain) {
  const std::string end =
      write("a.yaml", "overlay: qinghe-2024\nin_force: {until: 2025-12-31, cite: 通知一}\n");
  EXPECT_EQ(version(load({kNational, kMadeUp, end}), "qinghe").until, civil_day(2025, 12, 31));
  const std::string open = write("b.yaml", "overlay: qinghe-2024\nin_force: {until: not_stated}\n");
  const RuleBook opened = load({kNational, kMadeUp, end, open});
  EXPECT_EQ(version(opened, "qinghe").until, kNoEnd);
  EXPECT_EQ(version(opened, "qinghe").in_force_cite, "通知一");
}

TEST_F(WrittenPolicies, AnOverlayTakesAwayWhatARuleNeedNotSay) {
  const std::string more = write("a.yaml", R"(
overlay: qinghe-2024
every_tier:
  floor: {care: [inpatient], share: 90%, place: in_province, cite: 通知一}
)");
  ASSERT_TRUE(tier(load({kNational, kMadeUp, more}), "qinghe", "dibao").floor.has_value());
  const RuleBook rules = load({kNational, kMadeUp, more, write("b.yaml", R"(
overlay: qinghe-2024
tiers:
  - {id: dibao, floor: not_stated, tilt: not_stated}
warnings:
  - {id: burden-over-15000, report_step_yuan: not_stated, warning_type: not_stated}
)")});
  EXPECT_FALSE(tier(rules, "qinghe", "dibao").floor.has_value());
  EXPECT_FALSE(tier(rules, "qinghe", "dibao").further.has_value());
  EXPECT_TRUE(tier(rules, "qinghe", "other").floor.has_value());
  const WarningRule& rule = version(rules, "qinghe").warnings.front();
  EXPECT_FALSE(rule.report_step.has_value());
  EXPECT_EQ(rule.back_into_poverty, CategorySet{0});
}

TEST_F(WrittenPolicies, AnOverlayPutsATierElsewhereAndChangesIt) {
  const RuleBook rules = load({kNational, kMadeUp, write("a.yaml", R"(
overlay: qinghe-2024
tiers:
  - {id: other, before: tekun, name: 其他人员}
)")});
  const auto& tiers = version(rules, "qinghe").tiers;
  ASSERT_EQ(tiers.size(), 3U);
  EXPECT_EQ(tiers[0].name, "其他人员");
  EXPECT_EQ(tiers[1].id, "tekun");
  EXPECT_EQ(tiers[2].id, "dibao");
}

TEST_F(WrittenPolicies, FilesBeyondTheLimitsAreRefused) {
  std::string categories;
  for (int i = 0; i < 65; ++i) {
    categories += fmt::format("  kind-{}: {{name: 类别, certified_by: not_stated, cite: 一}}\n", i);
  }
  std::string keys;
  for (std::size_t i = 0; i <= kYamlMapKeysMax; ++i)
    keys += fmt::format("key-{}: 1\n", i);
  const struct {
    std::string text;
    const char* words;
  } files[] = {
      {"overlay: qinghe-2024\ncategories:\n" + categories,
       "category `kind-60` is one too many for the city; allowed: 64"},
      {keys, "a map has too many keys; allowed: 10000"},
      {std::string(kYamlFileBytesMax + 1, ' '), "has 4194305 bytes; allowed: 4194304"},
  };
  for (const auto& [text, words] : files) {
    const auto rules = load_rule_book({kNational, kMadeUp, write("big.yaml", text)});
    ASSERT_FALSE(rules) << words;
    EXPECT_THAT(rules.error()[0].message, HasSubstr(words));
  }
}

TEST_F(WrittenPolicies, NamesForTextToBeUsedElsewhereAreRefused) {
  const auto rules = load_rule_book(
      {kNational, kMadeUp,
       write("a.yaml", "overlay: qinghe-2024\ntitle: &name 办法\ndocument: *name\n")});
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error()[0].message, HasSubstr("a.yaml:2: a name (&) for text"));
  EXPECT_THAT(rules.error()[2].message, HasSubstr("a.yaml:3: a reference (*) to text elsewhere"));
}

// The national file with one thing changed, and what is said of it.
TEST_F(WrittenPolicies, ABrokenNationalFileIsRefused) {
  const std::string text = read(kNational);
  const struct {
    const char* old;
    const char* with;
    const char* words;
  } changes[] = {
      {"[\"41\"]", "[\"21\"]", "national.yaml:13: med_type `21` has a meaning already"},
      {"  none:      {name: 未备案}\n", "", "`none` of filings is missing"},
      {"  hifp_pay: ", "  hifp_paid: ", "unknown key `hifp_paid` in payers"},
      {"offices:", "offices: []\nbureaus:", "offices is a list; allowed: a map of `key: value`"},
      {"document: ", "documents: ", "`document` of the national file is missing"},
  };
  for (const auto& [old, with, words] : changes) {
    std::string changed = text;
    changed.replace(changed.find(old), std::string(old).size(), with);
    const auto rules = load_rule_book({write("national.yaml", changed), kMadeUp});
    ASSERT_FALSE(rules) << words;
    std::string said;
    for (const auto& error : rules.error())
      said += error.message + '\n';
    EXPECT_THAT(said, HasSubstr(words));
  }
  write("a.yaml", text);
  write("b.yaml", text);
  const auto two = load_rule_book({folder_.string(), kMadeUp});
  ASSERT_FALSE(two);
  EXPECT_THAT(two.error()[0].message, HasSubstr("a second file of kind national; the first is"));
}

TEST_F(WrittenPolicies, ACityMayReadMedTypesItsOwnWay) {
  const std::string overlay =
      write("local.yaml",
            "overlay: qinghe-2024\n"
            "care_kinds: {inpatient: [\"2106\"], other: [\"26\"], cite: 经办通知}\n");
  const RuleBook rules = load({kNational, kMadeUp, overlay});
  const auto& kinds = rules.by_id("qinghe")->care_kinds;
  EXPECT_EQ(*kinds.find("2106"), CareKind::kInpatient);
  EXPECT_EQ(*kinds.find("26"), CareKind::kOther);
  EXPECT_EQ(*kinds.find("21"), CareKind::kInpatient);
  EXPECT_THAT(describe(*rules.by_id("qinghe"), version(rules, "qinghe")),
              HasSubstr("、本市医疗类别编码\n"
                        "  医疗类别：2106 住院〔经办通知〕\n"
                        "  医疗类别：26 其他〔经办通知〕\n"));
}

TEST_F(WrittenPolicies, AllProblemsAreSaidTogetherByFileAndLine) {
  write("a.yaml",
        "overlay: qinghe-2024\ntitle:\ndeposit_waiver: {categories: [nobody], cite: 第一条}\n");
  write("b.yaml", "kind: nothing\n");
  const auto rules = load_rule_book({kNational, kMadeUp, folder_.string()});
  ASSERT_FALSE(rules);
  ASSERT_EQ(rules.error().size(), 3U);
  EXPECT_THAT(rules.error()[0].message, HasSubstr("a.yaml:2: "));
  EXPECT_THAT(rules.error()[1].message, HasSubstr("a.yaml:3: "));
  EXPECT_THAT(rules.error()[2].message, HasSubstr("b.yaml:1: "));
}

TEST_F(WrittenPolicies, PathsWithNothingToReadAreNamed) {
  const auto none = load_rule_book({kNational, (folder_ / "missing.yaml").string()});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error()[0].message, HasSubstr("missing.yaml"));
  const auto empty = load_rule_book({kNational, folder_.string()});
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error()[0].message, HasSubstr("holds no policy file"));
  const auto no_city = load_rule_book({kNational});
  ASSERT_FALSE(no_city);
  EXPECT_THAT(no_city.error()[0].message, HasSubstr("no policy of any city found"));
  const auto no_national = load_rule_book({kMadeUp});
  ASSERT_FALSE(no_national);
  EXPECT_THAT(no_national.error()[0].message, HasSubstr("no file of kind national"));
  EXPECT_FALSE(load_rule_book({}));
}

TEST_F(WrittenPolicies, WhatIsNoPolicyNeverStopsTheProgram) {
  for (const std::string& text :
       {std::string(), std::string("\0\0\0", 3), std::string(5000, '['), std::string(5000, '{'),
        std::string("kind: policy\n"), std::string("kind: policy\ntiers: {id: 1}\ncity: 5\n"),
        std::string("- kind: policy\n"), std::string("kind: [policy]\n"), std::string("? : ?\n"),
        std::string("overlay: {a: b}\n"), std::string("\xff\xfe\xfd"), std::string(300'000, '-'),
        std::string("kind: policy\nin_force: 1\ncategories: [a]\ntiers: [1, [2], {a: b}]\n"
                    "warnings: [3]\ncritical_illness: {schedules: 4, special_drugs: [5]}\n")}) {
    const std::string path = write("odd.yaml", text);
    EXPECT_FALSE(load_rule_book({kNational, kMadeUp, path})) << text.substr(0, 40);
  }
}

TEST(Fingerprint, IsEqualForEqualRules) {
  EXPECT_EQ(fingerprint(load({kShipped})), fingerprint(shipped()));
  EXPECT_THAT(fingerprint(shipped()), HasSubstr("jixi-2026 "));
}

TEST(Describe, ShowsEveryParameterWithItsArticle) {
  const CityRules& jixi = *shipped().by_id("jixi");
  const std::string text = describe(jixi, jixi.versions.front());
  for (const char* words :
       {"鸡西市\n标题：关于健全重特大疾病医疗保险和救助制度的管理办法", "文号：鸡政办规〔2025〕4号",
        "施行：2026-01-01 至 2030-12-31〔第二十条〕", "起付标准：2,500元〔第十条（二）〕",
        "年度限额：30,000元〔第九条〕", "救助比例：住院 60%〔第十一条（二）〕",
        "超过全市上年居民人均可支配收入的50%的，救助比例提高10%",
        "全年不超过10,000元，不计入年度限额", "倾斜救助：不适用〔第十一条（三）〕",
        "个人缴费的60%〔第七条（二）〕", "未按规定转诊的不予救助，急诊抢救除外〔第十六条〕",
        "推送：民政部门、农业农村部门"}) {
    EXPECT_THAT(text, HasSubstr(words));
  }
}

TEST_F(WrittenPolicies, AnExceptionIsATierOfItsOwnInTheOrderOfTheList) {
  const std::string overlay = write("local.yaml", R"(
overlay: qinghe-2024
categories:
  orphan: {name: 孤儿, certified_by: civil_affairs, cite: 第一条}
tiers:
  - id: other
    categories: [orphan, monitored, illness_poverty]
    exceptions:
      - {categories: [monitored], deductible: {yuan: "900", cite: 第一条}, cite: 第一条}
)");
  const RuleBook rules = load({kNational, kMadeUp, overlay});
  std::vector<std::string> tiers;
  for (const auto& each : version(rules, "qinghe").tiers)
    tiers.push_back(each.id + " " + each.name);
  EXPECT_THAT(tiers,
              ElementsAre("tekun 特困人员", "dibao 低保对象", "other 监测对象、因病致贫重病患者",
                          "other-monitored 监测对象、因病致贫重病患者（监测对象）",
                          "other-illness_poverty 监测对象、因病致贫重病患者（因病致贫重病患者）"));
  EXPECT_EQ(tier(rules, "qinghe", "other-monitored").deductible.yuan, Money{90'000});
  EXPECT_EQ(tier(rules, "qinghe", "other-illness_poverty").deductible.share, Ratio{1250});
}

TEST(Describe, TellsOfEveryVariant) {
  const RuleBook rules = load({kNational, YUJING_SOURCE_DIR "/tests/policies"});
  std::string text;
  for (const CityRules& city : rules.cities)
    text += describe(city, city.versions.front());
  const std::vector<std::string> said = {
      "经办机构每年公布的“deductible_edge”（每年4月1日起用新一年的数字，此前仍用旧数）",
      "全市上年农村居民人均可支配收入的10%，舍去不足一元的部分（每年7月1日起",
      "全省2年前的城镇居民人均可支配收入的5%，四舍五入到元",
      "起付标准：每次300元〔第七条（六）〕",
      "一类（低保对象）〔第七条（二）〕",
      "自申请当年1月1日起，至申请之日止",
      "住院、门诊特殊疾病 起付标准以上的部分分段：0元以上60%；10,000元以上70%；"
      "全市上年居民人均可支配收入的100%以上80%〔第八条（一）〕",
      "全年累计的个人负担分段：0元以上60%；经办机构每年公布的“critical_illness_deductible”以上70%",
      "单列门诊慢特病：起付标准500元，全年不超过5,000元（不计入年度限额）〔第九条（三）〕",
      "单列门诊：共用本档起付标准，全年不超过1,500元（计入年度限额）",
      "门诊慢性病 60%，计入单列门诊慢特病",
      "全年因年度限额未获救助的金额按50%救助，全年不超过6,000元",
      "本市就医或规范转诊的，住院费用，全年剩余负担分段救助：3,000元以上50%；6,000元以上80%",
      "在省域内就医的，全年政策范围内个人负担超过10,000元的，救助比例提高10%，计入年度限额",
      "全年剩余负担超过3,000元的，基本救助的比例提高15%",
      "住院、门诊特殊疾病 病种C34、C50的，本市就医或规范转诊的，90%",
      "两者取个人剩余负担较少的，相同的按单病种",
      "A07 视为特困人员〔第二条（四）〕",
      "监测对象（monitored）：农业农村部门、乡村振兴部门认定",
      "报销后连续12个月个人负担超过10,000元",
      "报销后单次住院个人负担超过5,000元",
      "其中：所计费用尚无医疗救助支付的",
      "报销后全年门诊慢性病、门诊特殊疾病个人负担超过2,000元"};
  for (const auto& words : said)
    EXPECT_THAT(text, HasSubstr(words));
}

TEST(Describe, SaysWhatADocumentDoesNotState) {
  const CityRules& yanbian = *shipped().by_id("yanbian");
  const std::string text = describe(yanbian, yanbian.versions.front());
  EXPECT_THAT(text, HasSubstr("参保资助：文件未载"));
  EXPECT_THAT(text, HasSubstr("一次性支付3,000元，每年一次，不计入年度限额"));
}

// The YAML blocks of docs/writing-a-policy.md.
std::vector<std::string> examples_of_the_page() {
  std::ostringstream page;
  page << std::ifstream(YUJING_SOURCE_DIR "/docs/writing-a-policy.md").rdbuf();
  const std::string text = page.str();
  const std::string open = "```yaml\n";
  std::vector<std::string> blocks;
  for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    blocks.push_back(text.substr(at, text.find("```", at) - at));
  }
  return blocks;
}

TEST_F(WrittenPolicies, TheExamplesOfThePageLoad) {
  const auto blocks = examples_of_the_page();
  ASSERT_EQ(blocks.size(), 4U);
  EXPECT_EQ(blocks[0], read(kMadeUp + "/qinghe-2024.yaml"));
  const RuleBook rules =
      load({kNational, write("qinghe-2024.yaml", blocks[0]), write("qinghe-local.yaml", blocks[1]),
            write("qinghe-rare.yaml", blocks[3])});
  EXPECT_EQ(version(rules, "qinghe").warnings.back().id, "burden-over-30000");
  EXPECT_TRUE(version(rules, "qinghe").critical_illness.has_value());
}

TEST_F(WrittenPolicies, ThePageShowsWhatItsOverlayChanges) {
  const auto blocks = examples_of_the_page();
  const std::string whole = write("qinghe-2024.yaml", blocks[0]);
  const std::string overlay = write("qinghe-local.yaml", blocks[1]);
  const auto difference = compare(load({kNational, whole}), load({kNational, whole, overlay}));
  EXPECT_THAT(read(YUJING_SOURCE_DIR "/docs/writing-a-policy.md"),
              HasSubstr("```\n" + describe(difference) + "```\n"));
}

TEST_F(WrittenPolicies, ThePageShowsMoreVariants) {
  const auto blocks = examples_of_the_page();
  const RuleBook variants = load({kNational, kMadeUp, write("qinghe-variants.yaml", blocks[2])});
  EXPECT_EQ(version(variants, "qinghe").warnings.back().per, WarningRule::Per::kRolling12Months);
}

}  // namespace
}  // namespace yujing::thresholds

#include "thresholds/benefit_reader.h"

#include <algorithm>

namespace yujing::thresholds {
namespace {

constexpr std::int32_t kFirstPremiumYear = 2000;
constexpr std::int32_t kLastPremiumYear = 9999;

// The code of a charge class of hospitals as settlements carry it.
std::string read_charge_class(const YamlNode& node, std::string_view what,
                              const PolicyWords& words) {
  static const std::vector<std::string> kClasses = {"1", "2", "2-county", "3"};
  if (std::find(kClasses.begin(), kClasses.end(), node.text) == kClasses.end()) {
    words.problems.add(node, fmt::format("{} names `{}`", what, node.text), listed(kClasses));
  }
  return node.text;
}

std::vector<OutOfCatalogue::Limit> read_limits(MapReader& control, const PolicyWords& words) {
  std::vector<OutOfCatalogue::Limit> limits;
  const YamlNode* list = control.require("limits");
  if (list == nullptr) return limits;
  for (const auto& item : read_list(*list, control.name_of("limits"), words.problems)) {
    MapReader map(item, "a limit of out_of_catalogue", words.problems);
    const Ratio share = map.ratio("share_of_total");
    const std::string cite = read_cite(map);
    const YamlNode* classes = map.require("hosp_charge_class");
    if (classes == nullptr) continue;
    const std::string what = map.name_of("hosp_charge_class");
    for (const auto& each : read_list(*classes, what, words.problems)) {
      OutOfCatalogue::Limit limit{read_charge_class(each, what, words), share, cite};
      const bool repeated = std::any_of(limits.begin(), limits.end(), [&](const auto& other) {
        return other.hosp_charge_class == limit.hosp_charge_class;
      });
      if (repeated) words.problems.add(each, what + " names a class that has a limit already");
      limits.push_back(std::move(limit));
    }
  }
  return limits;
}

CriticalIllness::Schedule read_schedule(const YamlNode& node, const PolicyWords& words);
CriticalIllness::SpecialDrug read_special_drug(const YamlNode& node, const PolicyWords& words);

// `categories: others` (0) or a list.
CategorySet read_categories_or_others(MapReader& map, const PolicyWords& words) {
  const YamlNode* node = map.require("categories");
  if (node == nullptr || (node->kind == YamlNode::Kind::kScalar && node->text == "others")) {
    return 0;
  }
  return set_of(read_category_list(*node, map.name_of("categories"), words));
}

}  // namespace

ApplicationRule read_application(const YamlNode& node, const PolicyWords& words) {
  using Start = ApplicationRule::WindowStart;
  using End = ApplicationRule::WindowEnd;
  MapReader map(node, "application", words.problems);
  ApplicationRule rule;
  if (const YamlNode* category = map.require("category")) {
    rule.category = read_category(*category, map.name_of("category"), words).value_or(0);
  }
  rule.start = map.choice<Start>("window_from", {{"same_day", Start::kSameDay},
                                                 {"first_of_month", Start::kFirstOfMonth},
                                                 {"first_of_year", Start::kFirstOfYear},
                                                 {"first_of_last_year", Start::kFirstOfLastYear}});
  if (rule.start == Start::kSameDay || rule.start == Start::kFirstOfMonth) {
    rule.months = map.number_or("months", 12, 1, 36);
  }
  constexpr Choice<End> kYearEnd = {"year_end", End::kYearEnd};
  constexpr Choice<End> kApplicationDay = {"application_day", End::kApplicationDay};
  if (rule.start == Start::kFirstOfLastYear) {
    rule.end = map.choice<End>("window_until",
                               {kYearEnd, kApplicationDay, {"last_year_end", End::kLastYearEnd}});
  } else {
    rule.end = map.choice<End>("window_until", {kYearEnd, kApplicationDay});
  }
  if (const YamlNode* papers = map.find("papers")) {
    rule.papers = read_texts(*papers, map.name_of("papers"), words);
  }
  rule.cite = read_cite(map);
  return rule;
}

SingleDisease read_single_disease(const YamlNode& node, const PolicyWords& words) {
  MapReader map(node, "single_disease", words.problems);
  SingleDisease rule;
  rule.pays = map.choice_or<SingleDisease::Pays>(
      "pays", SingleDisease::Pays::kInsteadOfLayers,
      {{"instead_of_layers", SingleDisease::Pays::kInsteadOfLayers},
       {"better_of_both", SingleDisease::Pays::kBetterOfBoth}});
  rule.insutype = map.text("insutype");
  rule.care = read_care(map, "care", words);
  rule.cite = read_cite(map);
  const YamlNode* shares = map.require("shares");
  if (shares == nullptr) return rule;
  CategorySet seen = 0;
  for (const auto& item : read_list(*shares, map.name_of("shares"), words.problems)) {
    MapReader share(item, "a share of single_disease", words.problems);
    const Ratio ratio = share.ratio("ratio");
    const std::string cite = read_cite(share);
    const YamlNode* categories = share.require("categories");
    if (categories == nullptr) continue;
    for (const auto bit : read_category_list(*categories, share.name_of("categories"), words)) {
      if ((seen >> bit & 1U) != 0) {
        words.problems.add(*categories, fmt::format("`{}` has a share of single_disease already",
                                                    words.categories[bit].code));
      }
      seen |= CategorySet{1} << bit;
      rule.shares.push_back({bit, ratio, cite});
    }
  }
  return rule;
}

OutOfCatalogue read_out_of_catalogue(const YamlNode& node, const PolicyWords& words) {
  MapReader map(node, "out_of_catalogue", words.problems);
  OutOfCatalogue control;
  control.care = read_care(map, "care", words);
  // The one place known so far is part of the meaning; it is written out for those who read the
  // file.
  static_cast<void>(map.choice<bool>("place", {{"in_province", true}}));
  control.categories = read_category_set(map, "categories", words);
  control.cite = read_cite(map);
  control.limits = read_limits(map, words);
  const YamlNode* shares = map.find("fund_pays");
  if (shares == nullptr) return control;
  for (const auto& item : read_list(*shares, map.name_of("fund_pays"), words.problems)) {
    MapReader share(item, "a share of fund_pays", words.problems);
    OutOfCatalogue::FundShare fund;
    fund.categories = read_category_set(share, "categories", words);
    fund.ratio = share.ratio("ratio_within_limit");
    fund.until = share.day("until");
    fund.cite = read_cite(share);
    control.fund_shares.push_back(std::move(fund));
  }
  return control;
}

std::vector<PremiumRule> read_premium(const YamlNode& node, const PolicyWords& words) {
  std::vector<PremiumRule> rules;
  for (const auto& item : read_list(node, "premium", words.problems)) {
    MapReader map(item, "an entry of premium", words.problems);
    PremiumRule rule;
    rule.categories = read_category_set(map, "categories", words);
    rule.fixed = map.find("yuan") != nullptr;
    if (rule.fixed) {
      rule.amount = map.money("yuan");
    } else {
      rule.share = map.ratio("share");
      if (map.find("at_least_yuan") != nullptr) rule.at_least = map.money("at_least_yuan");
    }
    rule.first_year = map.number_or("first_year", 0, kFirstPremiumYear, kLastPremiumYear);
    rule.last_year =
        map.number_or("last_year", kLastPremiumYear, kFirstPremiumYear, kLastPremiumYear);
    if (rule.last_year < rule.first_year) {
      words.problems.add(item, fmt::format("last_year {} is before first_year {}", rule.last_year,
                                           rule.first_year));
    }
    rule.cite = read_cite(map);
    rules.push_back(std::move(rule));
  }
  return rules;
}

// As many sums as monitor/account.h keeps.
constexpr std::size_t kInsutypesMax = 4;

CriticalIllness read_critical_illness(const YamlNode& node, const PolicyWords& words) {
  MapReader map(node, "critical_illness", words.problems);
  CriticalIllness insurance;
  if (const YamlNode* insutypes = map.require("insutypes")) {
    insurance.insutypes = read_codes(*insutypes, map.name_of("insutypes"), words);
    if (insurance.insutypes.size() > kInsutypesMax) {
      words.problems.add(*insutypes, "critical illness insurance is of too many insutypes",
                         fmt::format("up to {}: a year keeps a sum for each", kInsutypesMax));
    }
  }
  insurance.care = read_care(map, "care", words);
  if (map.find("special_drug_care") != nullptr) {
    insurance.special_drug_care = read_care(map, "special_drug_care", words);
    insurance.care = static_cast<CareSet>(insurance.care | insurance.special_drug_care);
  }
  insurance.base_payers = read_payers(map, "paid_before", words);
  insurance.cite = read_cite(map);
  if (const YamlNode* schedules = map.require("schedules")) {
    for (const auto& item : read_list(*schedules, map.name_of("schedules"), words.problems)) {
      insurance.schedules.push_back(read_schedule(item, words));
    }
  }
  if (const YamlNode* drugs = map.find("special_drugs")) {
    for (const auto& item : read_list(*drugs, map.name_of("special_drugs"), words.problems)) {
      insurance.special_drugs.push_back(read_special_drug(item, words));
    }
  }
  return insurance;
}

namespace {

CriticalIllness::Schedule read_schedule(const YamlNode& node, const PolicyWords& words) {
  MapReader map(node, "a schedule of critical_illness", words.problems);
  CriticalIllness::Schedule schedule;
  schedule.insutype = map.text("insutype");
  schedule.categories = read_categories_or_others(map, words);
  schedule.cite = read_cite(map);
  if (const YamlNode* bands = map.require("bands")) {
    schedule.bands = read_bands(*bands, map.name_of("bands"), schedule.cite, words);
  }
  return schedule;
}

CriticalIllness::SpecialDrug read_special_drug(const YamlNode& node, const PolicyWords& words) {
  MapReader map(node, "an entry of special_drugs", words.problems);
  CriticalIllness::SpecialDrug drug;
  drug.categories = read_categories_or_others(map, words);
  const YamlNode* ratio = map.require("ratio");
  drug.stated = !not_stated(ratio);
  if (drug.stated) drug.ratio = map.ratio("ratio");
  drug.deductible = map.money("deductible_yuan");
  if (map.find("cap_yuan") != nullptr) drug.cap = map.money("cap_yuan");
  drug.cite = read_cite(map);
  return drug;
}

}  // namespace
}  // namespace yujing::thresholds

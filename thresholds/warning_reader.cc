#include "thresholds/warning_reader.h"

namespace yujing::thresholds {
namespace {

constexpr std::string_view kPopulations =
    "anyone, {holding: [category, …]}, {not_holding: [category, …]}, {not_holding: tiers}";

void read_population(MapReader& rule_map, CategorySet tier_categories, const PolicyWords& words,
                     WarningRule& rule) {
  const YamlNode* node = rule_map.require("population");
  if (node == nullptr) return;
  const std::string what = rule_map.name_of("population");
  if (node->kind != YamlNode::Kind::kMap) {
    if (node->text != "anyone") {
      words.problems.add(*node, fmt::format("{} is `{}`", what, node->text),
                         std::string(kPopulations));
    }
    return;
  }
  MapReader map(*node, what, words.problems);
  const YamlNode* holding = map.find("holding");
  const YamlNode* not_holding = map.find("not_holding");
  if ((holding == nullptr) == (not_holding == nullptr)) {
    words.problems.add(*node, fmt::format("{} has to say one of the two", what),
                       std::string(kPopulations));
    return;
  }
  if (holding != nullptr) {
    rule.population = WarningRule::Population::kHolding;
    rule.categories = set_of(read_category_list(*holding, map.name_of("holding"), words));
    return;
  }
  rule.population = WarningRule::Population::kNotHolding;
  const bool tiers = not_holding->kind == YamlNode::Kind::kScalar && not_holding->text == "tiers";
  rule.categories =
      tiers ? tier_categories
            : set_of(read_category_list(*not_holding, map.name_of("not_holding"), words));
}

// Who is warned of falling back into poverty; everybody else of falling into it.
CategorySet read_warning_type(MapReader& rule_map, const PolicyWords& words) {
  const YamlNode* node = rule_map.find("warning_type");
  if (not_stated(node)) return 0;
  MapReader map(*node, rule_map.name_of("warning_type"), words.problems);
  const CategorySet back = read_category_set(map, "back_into_poverty", words);
  static_cast<void>(map.choice<bool>("others", {{"into_poverty", true}}));
  return back;
}

// Which bills are summed.
void read_bills(MapReader& map, const PolicyWords& words, WarningRule& rule) {
  using Per = WarningRule::Per;
  rule.per = map.choice_or<Per>("per", Per::kYear,
                                {{kPerNames[0], Per::kYear},
                                 {kPerNames[1], Per::kRolling12Months},
                                 {kPerNames[2], Per::kStay}});
  if (rule.per == Per::kStay) {
    rule.care = care_bit(CareKind::kInpatient);
  } else if (!not_stated(map.find("care"))) {
    rule.care = read_care(map, "care", words);
  }
}

WarningRule read_warning(const YamlNode& node, CategorySet tier_categories,
                         const PolicyWords& words) {
  MapReader map(node, "a warning", words.problems);
  WarningRule rule;
  rule.id = map.code("id");
  map.rename("warning " + rule.id);
  rule.title = map.text("title");
  rule.cite = read_cite(map);
  read_population(map, tier_categories, words, rule);
  if (const YamlNode* flag = map.find("not_yet_assisted")) {
    rule.not_yet_assisted =
        read_flag(*flag, map.name_of("not_yet_assisted"), words.problems).value_or(false);
  }
  rule.measure =
      map.choice<Measure>("measure", {{kMeasureNames[0], Measure::kBurdenAfterInsurance},
                                      {kMeasureNames[1], Measure::kBurdenAfterAssistance},
                                      {kMeasureNames[2], Measure::kCriticalIllnessStarted}});
  if (rule.measure == Measure::kCriticalIllnessStarted) {
    rule.started_by = read_payers(map, "started_by", words);
  } else {
    rule.line = require_amount(map, "line", rule.cite, words);
    read_bills(map, words, rule);
  }
  if (!not_stated(map.find("report_step_yuan"))) rule.report_step = map.money("report_step_yuan");
  rule.offices = read_offices(map, "offices", words);
  rule.back_into_poverty = read_warning_type(map, words);
  return rule;
}

}  // namespace

std::vector<WarningRule> read_warnings(const YamlNode& node, CategorySet tier_categories,
                                       const PolicyWords& words) {
  std::vector<WarningRule> rules;
  for (const auto& item : read_list(node, "warnings", words.problems)) {
    rules.push_back(read_warning(item, tier_categories, words));
  }
  return rules;
}

}  // namespace yujing::thresholds

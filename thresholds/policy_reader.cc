#include "thresholds/policy_reader.h"

#include <algorithm>
#include <utility>

#include "thresholds/benefit_reader.h"
#include "thresholds/tier_reader.h"
#include "thresholds/warning_reader.h"

namespace yujing::thresholds {
namespace {

constexpr PayerSet kAllButAssistance =
    static_cast<PayerSet>(payer_bit(Payer::kMaf) - 1U);  // assistance is the last of the payers

void read_in_force(MapReader& root, const PolicyWords& words, Policy& policy) {
  const YamlNode* node = root.require("in_force");
  if (node == nullptr) return;
  MapReader map(*node, "in_force", words.problems);
  policy.from = map.day("from");
  if (!not_stated(map.find("until"))) policy.until = map.day("until");
  if (map.find("after_gap") != nullptr) policy.after_gap = map.flag("after_gap");
  policy.in_force_cite = read_cite(map);
}

void read_burden(MapReader& root, const PolicyWords& words, Policy& policy) {
  const YamlNode* node = root.require("burden");
  if (node == nullptr) return;
  MapReader map(*node, "burden", words.problems);
  policy.preselfpay_in_policy =
      map.choice<bool>("preselfpay", {{"in_policy", true}, {"outside_policy", false}});
  policy.preselfpay_cite = read_cite(map);
  policy.burden_payers =
      map.find("payers") == nullptr ? kAllButAssistance : read_payers(map, "payers", words);
  if (const YamlNode* excluded = map.find("exclude_med_types")) {
    const bool none = excluded->kind == YamlNode::Kind::kList && excluded->items.empty();
    if (!none) {
      policy.exclude_med_types = read_codes(*excluded, map.name_of("exclude_med_types"), words);
    }
  }
}

// Who has to meet what before a bill is assisted at all.
void read_conditions(MapReader& root, const PolicyWords& words, Policy& policy) {
  if (const YamlNode* node = root.find("category_effect"); !not_stated(node)) {
    MapReader map(*node, "category_effect", words.problems);
    policy.category_from_next_month =
        map.choice<bool>("starts", {{"same_day", false}, {"next_month", true}});
    policy.category_effect_cite = read_cite(map);
  }
  if (const YamlNode* node = root.find("residence"); !not_stated(node)) {
    MapReader map(*node, "residence", words.problems);
    policy.residence_required = map.flag("required");
    policy.residence_cite = read_cite(map);
  }
  if (const YamlNode* node = root.find("referral"); !not_stated(node)) {
    MapReader map(*node, "referral", words.problems);
    policy.referral_required = map.flag("required");
    if (!not_stated(map.find("emergency_exempt"))) {
      policy.emergency_exempt = map.flag("emergency_exempt");
    }
    policy.referral_cite = read_cite(map);
  }
}

void read_tiers_of(MapReader& root, const PolicyWords& words, Policy& policy) {
  const YamlNode* every_tier = root.find("every_tier");
  const YamlNode* tiers = root.require("tiers");
  if (tiers == nullptr) return;
  policy.tiers = read_tiers(*tiers, every_tier, words);
  for (const auto& tier : policy.tiers)
    policy.tier_categories |= tier.category_set;
}

void read_benefits(MapReader& root, const PolicyWords& words, Policy& policy) {
  if (const YamlNode* node = root.find("application"); !not_stated(node)) {
    policy.application = read_application(*node, words);
  }
  if (const YamlNode* node = root.find("single_disease"); !not_stated(node)) {
    policy.single_disease = read_single_disease(*node, words);
  }
  if (const YamlNode* node = root.find("out_of_catalogue"); !not_stated(node)) {
    policy.out_of_catalogue = read_out_of_catalogue(*node, words);
  }
  if (const YamlNode* node = root.find("critical_illness"); !not_stated(node)) {
    policy.critical_illness = read_critical_illness(*node, words);
  }
  if (const YamlNode* node = root.find("premium"); !not_stated(node)) {
    policy.premium = read_premium(*node, words);
    policy.premium_stated = true;
  }
  if (const YamlNode* node = root.find("deposit_waiver"); !not_stated(node)) {
    MapReader map(*node, "deposit_waiver", words.problems);
    policy.deposit_waiver = read_category_set(map, "categories", words);
    policy.deposit_cite = read_cite(map);
  }
}

// An office, a list of them, or `not_stated`.
std::vector<std::string> read_certifiers(MapReader& map, const Names& names, Problems& problems) {
  const YamlNode* node = map.require("certified_by");
  if (node == nullptr || (node->kind == YamlNode::Kind::kScalar && node->text == "not_stated")) {
    return {};
  }
  std::vector<std::string> known;
  for (const auto& office : names.offices)
    known.push_back(office.code);
  std::vector<std::string> offices;
  const bool one = node->kind == YamlNode::Kind::kScalar;
  const std::vector<YamlNode> alone = {*node};
  for (const auto& item : one ? alone : read_list(*node, map.name_of("certified_by"), problems)) {
    if (names.office(item.text).empty()) {
      problems.add(item, fmt::format("{} is `{}`", map.name_of("certified_by"), item.text),
                   listed(known) + ", not_stated");
    }
    offices.push_back(item.text);
  }
  return offices;
}

void read_notes(MapReader& root, const PolicyWords& words, Policy& policy) {
  const YamlNode* notes = root.find("notes");
  if (notes == nullptr) return;
  for (const auto& item : read_list(*notes, "notes", words.problems)) {
    MapReader map(item, "a note", words.problems);
    Note note;
    note.text = map.text("text");
    note.cite = read_cite(map);
    policy.notes.push_back(std::move(note));
  }
}

}  // namespace

CityName read_city(const YamlNode& document, Problems& problems) {
  CityName city;
  const YamlNode* node = document.find("city");
  if (node == nullptr) return city;  // read_policy says that it is missing
  MapReader map(*node, "city", problems);
  city.id = map.code("id");
  city.name = map.text("name");
  city.area = map.text("area");
  const bool six_digits =
      city.area.size() == 6 && city.area.find_first_not_of("0123456789") == std::string::npos;
  if (!city.area.empty() && !six_digits) {
    problems.add(*map.find("area"), fmt::format("`area` of city is `{}`", city.area),
                 "six digits such as \"230300\"");
  }
  return city;
}

std::vector<Category> read_categories(const YamlNode& document, const Names& names,
                                      Problems& problems) {
  std::vector<Category> categories;
  const YamlNode* node = document.find("categories");
  if (node == nullptr) return categories;  // read_policy says that it is missing
  if (node->kind != YamlNode::Kind::kMap) {
    MapReader refused(*node, "categories", problems);
    return categories;
  }
  for (const auto& member : node->members) {
    MapReader map(member.value, "category " + member.key, problems);
    Category category;
    YamlNode code = member.value;  // the key, as a value at its line
    code.kind = YamlNode::Kind::kScalar;
    code.text = member.key;
    category.code = read_code(code, "a category's code", problems);
    category.name = map.text("name");
    category.certified_by = read_certifiers(map, names, problems);
    category.cite = read_cite(map);
    categories.push_back(std::move(category));
  }
  return categories;
}

Policy read_policy(const YamlNode& document, const PolicyWords& words) {
  MapReader root(document, "the file", words.problems);
  Policy policy;
  policy.file = document.file;
  static_cast<void>(root.choice<bool>("kind", {{"policy", true}}));
  policy.version = root.code("version");
  static_cast<void>(root.require("city"));
  policy.document = root.text("document");
  policy.title = root.text("title");
  read_in_force(root, words, policy);
  static_cast<void>(root.require("categories"));
  policy.declared = words.declared;
  static_cast<void>(root.find("care_kinds"));
  static_cast<void>(root.find("local_names"));
  read_burden(root, words, policy);
  read_conditions(root, words, policy);
  read_tiers_of(root, words, policy);
  read_benefits(root, words, policy);
  if (const YamlNode* node = root.find("warnings"); !not_stated(node)) {
    policy.warnings = read_warnings(*node, policy.tier_categories, words);
  }
  read_notes(root, words, policy);
  return policy;
}

std::vector<LocalName> read_local_names(const YamlNode& document, const PolicyWords& words) {
  std::vector<LocalName> local_names;
  const YamlNode* node = document.find("local_names");
  if (not_stated(node)) return local_names;
  for (const auto& item : read_list(*node, "local_names", words.problems)) {
    MapReader map(item, "an entry of local_names", words.problems);
    const std::string cite = read_cite(map);
    const YamlNode* category = map.require("category");
    const YamlNode* names = map.require("names");
    if (category == nullptr || names == nullptr) continue;
    const auto bit = read_category(*category, map.name_of("category"), words);
    if (!bit) continue;
    for (const auto& name : read_list(*names, map.name_of("names"), words.problems)) {
      const auto text = read_text(name, map.name_of("names"), words.problems);
      const auto is_code = [&](const Category& each) { return each.code == text; };
      if (std::any_of(words.categories.begin(), words.categories.end(), is_code)) {
        words.problems.add(name, fmt::format("{} names `{}`, which is a category itself",
                                             map.name_of("names"), text));
      }
      local_names.push_back({text, *bit, cite});
    }
  }
  return local_names;
}

std::vector<OwnCareKind> read_care_kinds(const YamlNode& document, const PolicyWords& words) {
  std::vector<OwnCareKind> entries;
  const YamlNode* node = document.find("care_kinds");
  if (node == nullptr) return entries;
  MapReader map(*node, "care_kinds", words.problems);
  const std::string cite = read_cite(map);
  for (std::size_t kind = 0; kind < kCareKinds; ++kind) {
    const YamlNode* prefixes = map.find(kCareKindNames[kind]);
    if (prefixes == nullptr) continue;
    for (auto& prefix : read_codes(*prefixes, map.name_of(kCareKindNames[kind]), words)) {
      const bool repeated = std::any_of(entries.begin(), entries.end(),
                                        [&](const auto& entry) { return entry.prefix == prefix; });
      if (repeated) {
        words.problems.add(*prefixes, fmt::format("med_type `{}` has a meaning already", prefix));
      }
      entries.push_back({std::move(prefix), static_cast<CareKind>(kind), cite});
    }
  }
  return entries;
}

}  // namespace yujing::thresholds

#include "thresholds/policy_file.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "thresholds/area_file.h"
#include "thresholds/national_file.h"
#include "thresholds/policy_check.h"
#include "thresholds/policy_overlay.h"
#include "thresholds/policy_reader.h"
#include "thresholds/tier_exceptions.h"

namespace yujing::thresholds {
namespace {

namespace fs = std::filesystem;

// The *.yaml files of a path in order of their names; a path that is a file stands for itself.
std::vector<std::string> files_of(const std::string& path, Problems& problems) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  fs::recursive_directory_iterator at(path, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    if (at->path().extension() == ".yaml") files.push_back(at->path().string());
  }
  if (error) problems.add(path, 0, "cannot be read: " + error.message());
  if (files.empty()) problems.add(path, 0, "holds no policy file", "files named *.yaml");
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const YamlNode& document, std::string_view key) {
  const YamlNode* node = document.find(key);
  return node == nullptr ? std::string() : node->text;
}

// The trees of all files, overlays laid over the versions they name.
struct Documents {
  std::vector<YamlNode> policies;
  std::vector<YamlNode> national;  // one or none
  std::vector<YamlNode> areas;     // later ones over earlier ones
};

void add_policy(YamlNode&& document, std::size_t known_before_path, Documents& documents,
                Problems& problems) {
  const std::string version = text_of(document, "version");
  auto& policies = documents.policies;
  const auto same = std::find_if(policies.begin(), policies.end(), [&](const YamlNode& p) {
    return text_of(p, "version") == version;
  });
  if (same == policies.end()) {
    policies.push_back(std::move(document));
  } else if (same - policies.begin() < static_cast<std::ptrdiff_t>(known_before_path)) {
    *same = std::move(document);
  } else {
    const YamlNode* at = document.find("version");
    problems.add(at == nullptr ? document : *at,
                 fmt::format("version `{}` is in {} too", version, same->file),
                 fmt::format("a name of its own, or `overlay: {}`", version));
  }
}

void apply_overlay(const YamlNode& overlay, Documents& documents, Problems& problems) {
  const YamlNode& name = *overlay.find("overlay");
  std::vector<std::string> versions;
  for (auto& policy : documents.policies) {
    versions.push_back(text_of(policy, "version"));
    if (versions.back() != name.text) continue;
    lay_over(overlay, policy, problems);
    return;
  }
  problems.add(name, fmt::format("`{}` is no version read so far", name.text),
               versions.empty() ? "the policies it changes, named before it (such as `shipped`)"
                                : listed(versions));
}

void read_path(const std::string& path, Documents& documents, Problems& problems) {
  std::vector<YamlNode> overlays;
  const std::size_t known_before_path = documents.policies.size();
  bool national_in_path = false;
  for (const auto& file : files_of(path, problems)) {
    YamlNode document = read_yaml_file(file, problems);
    if (document.kind == YamlNode::Kind::kEmpty) continue;
    const std::string kind = text_of(document, "kind");
    if (document.find("overlay") != nullptr) {
      overlays.push_back(std::move(document));
    } else if (kind == "policy") {
      add_policy(std::move(document), known_before_path, documents, problems);
    } else if (kind == "national") {
      if (national_in_path) {
        problems.add(document, fmt::format("a second file of kind national; the first is {}",
                                           documents.national.back().file));
      }
      national_in_path = true;
      documents.national.clear();
      documents.national.push_back(std::move(document));
    } else if (kind == "areas") {
      documents.areas.push_back(std::move(document));
    } else {
      const YamlNode* at = document.find("kind");
      problems.add(at == nullptr ? document : *at,
                   kind.empty() ? "the file does not say its kind"
                                : fmt::format("the file is of kind `{}`", kind),
                   "kind: policy, kind: national, kind: areas, overlay: (a version)");
    }
  }
  for (const auto& overlay : overlays)
    apply_overlay(overlay, documents, problems);
}

// The versions of one city while they are read.
struct CityDocuments {
  CityRules city;
  std::vector<const YamlNode*> documents;
  std::vector<CategorySet> declared;  // as `documents`
};

// Numbers the categories of a version; a later version's name for a code stands.
CategorySet add_categories(std::vector<Category>&& categories, const YamlNode& document,
                           CityRules& city, Problems& problems) {
  CategorySet declared = 0;
  for (auto& category : categories) {
    auto bit = city.category_bit(category.code);
    if (bit) {
      city.categories[*bit] = std::move(category);
    } else if (city.categories.size() == kCategoriesMax) {
      problems.add(*document.find("categories"),
                   fmt::format("category `{}` is one too many for the city", category.code),
                   fmt::format("{}", kCategoriesMax));
      continue;
    } else {
      bit = static_cast<std::uint8_t>(city.categories.size());
      city.categories.push_back(std::move(category));
    }
    declared |= CategorySet{1} << *bit;
  }
  return declared;
}

void check_city_name(const CityName& name, const CityRules& city, const YamlNode& document,
                     Problems& problems) {
  if (name.name == city.name && name.area == city.area) return;
  problems.add(*document.find("city"),
               fmt::format("another version calls the city {} {}, this one {} {}", city.name,
                           city.area, name.name, name.area));
}

// Groups the files by city, in order of the cities' ids and of the versions' first days.
std::map<std::string, CityDocuments> group_by_city(std::vector<YamlNode>& policies,
                                                   const NationalCodes& national,
                                                   Problems& problems) {
  std::sort(policies.begin(), policies.end(), [](const YamlNode& a, const YamlNode& b) {
    const auto first_day = [](const YamlNode& document) {
      const YamlNode* in_force = document.find("in_force");
      return in_force == nullptr ? std::string() : text_of(*in_force, "from");
    };
    return first_day(a) < first_day(b);
  });
  std::map<std::string, CityDocuments> cities;
  for (const auto& document : policies) {
    const CityName name = read_city(document, problems);
    auto& entry = cities[name.id];
    CityRules& city = entry.city;
    if (entry.documents.empty()) {
      city.id = name.id;
      city.name = name.name;
      city.area = name.area;
      city.code = city_code(name.area);
      city.names = national.names;
    } else {
      check_city_name(name, city, document, problems);
    }
    entry.documents.push_back(&document);
    entry.declared.push_back(add_categories(read_categories(document, national.names, problems),
                                            document, city, problems));
  }
  return cities;
}

// A name means one category, in all versions of a city.
void add_local_names(const YamlNode& document, const PolicyWords& words, CityRules& city) {
  for (LocalName& local : read_local_names(document, words)) {
    const auto same = std::lower_bound(
        city.local_names.begin(), city.local_names.end(), local.name,
        [](const LocalName& known, const std::string& name) { return known.name < name; });
    if (same == city.local_names.end() || same->name != local.name) {
      city.local_names.insert(same, std::move(local));
    } else if (same->category != local.category) {
      words.problems.add(
          *document.find("local_names"),
          fmt::format("the local name `{}` means {} and {}", local.name,
                      city.categories[same->category].code, city.categories[local.category].code),
          "one category for a name, in all versions of a city");
    }
  }
}

void number_warnings(Policy& policy, CityRules& city) {
  for (WarningRule& rule : policy.warnings) {
    auto known = std::find(city.warning_ids.begin(), city.warning_ids.end(), rule.id);
    if (known == city.warning_ids.end()) known = city.warning_ids.insert(known, rule.id);
    rule.index = static_cast<std::uint8_t>(known - city.warning_ids.begin());
  }
}

// Where a tier's allowances stand: in the tier, else in every_tier.
const YamlNode& allowances_at(const YamlNode& document, std::size_t tier) {
  const YamlNode& node = document.find("tiers")->items[tier];
  const YamlNode* own = node.find("allowances");
  return own != nullptr ? *own : *document.find("every_tier")->find("allowances");
}

// Numbers the allowances of a version, by name over all versions of the city.
void number_allowances(Policy& policy, const YamlNode& document, CityRules& city,
                       Problems& problems) {
  for (std::size_t i = 0; i < policy.tiers.size(); ++i) {
    for (Allowance& allowance : policy.tiers[i].allowances) {
      auto known = std::find(city.allowances.begin(), city.allowances.end(), allowance.id);
      if (known == city.allowances.end() && city.allowances.size() == kAllowancesMax) {
        problems.add(allowances_at(document, i),
                     fmt::format("allowance `{}` is one too many for the city", allowance.id),
                     fmt::format("up to {}: a year keeps sums for each", kAllowancesMax));
        continue;
      }
      if (known == city.allowances.end()) {
        known = city.allowances.insert(known, allowance.id);
      }
      allowance.index = static_cast<std::uint8_t>(known - city.allowances.begin());
    }
  }
}

CityRules read_city_rules(CityDocuments&& from, const NationalCodes& national, Problems& problems) {
  CityRules city = std::move(from.city);
  std::vector<ReadPolicy> versions;
  city.care_kinds = national.care_kinds;
  for (std::size_t i = 0; i < from.documents.size(); ++i) {
    const PolicyWords words{city.categories, from.declared[i], national.names, problems};
    versions.push_back({from.documents[i], read_policy(*from.documents[i], words)});
    check_policy(versions.back(), words);
    number_allowances(versions.back().policy, *from.documents[i], city, problems);
    number_warnings(versions.back().policy, city);
    add_local_names(*from.documents[i], words, city);
    lay_over(read_care_kinds(*from.documents[i], words), city);
  }
  check_versions(versions, problems);
  for (auto& version : versions)
    city.versions.push_back(std::move(version.policy));
  return city;
}

void check_areas(const std::vector<CityRules>& cities, Problems& problems) {
  for (std::size_t i = 0; i < cities.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (cities[i].code == 0 || cities[i].code != cities[j].code) continue;
      problems.add(cities[i].versions.front().file, 1,
                   fmt::format("cities {} and {} have the same area code {}", cities[j].id,
                               cities[i].id, cities[i].code));
    }
  }
}

}  // namespace

tl::expected<RuleBook, std::vector<Error>> load_rule_book(const std::vector<std::string>& paths) {
  Problems problems;
  Documents documents;
  for (const auto& path : paths)
    read_path(path, documents, problems);

  RuleBook rules;
  if (!documents.national.empty()) {
    rules.national = read_national(documents.national.back(), problems);
    for (const auto& areas : documents.areas)
      read_areas(areas, rules.national.names, problems);
    for (YamlNode& document : documents.policies)
      write_out_exceptions(document, problems);
    for (auto& [id, city] : group_by_city(documents.policies, rules.national, problems)) {
      rules.cities.push_back(read_city_rules(std::move(city), rules.national, problems));
    }
    check_areas(rules.cities, problems);
  } else {
    problems.add(paths.empty() ? "policies" : paths.front(), 0, "no file of kind national found",
                 "the policies folder that comes with the program, or its national.yaml");
  }
  if (rules.cities.empty() && problems.empty()) {
    problems.add(paths.front(), 0, "no policy of any city found", "at least one of kind: policy");
  }
  if (!problems.empty()) return tl::unexpected(problems.take());
  return rules;
}

}  // namespace yujing::thresholds

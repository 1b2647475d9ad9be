#include "thresholds/national_file.h"

#include <algorithm>

#include "thresholds/policy_words.h"

namespace yujing::thresholds {
namespace {

template <class T>
void add_entry(PrefixTable<T>& table, const YamlNode& at, const std::string& prefix, T value,
               Problems& problems) {
  for (const auto& entry : table.entries) {
    if (entry.prefix != prefix) continue;
    problems.add(at, fmt::format("med_type `{}` has a meaning already", prefix));
    return;
  }
  table.entries.push_back({prefix, value});
}

template <class T>
void sort_longest_first(PrefixTable<T>& table) {
  std::sort(table.entries.begin(), table.entries.end(), [](const auto& a, const auto& b) {
    return a.prefix.size() != b.prefix.size() ? a.prefix.size() > b.prefix.size()
                                              : a.prefix < b.prefix;
  });
}

// A map of a closed set: `name` of each member and its prefixes of med_type under `prefix_key`.
template <class T, class Words, class Texts>
void read_closed_set(MapReader& root, std::string_view key, std::string_view prefix_key,
                     const Words& members, const PolicyWords& words, PrefixTable<T>& table,
                     Texts& texts) {
  const YamlNode* node = root.require(key);
  if (node == nullptr) return;
  MapReader map(*node, std::string(key), words.problems);
  for (std::size_t i = 0; i < members.size(); ++i) {
    const YamlNode* value = map.require(members[i]);
    if (value == nullptr) continue;
    MapReader member(*value, std::string(members[i]), words.problems);
    texts[i] = member.text("name");
    const YamlNode* prefixes = member.find(prefix_key);
    if (prefixes == nullptr) continue;
    for (const auto& prefix : read_codes(*prefixes, member.name_of(prefix_key), words)) {
      add_entry(table, *prefixes, prefix, static_cast<T>(i), words.problems);
    }
  }
  sort_longest_first(table);
}

}  // namespace

NationalCodes read_national(const YamlNode& document, Problems& problems) {
  NationalCodes codes;
  const std::vector<Category> no_categories;
  const PolicyWords words{no_categories, 0, codes.names, problems};
  MapReader root(document, "the national file", problems);
  static_cast<void>(root.choice<bool>("kind", {{"national", true}}));
  static_cast<void>(root.text("document"));
  read_closed_set(root, "care_kinds", "med_types", kCareKindNames, words, codes.care_kinds,
                  codes.names.care_kinds);
  read_closed_set(root, "filings", "default_for_med_types", kFilingNames, words,
                  codes.filing_defaults, codes.names.filings);
  if (const YamlNode* payers = root.require("payers")) {
    MapReader map(*payers, "payers", problems);
    for (std::size_t i = 0; i < kPayers; ++i)
      codes.names.payers[i] = map.text(kPayerNames[i]);
  }
  if (const YamlNode* offices = root.require("offices")) {
    if (offices->kind != YamlNode::Kind::kMap) {
      const MapReader refused(*offices, "offices", problems);
    }
    for (const auto& member : offices->members) {
      codes.names.offices.push_back({member.key, read_text(member.value, member.key, problems)});
    }
  }
  return codes;
}

void lay_over(const std::vector<OwnCareKind>& own, CityRules& city) {
  const auto put = [](const auto& entry, auto& entries) {
    const auto same = std::find_if(entries.begin(), entries.end(),
                                   [&](const auto& e) { return e.prefix == entry.prefix; });
    if (same == entries.end()) {
      entries.push_back(entry);
    } else {
      *same = entry;
    }
  };
  for (const auto& each : own) {
    put(each, city.own_care_kinds);
    put(PrefixTable<CareKind>::Entry{each.prefix, each.kind}, city.care_kinds.entries);
  }
  std::sort(city.own_care_kinds.begin(), city.own_care_kinds.end(),
            [](const auto& a, const auto& b) { return a.prefix < b.prefix; });
  sort_longest_first(city.care_kinds);
}

}  // namespace yujing::thresholds

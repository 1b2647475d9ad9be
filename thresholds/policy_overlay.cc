#include "thresholds/policy_overlay.h"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

namespace yujing::thresholds {
namespace {

constexpr std::array<std::string_view, 2> kListsById = {"tiers", "warnings"};
constexpr std::array<std::string_view, 5> kMapsByKey = {"in_force", "burden", "referral",
                                                        "every_tier", "categories"};
constexpr std::array<std::string_view, 3> kFixed = {"kind", "version", "city"};

template <class Words>
bool contains(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

YamlMember* find_member(YamlNode& map, std::string_view key) {
  for (auto& member : map.members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

void replace(const YamlMember& with, YamlNode& map) {
  if (YamlMember* member = find_member(map, with.key)) {
    *member = with;
  } else {
    map.members.push_back(with);
  }
}

void merge_keys(const YamlNode& from, YamlNode& into) {
  for (const auto& member : from.members)
    replace(member, into);
}

std::string id_of(const YamlNode& entry) {
  const YamlNode* id = entry.find("id");
  return id == nullptr ? std::string() : id->text;
}

auto find_entry(YamlNode& list, const std::string& id) {
  return std::find_if(list.items.begin(), list.items.end(),
                      [&](const YamlNode& entry) { return id_of(entry) == id; });
}

std::string ids_of(const YamlNode& list) {
  std::vector<std::string> ids;
  for (const auto& entry : list.items)
    ids.push_back(id_of(entry));
  return fmt::format("{}", fmt::join(ids, ", "));
}

// Whether the entry says `remove: true` and nothing else but its id.
bool removes(const YamlNode& entry, Problems& problems) {
  const YamlNode* remove = entry.find("remove");
  if (remove == nullptr) return false;
  if (remove->text != "true") {
    problems.add(*remove, fmt::format("`remove` of `{}` is `{}`", id_of(entry), remove->text),
                 "true, or leave the key out");
  } else if (entry.members.size() > 2) {
    problems.add(entry, fmt::format("`{}` is removed and says more besides", id_of(entry)),
                 "id and remove: true");
  }
  return true;
}

// Takes `key` out of an entry and hands back its text; "" where it has none.
std::string take(YamlNode& entry, std::string_view key) {
  YamlMember* member = find_member(entry, key);
  if (member == nullptr) return {};
  std::string text = member->value.text;
  entry.members.erase(entry.members.begin() + (member - entry.members.data()));
  return text;
}

void merge_entry(const YamlNode& from, YamlNode& list, Problems& problems) {
  const std::string id = id_of(from);
  if (id.empty()) {
    problems.add(from, "an entry of an overlay has no id",
                 "the id of the entry it changes or adds");
    return;
  }
  YamlNode entry = from;
  const std::string before = take(entry, "before");
  auto at = find_entry(list, id);
  if (removes(from, problems)) {
    if (at == list.items.end()) {
      problems.add(from, fmt::format("`{}` cannot be removed: there is none", id), ids_of(list));
    } else {
      list.items.erase(at);
    }
    return;
  }
  if (at != list.items.end() && before.empty()) {
    merge_keys(entry, *at);
    return;
  }
  if (at != list.items.end()) {
    YamlNode merged = *at;
    merge_keys(entry, merged);
    list.items.erase(at);
    entry = std::move(merged);
  }
  at = before.empty() ? list.items.end() : find_entry(list, before);
  if (!before.empty() && at == list.items.end()) {
    problems.add(from, fmt::format("`before: {}` names no entry", before), ids_of(list));
  }
  list.items.insert(at, std::move(entry));
}

}  // namespace

void lay_over(const YamlNode& overlay, YamlNode& document, Problems& problems) {
  for (const auto& member : overlay.members) {
    if (member.key == "overlay") continue;
    if (contains(kFixed, member.key)) {
      problems.add(overlay.file, member.line,
                   fmt::format("an overlay cannot change `{}`", member.key),
                   "rules of the version it names");
      continue;
    }
    YamlMember* base = find_member(document, member.key);
    const bool same_kind = base != nullptr && base->value.kind == member.value.kind;
    if (same_kind && contains(kListsById, member.key)) {
      for (const auto& entry : member.value.items)
        merge_entry(entry, base->value, problems);
    } else if (same_kind && contains(kMapsByKey, member.key)) {
      merge_keys(member.value, base->value);
    } else {
      replace(member, document);
    }
  }
}

}  // namespace yujing::thresholds

#include "thresholds/policy_check.h"

#include <algorithm>

namespace yujing::thresholds {
namespace {

// The node at `key` of a map, else the map itself.
const YamlNode& at(const YamlNode& map, std::string_view key) {
  const YamlNode* node = map.find(key);
  return node == nullptr ? map : *node;
}
const YamlNode& at(const ReadPolicy& read, std::string_view key) { return at(*read.document, key); }

// Entry `index` of the list at `key`.
const YamlNode& entry(const ReadPolicy& read, std::string_view key, std::size_t index) {
  const YamlNode& list = at(read, key);
  return index < list.items.size() ? list.items[index] : list;
}

template <class Rule>
void check_ids(const ReadPolicy& read, std::string_view key, const std::vector<Rule>& rules,
               Problems& problems) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const bool repeated =
        std::any_of(rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const Rule& earlier) { return earlier.id == rules[i].id; });
    if (!repeated || rules[i].id.empty()) continue;
    problems.add(entry(read, key, i), fmt::format("two of {} have the id `{}`", key, rules[i].id),
                 "an id of its own for each");
  }
}

// A cap inside the tier's annual one, at `key` of the tier.
void check_inner_cap(const ReadPolicy& read, std::size_t tier_index, std::string_view key,
                     const std::optional<AmountRule>& cap, const PolicyWords& words) {
  const Tier& tier = read.policy.tiers[tier_index];
  const auto fixed = [](const std::optional<AmountRule>& amount) {
    return amount && amount->kind == AmountRule::Kind::kYuan;
  };
  if (!fixed(cap) || !fixed(tier.cap) || cap->yuan <= tier.cap->yuan) return;
  words.problems.add(at(entry(read, "tiers", tier_index), key),
                     fmt::format("a cap of tier {} inside its annual cap is above it: {} and {}",
                                 tier.id, to_string(cap->yuan), to_string(tier.cap->yuan)));
}

void check_tiers(const ReadPolicy& read, const PolicyWords& words) {
  const auto& tiers = read.policy.tiers;
  CategorySet claimed = 0;
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const auto& tier = tiers[i];
    if (tier.category_set != 0 && (tier.category_set & ~claimed) == 0) {
      words.problems.add(at(entry(read, "tiers", i), "categories"),
                         fmt::format("nobody reaches tier {}: earlier tiers have all its "
                                     "categories, and the first that fits decides",
                                     tier.id));
    }
    claimed |= tier.category_set;
    for (const auto& cover : tier.covers)
      check_inner_cap(read, i, "cover", cover.cap, words);
    for (const auto& allowance : tier.allowances) {
      if (!allowance.inside_annual_cap) continue;
      check_inner_cap(read, i, "allowances", allowance.cap, words);
    }
  }
}

void check_application(const ReadPolicy& read, const PolicyWords& words) {
  const auto& application = read.policy.application;
  if (!application || words.categories.empty()) return;
  if ((read.policy.tier_categories >> application->category & 1U) != 0) return;
  words.problems.add(at(read, "application"),
                     fmt::format("an application gives the category `{}`, which no tier has",
                                 words.categories[application->category].code));
}

// The first entry that matches decides: nothing may stand behind `others`, nor twice.
template <class Entries, class Key>
void check_first_match(const YamlNode& list, std::string_view what, const Entries& entries, Key key,
                       Problems& problems) {
  for (std::size_t i = 0; i < entries.size() && i < list.items.size(); ++i) {
    CategorySet claimed = 0;
    bool others = false;
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (key(entries[earlier]) != key(entries[i])) continue;
      claimed |= entries[earlier].categories;
      others = others || entries[earlier].categories == 0;
    }
    const bool all_claimed = entries[i].categories != 0 && (entries[i].categories & ~claimed) == 0;
    if (others || all_claimed) {
      problems.add(list.items[i], fmt::format("nobody reaches this entry of {}: an earlier one "
                                              "has all its persons",
                                              what));
    }
  }
}

void check_critical_illness(const ReadPolicy& read, const PolicyWords& words) {
  const auto& insurance = read.policy.critical_illness;
  if (!insurance) return;
  const YamlNode& node = at(read, "critical_illness");
  if (const YamlNode* schedules = node.find("schedules")) {
    check_first_match(
        *schedules, "schedules", insurance->schedules,
        [](const auto& schedule) { return schedule.insutype; }, words.problems);
    for (std::size_t i = 0; i < insurance->schedules.size(); ++i) {
      const auto& insutype = insurance->schedules[i].insutype;
      const auto& known = insurance->insutypes;
      if (std::find(known.begin(), known.end(), insutype) != known.end()) continue;
      words.problems.add(schedules->items[i],
                         fmt::format("a schedule is for insutype `{}`", insutype), listed(known));
    }
  }
  if (const YamlNode* drugs = node.find("special_drugs")) {
    check_first_match(
        *drugs, "special_drugs", insurance->special_drugs, [](const auto&) { return 0; },
        words.problems);
    if (!insurance->special_drugs.empty() && insurance->special_drugs.back().categories != 0) {
      words.problems.add(*drugs, "special_drugs do not say what holds for others",
                         "`categories: others` in the last entry");
    }
  }
}

}  // namespace

void check_policy(const ReadPolicy& read, const PolicyWords& words) {
  const Policy& policy = read.policy;
  if (policy.until < policy.from) {
    words.problems.add(
        at(read, "in_force"),
        fmt::format("until {} is before from {}", to_string(policy.until), to_string(policy.from)));
  }
  if ((policy.burden_payers & payer_bit(Payer::kMaf)) != 0) {
    words.problems.add(at(at(read, "burden"), "payers"),
                       "`payers` of burden names maf_pay: measures say themselves whether "
                       "assistance is taken off",
                       "payers other than maf_pay");
  }
  check_ids(read, "tiers", policy.tiers, words.problems);
  check_ids(read, "warnings", policy.warnings, words.problems);
  check_tiers(read, words);
  check_application(read, words);
  check_critical_illness(read, words);
}

void check_versions(const std::vector<ReadPolicy>& versions, Problems& problems) {
  for (std::size_t i = 1; i < versions.size(); ++i) {
    const Policy& earlier = versions[i - 1].policy;
    const Policy& later = versions[i].policy;
    if (earlier.until < earlier.from) continue;  // said already
    if (earlier.until < later.from) {
      if (earlier.until.days + 1 == later.from.days || later.after_gap) continue;
      const std::string gap = to_string(CivilDay{later.from.days - 1});
      problems.add(at(versions[i], "in_force"),
                   fmt::format("no version holds from {} to {}, between {} and {}",
                               to_string(CivilDay{earlier.until.days + 1}), gap, earlier.version,
                               later.version),
                   fmt::format("`until: {}` in {}, or `after_gap: true` here where the city had no "
                               "rules in those days",
                               gap, earlier.file));
      continue;
    }
    const std::string end = earlier.until == kNoEnd ? "no end" : to_string(earlier.until);
    problems.add(at(versions[i], "in_force"),
                 fmt::format("two versions hold on {}: {} (until: {}) and {}",
                             to_string(later.from), earlier.version, end, later.version),
                 fmt::format("an `until` before {} in {}", to_string(later.from), earlier.file));
  }
}

}  // namespace yujing::thresholds

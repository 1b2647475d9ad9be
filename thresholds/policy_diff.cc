#include "thresholds/policy_diff.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "thresholds/policy_phrases.h"

namespace yujing::thresholds {
namespace {

using Kind = PolicyChange::Kind;
using Statements = std::vector<Statement>;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from <= path.size()) {
    const auto end = std::min(path.find('/', from), path.size());
    parts.push_back(path.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

// "dibao" of tiers/dibao/categories/dibao; "" for a statement that gives no category a tier.
std::string category_of_tier(const std::string& path) {
  const auto parts = parts_of(path);
  return parts.size() == 4 && parts[0] == "tiers" && parts[2] == "categories" ? parts[3] : "";
}

// What a statement is called among others of a list.
const std::string& label_of(const Statement& statement) {
  if (!statement.subject.empty()) return statement.subject;
  return statement.opens_group ? statement.group : statement.name;
}

// What is not in the list yet goes to its end.
void add_persons(const std::vector<Statement::Person>& more, std::vector<Statement::Person>& to) {
  for (const auto& person : more) {
    const bool known = std::any_of(
        to.begin(), to.end(), [&](const auto& each) { return each.category == person.category; });
    if (!known) to.push_back(person);
  }
}
void add_word(const std::string& word, std::vector<std::string>& to) {
  if (std::find(to.begin(), to.end(), word) == to.end()) to.push_back(word);
}

// A list of statements that can be asked.
class Side {
 public:
  explicit Side(const Statements& statements) : statements_(statements) {
    for (const auto& each : statements) {
      by_path_[each.path] = &each;
      std::string above;
      for (const auto& part : parts_of(each.path)) {
        auto& children = children_[above];
        if (std::find(children.begin(), children.end(), part) == children.end()) {
          children.push_back(part);
        }
        above += (above.empty() ? "" : "/") + part;
      }
    }
  }

  [[nodiscard]] const Statements& statements() const { return statements_; }
  [[nodiscard]] const Statement* find(const std::string& path) const {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? nullptr : found->second;
  }
  // The tier's or warning's own statement; null for a statement in neither.
  [[nodiscard]] const Statement* group_of(const Statement& statement) const {
    if (statement.group.empty()) return nullptr;
    const auto parts = parts_of(statement.path);
    return find(parts[0] + '/' + parts[1]);
  }
  // Lists in the order of their paths, with their entries in their own order.
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& children() const {
    return children_;
  }

 private:
  const Statements& statements_;
  std::map<std::string, const Statement*> by_path_;
  std::map<std::string, std::vector<std::string>> children_;
};

class Comparison {
 public:
  Comparison(const Statements& before, const Statements& after) : before_(before), after_(after) {}

  std::vector<PolicyChange> changes() {
    orders();
    for (const auto& each : after_.statements())
      compare(before_.find(each.path), &each);
    for (const auto& each : before_.statements()) {
      if (after_.find(each.path) == nullptr) compare(&each, nullptr);
    }
    moves();
    sort();
    return std::move(changes_);
  }

 private:
  void compare(const Statement* before, const Statement* after) {
    const bool both = before != nullptr && after != nullptr;
    const bool renamed = both && before->name != after->name;
    // A new name of a subject is said once, where it is given, and a new article where it is cited.
    if (both && !renamed && before->text == after->text &&
        (before->cite == after->cite || after->cited_above)) {
      return;
    }
    const Statement& shown = after != nullptr ? *after : *before;
    PolicyChange change = about(shown);
    change.path = shown.path;
    change.is_group = shown.opens_group;
    change.name = renamed ? "改名" : shown.name;
    change.subject = shown.subject;
    change.cited_above = shown.cited_above;
    if (before == nullptr) change.kind = Kind::kAdded;
    if (after == nullptr) change.kind = Kind::kRemoved;
    const auto said = [&](const Statement& statement) {
      if (renamed) return statement.name + "：" + statement.text;
      return statement.text.empty() ? shown.subject : statement.text;
    };
    if (after != nullptr) {
      change.after = said(*after);
      change.cite_after = after->cite;
      add_persons(after->persons, change.persons);
    }
    if (before != nullptr) {
      change.before = said(*before);
      change.cite_before = before->cite;
      add_persons(before->persons, change.persons);
    }
    if (change.is_group && before == nullptr) change.place = place_of(*after);
    changes_.push_back(std::move(change));
  }

  // Section, group and persons of a change, as they are called afterwards.
  [[nodiscard]] PolicyChange about(const Statement& statement) const {
    PolicyChange change;
    change.section = statement.section;
    for (const Side* side : {&after_, &before_}) {
      const Statement* group = side->group_of(statement);
      if (group == nullptr) continue;
      if (change.group.empty()) change.group = group->group;
      change.group_path = group->path;
      add_persons(group->persons, change.group_persons);
    }
    return change;
  }

  [[nodiscard]] std::size_t place_of(const Statement& group) const {
    std::size_t place = 0;
    for (const auto& each : after_.statements()) {
      if (each.opens_group && each.section == group.section) ++place;
      if (&each == &group) break;
    }
    return place;
  }

  // A list whose entries on both sides stand in another order.
  void orders() {
    for (const auto& [path, entries] : after_.children()) {
      const auto there = before_.children().find(path);
      if (path.empty() || there == before_.children().end()) continue;
      const auto common = [](const std::vector<std::string>& of,
                             const std::vector<std::string>& in) {
        std::vector<std::string> both;
        for (const auto& each : of) {
          if (std::find(in.begin(), in.end(), each) != in.end()) both.push_back(each);
        }
        return both;
      };
      const auto earlier = common(there->second, entries);
      const auto later = common(entries, there->second);
      if (earlier == later) continue;
      const bool sets = is_set(before_, path, earlier) && is_set(after_, path, later);
      if (!sets) order(path, earlier, later);
    }
  }

  // Whether the entries are of sets and stand in the order of the side's categories.
  static bool is_set(const Side& side, const std::string& path,
                     const std::vector<std::string>& entries) {
    const auto known = side.children().find("categories");
    if (known == side.children().end()) return false;
    const auto& categories = known->second;
    auto last = categories.begin();
    for (const auto& entry : entries) {
      const Statement* statement = side.find(fmt::format("{}/{}", path, entry));
      if (statement == nullptr || !statement->in_set) return false;
      const auto at = std::find(last, categories.end(), statement->persons.front().category);
      if (at == categories.end()) return false;
      last = at;
    }
    return true;
  }

  void order(const std::string& path, const std::vector<std::string>& earlier,
             const std::vector<std::string>& later) {
    const auto entry =
        std::find_if(after_.statements().begin(), after_.statements().end(),
                     [&](const Statement& each) { return each.path.starts_with(path + '/'); });
    PolicyChange change = about(*entry);
    if (entry->opens_group) {  // the list of groups, not of one of them
      change.group.clear();
      change.group_path.clear();
      change.group_persons.clear();
    }
    change.kind = Kind::kReordered;
    change.path = path;
    const bool named = entry->opens_group || !entry->subject.empty();
    change.name = (named ? entry->name : entry->section) + "的次序";
    change.before = labels(before_, path, earlier);
    change.after = labels(after_, path, later);
    changes_.push_back(std::move(change));
  }

  static std::string labels(const Side& side, const std::string& path,
                            const std::vector<std::string>& entries) {
    std::vector<std::string> labels;
    for (const auto& entry : entries) {
      const Statement* statement = side.find(fmt::format("{}/{}", path, entry));
      labels.push_back(statement == nullptr ? entry : label_of(*statement));
    }
    const std::set<std::string> different(labels.begin(), labels.end());
    return joined(different.size() == labels.size() ? labels : entries);
  }

  // A category taken out of one tier and put into another.
  void moves() {
    for (auto& added : changes_) {
      const std::string category = category_of_tier(added.path);
      if (added.kind != Kind::kAdded || category.empty()) continue;
      const auto removed = std::find_if(changes_.begin(), changes_.end(), [&](const auto& each) {
        return each.kind == Kind::kRemoved && category_of_tier(each.path) == category;
      });
      if (removed == changes_.end()) continue;
      const Statement* from = before_.group_of(*before_.find(removed->path));
      const Statement* to = after_.group_of(*after_.find(added.path));
      added.kind = Kind::kMoved;
      added.before = from->group;
      added.cite_before = from->cite;
      added.after = to->group;
      added.cite_after = to->cite;
      // `added` is a reference into the list: the other one is marked and leaves afterwards.
      removed->path.clear();
    }
    std::erase_if(changes_, [](const PolicyChange& each) { return each.path.empty(); });
  }

  // By section, group and name in the order of the text; what was taken out comes last in each.
  void sort() {
    std::vector<std::string> sections;
    std::vector<std::string> groups = {""};
    std::vector<std::string> names;
    for (const Side* side : {&after_, &before_}) {
      for (const auto& each : side->statements()) {
        add_word(each.section, sections);
        const Statement* group = side->group_of(each);
        add_word(group == nullptr ? "" : group->path, groups);
        add_word(each.name, names);
      }
    }
    const auto place = [](const std::string& word, const std::vector<std::string>& words) {
      return std::find(words.begin(), words.end(), word) - words.begin();
    };
    const auto key = [&](const PolicyChange& change) {
      // An order is a list's; it comes before what is said of the entries.
      const bool order = change.kind == Kind::kReordered;
      return std::tuple(place(change.section, sections), place(change.group_path, groups),
                        order ? -1 : place(change.name, names));
    };
    std::stable_sort(changes_.begin(), changes_.end(),
                     [&](const auto& a, const auto& b) { return key(a) < key(b); });
  }

  Side before_;
  Side after_;
  std::vector<PolicyChange> changes_;
};

std::vector<PolicyChange> changes_between(const Statements& before, const Statements& after) {
  return Comparison(before, after).changes();
}

// First days of the stretches in which neither side changes its version, ascending.
std::set<CivilDay> first_days(const CityRules& before, const CityRules& after) {
  std::set<CivilDay> days;
  for (const CityRules* city : {&before, &after}) {
    for (const auto& version : city->versions) {
      days.insert(version.from);
      if (version.until != kNoEnd) days.insert({version.until.days + 1});
    }
  }
  return days;
}

// The last version that ended before the day; null where there is none.
const Policy* last_before(const CityRules& city, CivilDay day) {
  const Policy* last = nullptr;
  for (const auto& version : city.versions) {
    if (version.until < day) last = &version;
  }
  return last;
}

// A version with nothing to compare it with, or taken out.
PolicyChange whole_version(const Policy* before, const Policy* after) {
  PolicyChange change;
  change.kind = after == nullptr ? Kind::kRemoved : Kind::kAdded;
  change.path = "version";
  change.name = "版本";
  if (before != nullptr) {
    change.before = before->version;
    change.cite_before = before->in_force_cite;
  }
  if (after != nullptr) {
    change.after = after->version;
    change.cite_after = after->in_force_cite;
  }
  return change;
}

// The rules of a stretch of days before and after; nullopt where they are the same.
std::optional<PolicyPeriod> compare_from(CivilDay day, const CityRules& before,
                                         const CityRules& after) {
  const Policy* old = before.in_force(day);
  const Policy* now = after.in_force(day);
  if (old == nullptr && now == nullptr) return std::nullopt;
  PolicyPeriod period;
  period.from = day;
  if (old != nullptr) period.before = old->version;
  if (now != nullptr) period.after = now->version;
  const Policy* base = old == nullptr ? last_before(before, day) : old;
  if (now == nullptr || base == nullptr) {
    period.changes.push_back(whole_version(old, now));
    return period;
  }
  period.compared = base->version;
  period.changes = changes_between(statements_of(before, *base), statements_of(after, *now));
  if (old != nullptr && period.changes.empty()) return std::nullopt;
  return period;
}

CityDifference compare_city(const CityRules& before, const CityRules& after,
                            std::vector<PolicyChange> changes) {
  CityDifference difference{after.id, after.name, std::move(changes), {}};
  const auto days = first_days(before, after);
  for (auto day = days.begin(); day != days.end(); ++day) {
    auto period = compare_from(*day, before, after);
    if (!period) continue;
    const auto next = std::next(day);
    if (next != days.end()) period->until = {next->days - 1};
    difference.periods.push_back(std::move(*period));
  }
  return difference;
}

}  // namespace

RuleDifference compare(const RuleBook& before, const RuleBook& after) {
  RuleDifference difference;
  difference.national =
      changes_between(statements_of(before.national), statements_of(after.national));
  std::set<std::string> ids;
  for (const RuleBook* book : {&before, &after}) {
    for (const auto& city : book->cities)
      ids.insert(city.id);
  }
  for (const auto& id : ids) {
    const CityRules* old = before.by_id(id);
    const CityRules* now = after.by_id(id);
    CityRules nothing;
    nothing.id = id;
    nothing.name = old == nullptr ? now->name : old->name;
    std::vector<PolicyChange> changes;
    if (old != nullptr && now != nullptr) {
      changes = changes_between(statements_of(*old), statements_of(*now));
    }
    auto city = compare_city(old == nullptr ? nothing : *old, now == nullptr ? nothing : *now,
                             std::move(changes));
    if (!city.changes.empty() || !city.periods.empty()) {
      difference.cities.push_back(std::move(city));
    }
  }
  return difference;
}

std::string_view to_string(PolicyChange::Kind kind) {
  constexpr std::array<std::string_view, 5> kNames = {"changed", "added", "removed", "moved",
                                                      "reordered"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace yujing::thresholds

// What differs between two sets of rules, said for people: what changed, from when, for whom.
//
// Days are compared, not file names: for each stretch of days the rules that hold before and after
// are laid side by side, statement by statement (policy_statements.h). A new document beside the
// old one, an overlay and a version with another name are all seen as what they do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "thresholds/civil_day.h"
#include "thresholds/policy.h"
#include "thresholds/policy_statements.h"

namespace yujing::thresholds {

struct PolicyChange {
  enum class Kind : std::uint8_t {
    kChanged,
    kAdded,
    kRemoved,
    kMoved,      // a category from the tier `before` to the tier `after`
    kReordered,  // `before` and `after` name the entries in their order
  };
  Kind kind = Kind::kChanged;
  std::string path;  // of the statement; of the list for kReordered
  std::string section;
  std::string group_path;  // tiers/dibao; "" outside tiers and warnings
  std::string group;       // that tier or warning, as it is called after the change
  std::vector<Statement::Person> group_persons;  // whom it is about, before and after
  bool is_group = false;                         // the tier or warning itself
  std::size_t place = 0;                         // an added tier's or warning's, from 1
  std::string name;
  std::string subject;
  std::optional<std::string> before;  // null: was not said
  std::optional<std::string> after;   // null: is not said any more
  std::optional<std::string> cite_before;
  std::optional<std::string> cite_after;
  bool cited_above = false;                // the tier or warning has the same article
  std::vector<Statement::Person> persons;  // whom it touches; empty: nobody in particular
};

// A stretch of days on which other rules hold than before.
struct PolicyPeriod {
  CivilDay from;
  CivilDay until = kNoEnd;
  std::string before;    // the version that held; "" for none
  std::string after;     // the version that holds now; "" for none
  std::string compared;  // what `after` is compared with: `before`, or the last version before it
  std::vector<PolicyChange> changes;
};

struct CityDifference {
  std::string id;
  std::string name;
  std::vector<PolicyChange> changes;  // of what holds for all its versions
  std::vector<PolicyPeriod> periods;
};

struct RuleDifference {
  std::vector<PolicyChange> national;
  std::vector<CityDifference> cities;  // those that differ

  [[nodiscard]] bool empty() const { return national.empty() && cities.empty(); }
};

[[nodiscard]] RuleDifference compare(const RuleBook& before, const RuleBook& after);

// The difference in Chinese, as `policy diff` prints it.
[[nodiscard]] std::string describe(const RuleDifference& difference);

[[nodiscard]] std::string_view to_string(PolicyChange::Kind kind);

}  // namespace yujing::thresholds

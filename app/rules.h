// The rules and figures a command works with: policies of the cities in use and the reference
// table.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::app {

struct Rules {
  thresholds::RuleBook book;
  thresholds::Reference reference;
};

enum class CityChoice : std::uint8_t {
  kInUse,  // only those of the settings' `cities`, which must name at least one
  kAll,    // every city there is a policy for
};

// What the settings name. Errors (kConfiguration) list everything wrong with the files, or the
// cities known when one is not.
[[nodiscard]] thresholds::Result<Rules> load_rules(const Settings& settings, CityChoice choice);

// The same from bare paths, for commands without settings: no `policies`, those that come with the
// program; "" for `reference`, the figures that come with it.
[[nodiscard]] thresholds::Result<Rules> load_rules(const std::vector<std::string>& policies,
                                                   const std::string& reference);

// The paths to read for `policies` as given: `shipped` put in its place (alone when nothing is
// given), and the national code tables that come with the program before everything else.
[[nodiscard]] thresholds::Result<std::vector<std::string>> policy_paths(
    const std::vector<std::string>& policies);

// Leaves only `cities` in the book, in the book's order. `where` names them in the message of the
// error.
[[nodiscard]] thresholds::Result<void> keep_cities(thresholds::RuleBook& book,
                                                   const std::vector<std::string>& cities,
                                                   const std::string& where);

// The warning rule as the city's latest version with it has it; null when none has.
[[nodiscard]] const thresholds::WarningRule* latest_rule(const thresholds::CityRules& city,
                                                         std::string_view id);

// The ids of the city's warning rules, of all its versions, in order.
[[nodiscard]] std::set<std::string> rule_ids(const thresholds::CityRules& city);

// "jincheng, jixi, …", for messages.
[[nodiscard]] std::string known_cities(const thresholds::RuleBook& book);

}  // namespace yujing::app

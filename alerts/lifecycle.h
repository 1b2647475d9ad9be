// The life of an alert: what was last said of a rule against what holds now, and what follows.
//
// Pure: no I/O, no clock, no memory but its arguments. An alert is raised, may change while it is
// open, and is cleared; raised again it goes on counting its revisions. It is never removed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/person_state.h"
#include "monitor/warnings.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

enum class Change : std::uint8_t { kNothing, kRaised, kChanged, kCleared };
inline constexpr std::array<std::string_view, 4> kChangeNames = {"nothing", "raised", "changed",
                                                                 "cleared"};
[[nodiscard]] constexpr std::string_view name_of(Change change) {
  return kChangeNames[static_cast<std::size_t>(change)];
}

// What holds now of one rule, as far as a receiver is told of it.
struct Holding {
  std::string rule;
  monitor::OrderKey by;                   // crossing settlement
  std::string category;                   // code, "" none
  std::optional<thresholds::Money> line;  // none for rules without one
  thresholds::Money amount;
  bool late = false;
  std::optional<thresholds::Money> report_step;  // none: the amount alone changes nothing
};

[[nodiscard]] Holding holding_of(const thresholds::CityRules& city,
                                 const monitor::WarningStanding& standing);

struct Decision {
  Change change = Change::kNothing;
  monitor::AlertState state;  // what has been said once the change is told
};

// `said`: null when nothing was ever said of the rule. `now`: null when it does not hold. What is
// cleared keeps what was last sent of it. REQUIRES: not both null, and both of one rule.
[[nodiscard]] Decision decide(const monitor::AlertState* said, const Holding* now);

// Decides every rule of `said` or `now`, brings `said` up to date (kept by rule) and returns what
// has to be told, by rule. A rule gone from the policies does not hold, so its open alert is
// cleared. REQUIRES: both sorted by rule, each rule at most once.
[[nodiscard]] std::vector<Decision> bring_up_to_date(std::vector<monitor::AlertState>& said,
                                                     std::span<const Holding> now);

}  // namespace yujing::alerts

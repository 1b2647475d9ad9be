// Why a warning rule holds or does not hold for a person and year: the moments at which it was
// looked at, which of its conditions were met at each, and which one stood in the way.
//
// Pure. Whether a rule holds is what monitor's WarningFold says of the same bills; this tells why.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/warnings.h"
#include "monitor/year_fold.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

// The first condition that was not met, in the order in which they are looked at.
enum class Obstacle : std::uint8_t {
  kNone,             // all are met
  kNoSettlement,     // no settlement counts in the year
  kNotInForce,       // no version with the rule is in force
  kNotInPopulation,  // the person is none of those the rule speaks of
  kAssisted,         // assistance was paid, and the rule is for people not yet assisted
  kFigureMissing,    // the line cannot be told: nobody can say whether it is crossed
  kNotStarted,       // no settlement with a payment that starts critical illness insurance
  kNotOverLine,      // the burden is not over the line
};
inline constexpr std::array<std::string_view, 8> kObstacleNames = {"",
                                                                   "no_settlement",
                                                                   "not_in_force",
                                                                   "not_in_population",
                                                                   "already_assisted",
                                                                   "reference_missing",
                                                                   "not_started",
                                                                   "not_over_line"};
[[nodiscard]] constexpr std::string_view name_of(Obstacle obstacle) {
  return kObstacleNames[static_cast<std::size_t>(obstacle)];
}

// A settlement was counted, or a category began or had ended, and the rule was looked at.
struct Moment {
  thresholds::CivilDay day;             // whose categories and version count
  const monitor::Bill* bill = nullptr;  // the settlement, borrowed; null: a turn of categories
  thresholds::CategorySet held = 0;
  Obstacle obstacle = Obstacle::kNone;
  thresholds::Money amount;  // the rule's measure up to here; of one that sums bills, the highest
  std::optional<thresholds::Money> line;  // half up to the fen; none: the rule or day has no line
  std::string missing;                    // the figure without which there is no line
  bool over = false;  // over the line, or started, whatever the other conditions say
};

struct RuleFinding {
  // As the version in force at the telling moment has it, else the last version with it; borrowed.
  const thresholds::Policy* policy = nullptr;
  const thresholds::WarningRule* rule = nullptr;
  Obstacle obstacle = Obstacle::kNone;
  std::optional<monitor::WarningStanding> standing;  // of a rule that holds
  thresholds::Money amount;                          // as WarningStanding::amount says it
  std::vector<Moment> moments;                       // in order of time
  // The moment that tells it: of a rule that holds, the first at which all conditions were met;
  // else the one that came nearest. nullopt: there is no moment.
  std::optional<std::size_t> telling;
  // Of a rule whose line was not crossed by one of its population: the first moment at which it was
  // crossed while the person was not one of them.
  std::optional<std::size_t> over_outside;
};

// Every rule of every version of the city, by rule id. `folded`: the person's bills in this city,
// of all years, kept (FoldOptions::keep_bills).
[[nodiscard]] std::vector<RuleFinding> find_why(monitor::Calculator& calculator,
                                                const monitor::Facts& facts, std::int32_t year,
                                                const monitor::Folded& folded);

// How far the moment's amount is from its line: 0 where it is exactly met. REQUIRES: a line.
[[nodiscard]] thresholds::Money short_of_line(const Moment& moment);

}  // namespace yujing::alerts

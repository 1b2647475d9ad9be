// What stands behind an alert's crossing: the settlement, the version and rule that were crossed,
// and whether it warns of falling into poverty or back into it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "alerts/history.h"
#include "monitor/ports.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

enum class WarningType : std::uint8_t { kIntoPoverty, kBackIntoPoverty };
inline constexpr std::array<std::string_view, 2> kWarningTypeCodes = {"into_poverty",
                                                                      "back_into_poverty"};
inline constexpr std::array<std::string_view, 2> kWarningTypeNames = {"因病致贫", "因病返贫"};

struct CrossingDetails {
  const Dated* settlement = nullptr;              // null: it does not count any more
  const thresholds::Policy* policy = nullptr;     // never null
  const thresholds::WarningRule* rule = nullptr;  // null: gone from the policies
  WarningType type = WarningType::kIntoPoverty;
};

// `state`: the alert as it is about to be told. `standing`: its rule's; null when it does not hold.
// Then what was last sent is looked up again: the rule in the version in force on the crossing's
// day, else in the last version that has it; the categories in the record if it still shows the one
// last sent, else that one alone.
[[nodiscard]] CrossingDetails details_of(const monitor::YearView& view, const History& history,
                                         const monitor::AlertState& state,
                                         const monitor::WarningStanding* standing);

}  // namespace yujing::alerts

// What would help: what each tier would pay on a person's year if the person belonged to it, and
// until when an application would still reach the year's first bill. It turns a warning into a
// reason to visit.
//
// Pure; computed by the same fold as the real payout, so that the two cannot differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alerts/history.h"
#include "monitor/facts.h"
#include "monitor/payout.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

// What one tier would pay on the year's settlements.
struct TierPayout {
  const thresholds::Tier* tier = nullptr;  // borrowed from the policy
  std::uint8_t category = 0;               // bit of the category supposed
  // nullopt when a settlement cannot be computed because a figure is missing: never taken as 0.
  std::optional<thresholds::Money> assistance;
};

// The person and year that is asked about; all borrowed.
struct Supposition {
  const thresholds::Policy& policy;  // whose tiers are asked
  const History& history;
  std::int32_t year = 0;  // of benefit dates
  bool resident = false;  // Facts::resident of the person
  // The crossing settlement's day. Where an application is for the calendar year before, one made
  // on the first day of the next year is supposed.
  thresholds::CivilDay application;
};

// One entry per tier of the policy, in its order. A tier is supposed by its first category, held
// alone on every benefit date of the year and effective at once; the tier that an application leads
// to, as if applied for on `application` and no category held. As in every payout, a further layer
// whose threshold lacks its figure pays nothing.
[[nodiscard]] std::vector<TierPayout> suppose_each_tier(monitor::Calculator& calculator,
                                                        const Supposition& supposition);

// The entry of the tier that an application leads to, alone; nullopt also where the policy knows no
// application.
[[nodiscard]] std::optional<thresholds::Money> suppose_application(monitor::Calculator& calculator,
                                                                   const Supposition& supposition);

// The last day on which an application would still cover a bill of `benefit_day`, by the version in
// force on that day of application. nullopt when no such day is: the city knows no look-back, or no
// version of it that does is in force in time.
[[nodiscard]] std::optional<thresholds::CivilDay> application_covers_until(
    const thresholds::CityRules& city, thresholds::CivilDay benefit_day);

}  // namespace yujing::alerts

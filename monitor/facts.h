// A person's categories and applications as one city reads them: category codes become bits, dates
// become effective dates, applications become windows.
#pragma once

#include <cstdint>
#include <vector>

#include "monitor/person.h"
#include "thresholds/policy.h"

namespace yujing::monitor {

inline constexpr std::uint8_t kNoBit = 0xFF;

struct Held {
  std::uint8_t category = 0;  // bit
  CivilDay from;
  CivilDay until;  // inclusive
};

struct Window {
  CivilDay application;
  CivilDay from;
  CivilDay until;                              // inclusive
  std::int32_t year = 0;                       // whose account it charges
  const thresholds::Policy* policy = nullptr;  // in force on the application's day
};

struct Facts {
  std::vector<Held> plain;     // dates as certified
  std::vector<Held> deferred;  // from the month after inclusion to the end of the month of exit
  std::vector<CivilDay>
      turns;  // days on which a category begins, or the day after one ends; ascending
  std::vector<Window> windows;  // by application day; only those that count
  bool resident = false;        // hukou in the city

  // Categories held on `day`; `from_next_month`: by effective dates.
  [[nodiscard]] thresholds::CategorySet held(CivilDay day, bool from_next_month = false) const;
};

// `person` and `decision` may be null. Unknown categories give turns but no bit.
[[nodiscard]] Facts make_facts(const thresholds::CityRules& city, const PersonRecord* person,
                               const PersonRecord* decision);

// A city by whose rules other offices certify the category than the one that did; null where some
// city lets this one, or says nothing, or where the record names none. Checked to be reported: who
// certified a category decides nothing.
[[nodiscard]] const thresholds::CityRules* certified_elsewhere(const thresholds::RuleBook& rules,
                                                               const HeldCategory& held);

// The window of an application on that day. REQUIRES: the version knows applications.
[[nodiscard]] Window window_of(const thresholds::Policy& policy, CivilDay application);

// First category of the version's tiers, in their order, that `held` contains; kNoBit when none.
[[nodiscard]] std::uint8_t first_category(const thresholds::Policy& policy,
                                          thresholds::CategorySet held);

}  // namespace yujing::monitor

// A calendar month, as a list names it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "thresholds/civil_day.h"

namespace yujing::alerts {

struct Month {
  thresholds::CivilDay first;
  thresholds::CivilDay last;

  [[nodiscard]] std::int32_t year() const { return thresholds::year_of(first); }
  [[nodiscard]] bool contains(thresholds::CivilDay day) const {
    return first <= day && day <= last;
  }
};

// "2026-03"; nullopt for anything else.
[[nodiscard]] std::optional<Month> parse_month(std::string_view text);
// "2026-03"
[[nodiscard]] std::string to_string(const Month& month);
// "2026年3月"
[[nodiscard]] std::string month_words(const Month& month);

}  // namespace yujing::alerts

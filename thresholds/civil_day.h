// Civil days and Beijing wall-clock times as plain integers. No clock is read here: "now" is an
// argument.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yujing::thresholds {

// A day, counted from 1970-01-01.
struct CivilDay {
  std::int32_t days = 0;
  constexpr auto operator<=>(const CivilDay&) const = default;
  friend constexpr CivilDay operator+(CivilDay day, std::int32_t n) { return {day.days + n}; }
};

inline constexpr CivilDay kNoEnd{2'147'000'000};  // "until" of what is still open
inline constexpr CivilDay kNoStart{-2'147'000'000};

struct YearMonthDay {
  std::int32_t year;
  std::int32_t month;  // 1 to 12
  std::int32_t day;    // 1 to 31
};

[[nodiscard]] CivilDay civil_day(std::int32_t year, std::int32_t month, std::int32_t day);
[[nodiscard]] YearMonthDay year_month_day(CivilDay day);
[[nodiscard]] std::int32_t year_of(CivilDay day);
[[nodiscard]] CivilDay first_of_year(std::int32_t year);
[[nodiscard]] CivilDay last_of_year(std::int32_t year);
[[nodiscard]] CivilDay first_of_month(CivilDay day);
[[nodiscard]] CivilDay first_of_next_month(CivilDay day);
[[nodiscard]] CivilDay last_of_month(CivilDay day);

// The same day of the month, `months` earlier; where that month is too short, its last day
// (29 February becomes 28 February).
[[nodiscard]] CivilDay months_before(CivilDay day, std::int32_t months);

// A moment of Beijing wall-clock time, in seconds from 1970-01-01 00:00:00 of that clock.
struct BeijingTime {
  std::int64_t seconds = 0;
  constexpr auto operator<=>(const BeijingTime&) const = default;
};

[[nodiscard]] CivilDay day_of(BeijingTime time);
[[nodiscard]] BeijingTime start_of(CivilDay day);

// "yyyy-MM-dd" only.
[[nodiscard]] std::optional<CivilDay> parse_day(std::string_view text);
// "yyyy-MM-dd HH:mm:ss", or "yyyy-MM-dd" for its first second. nullopt for anything else, including
// days and times that do not exist.
[[nodiscard]] std::optional<BeijingTime> parse_time(std::string_view text);

[[nodiscard]] std::string to_string(CivilDay day);
[[nodiscard]] std::string to_string(BeijingTime time);

}  // namespace yujing::thresholds

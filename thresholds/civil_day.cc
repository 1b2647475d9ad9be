#include "thresholds/civil_day.h"

#include <algorithm>

namespace yujing::thresholds {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

constexpr bool is_leap(std::int64_t year) {
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

constexpr std::int32_t days_in_month(std::int64_t year, std::int32_t month) {
  if (month == 2) return is_leap(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

// Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin on 1 March
// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
constexpr std::int64_t kDaysPerEra = 146'097;
constexpr std::int64_t kDaysFromEraToEpoch = 719'468;

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

// The number that `count` digits at `at` make, or -1.
std::int32_t digits(std::string_view text, std::size_t at, std::size_t count) {
  std::int32_t value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const char c = text[i];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string text = std::to_string(value);
  if (text.size() < width) out.append(width - text.size(), '0');
  out += text;
}

}  // namespace

CivilDay civil_day(std::int32_t year, std::int32_t month, std::int32_t day) {
  const std::int64_t y = std::int64_t{year} - (month <= 2 ? 1 : 0);
  const std::int64_t era = floor_div(y, 400);
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return {static_cast<std::int32_t>(era * kDaysPerEra + day_of_era - kDaysFromEraToEpoch)};
}

YearMonthDay year_month_day(CivilDay day) {
  const std::int64_t shifted = std::int64_t{day.days} + kDaysFromEraToEpoch;
  const std::int64_t era = floor_div(shifted, kDaysPerEra);
  const std::int64_t day_of_era = shifted - era * kDaysPerEra;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {static_cast<std::int32_t>(year), static_cast<std::int32_t>(month),
          static_cast<std::int32_t>(day_of_year - (153 * shifted_month + 2) / 5 + 1)};
}

std::int32_t year_of(CivilDay day) { return year_month_day(day).year; }

CivilDay first_of_year(std::int32_t year) { return civil_day(year, 1, 1); }

CivilDay last_of_year(std::int32_t year) { return civil_day(year, 12, 31); }

CivilDay first_of_month(CivilDay day) {
  const auto date = year_month_day(day);
  return day + (1 - date.day);
}

CivilDay first_of_next_month(CivilDay day) { return last_of_month(day) + 1; }

CivilDay last_of_month(CivilDay day) {
  const auto date = year_month_day(day);
  return day + (days_in_month(date.year, date.month) - date.day);
}

CivilDay months_before(CivilDay day, std::int32_t months) {
  const auto date = year_month_day(day);
  const std::int64_t count = std::int64_t{date.year} * 12 + (date.month - 1) - months;
  const auto year = static_cast<std::int32_t>(floor_div(count, 12));
  const auto month = static_cast<std::int32_t>(count - std::int64_t{year} * 12 + 1);
  return civil_day(year, month, std::min(date.day, days_in_month(year, month)));
}

CivilDay day_of(BeijingTime time) {
  return {static_cast<std::int32_t>(floor_div(time.seconds, kSecondsPerDay))};
}

BeijingTime start_of(CivilDay day) { return {day.days * kSecondsPerDay}; }

std::optional<CivilDay> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::int32_t year = digits(text, 0, 4);
  const std::int32_t month = digits(text, 5, 2);
  const std::int32_t day = digits(text, 8, 2);
  if (year < 1 || month < 1 || month > 12) return std::nullopt;
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  return civil_day(year, month, day);
}

std::optional<BeijingTime> parse_time(std::string_view text) {
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  if (text.size() == 10) return start_of(*day);
  if (text.size() != 19 || text[10] != ' ' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const std::int32_t hour = digits(text, 11, 2);
  const std::int32_t minute = digits(text, 14, 2);
  const std::int32_t second = digits(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
    return std::nullopt;
  }
  return BeijingTime{start_of(*day).seconds + hour * 3600 + minute * 60 + second};
}

std::string to_string(CivilDay day) {
  const auto date = year_month_day(day);
  std::string out;
  append_padded(out, date.year, 4);
  out += '-';
  append_padded(out, date.month, 2);
  out += '-';
  append_padded(out, date.day, 2);
  return out;
}

std::string to_string(BeijingTime time) {
  const CivilDay day = day_of(time);
  const std::int64_t second = time.seconds - start_of(day).seconds;
  std::string out = to_string(day);
  out += ' ';
  append_padded(out, second / 3600, 2);
  out += ':';
  append_padded(out, second / 60 % 60, 2);
  out += ':';
  append_padded(out, second % 60, 2);
  return out;
}

}  // namespace yujing::thresholds

#include "thresholds/area.h"

#include <algorithm>

namespace yujing::thresholds {
namespace {

// The number made of the first `count` digits; 0 when there are fewer.
std::int32_t leading_digits(std::string_view text, std::size_t count) {
  if (text.size() < count) return 0;
  std::int32_t value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

CityCode city_code(std::string_view area) { return leading_digits(area, 4); }

std::int32_t province_code(std::string_view area) { return leading_digits(area, 2); }

bool is_area_code(std::string_view area) {
  constexpr std::size_t kDigits = 6;
  return area.size() == kDigits &&
         std::ranges::all_of(area, [](char c) { return '0' <= c && c <= '9'; });
}

}  // namespace yujing::thresholds

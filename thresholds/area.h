// Administrative area codes (医保区划): six digits, province by two, city by four.
#pragma once

#include <cstdint>
#include <string_view>

namespace yujing::thresholds {

// The first four digits of an area code as a number (2303); 0 when the code has none.
using CityCode = std::int32_t;

// 0 unless `area` starts with four digits.
[[nodiscard]] CityCode city_code(std::string_view area);
// The first two digits (23); 0 unless `area` starts with two digits.
[[nodiscard]] std::int32_t province_code(std::string_view area);
// Six digits and nothing else.
[[nodiscard]] bool is_area_code(std::string_view area);
[[nodiscard]] constexpr std::int32_t province_of(CityCode city) { return city / 100; }

}  // namespace yujing::thresholds

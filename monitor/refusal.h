// Why an event is refused: a code for programs, a message for people, the bytes as they came.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace yujing::monitor {

enum class RefusalReason : std::uint8_t {
  kNotJson,
  kMissingField,
  kBadAmount,
  kBadDate,
  kSumsDisagree,
  kUnknownCity,
  kConflict,
  kTooLarge,
};
inline constexpr std::size_t kRefusalReasons = 8;
inline constexpr std::array<std::string_view, kRefusalReasons> kRefusalNames = {
    "not_json",      "missing_field", "bad_amount", "bad_date",
    "sums_disagree", "unknown_city",  "conflict",   "too_large"};
[[nodiscard]] constexpr std::string_view name_of(RefusalReason reason) {
  return kRefusalNames[static_cast<std::size_t>(reason)];
}

// `message` says what is wrong and what to do; it never holds a name, an id number or an amount's
// owner.
struct Refusal {
  RefusalReason reason = RefusalReason::kNotJson;
  std::string message;
};

}  // namespace yujing::monitor

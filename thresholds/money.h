// Money in whole fen and ratios per ten thousand: exact, with every rounding named.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yujing::thresholds {

// An amount in fen (1 yuan = 100 fen). May be negative.
struct Money {
  std::int64_t fen = 0;

  constexpr auto operator<=>(const Money&) const = default;
  constexpr Money operator-() const { return {-fen}; }
  constexpr Money& operator+=(Money other) {
    fen += other.fen;
    return *this;
  }
  constexpr Money& operator-=(Money other) {
    fen -= other.fen;
    return *this;
  }
  friend constexpr Money operator+(Money a, Money b) { return {a.fen + b.fen}; }
  friend constexpr Money operator-(Money a, Money b) { return {a.fen - b.fen}; }
};

// A share per ten thousand: 7000 is 70%.
struct Ratio {
  std::int32_t per_ten_thousand = 0;
  constexpr auto operator<=>(const Ratio&) const = default;
};

// Amounts at or above this size (either sign) are refused as unreadable: one trillion yuan. It
// keeps every sum of a person's year and every product with a ratio inside the types used.
inline constexpr std::int64_t kAmountLimitFen = 100'000'000'000'000;

// Parses an amount in yuan: an optional '-', digits with an optional decimal point, an optional
// exponent. At most two decimals by value (4.500 passes, 4.505 does not). No blanks, no '+', no
// thousands separators. nullopt when the text is no such amount or reaches kAmountLimitFen.
[[nodiscard]] std::optional<Money> parse_money(std::string_view yuan);

// "12345.67": yuan with two decimals.
[[nodiscard]] std::string to_string(Money amount);
void append(std::string& out, Money amount);

// "12,345.67": for people.
[[nodiscard]] std::string to_grouped_string(Money amount);

// "70%", "12.5%".
[[nodiscard]] std::string to_string(Ratio ratio);

// For products that 64 bits may not hold.
__extension__ using Wide = __int128;

// The share of an amount, rounded half up to the fen (towards positive infinity at the half).
[[nodiscard]] constexpr Money half_up(Ratio ratio, Money amount) {
  // Amounts stay below 2^63 / 10^4 / 10 by kAmountLimitFen and the sums of a year; a wider product
  // keeps the argument simple.
  const Wide product = static_cast<Wide>(ratio.per_ten_thousand) * amount.fen;
  Wide quotient = (product + 5000) / 10000;
  if ((product + 5000) % 10000 < 0) --quotient;  // division truncates towards zero; we want floor
  return {static_cast<std::int64_t>(quotient)};
}

// The share of an amount, cut down to whole yuan.
[[nodiscard]] Money truncate_to_yuan(Ratio ratio, Money amount);
// The share of an amount of 0 or more, rounded half up to whole yuan.
[[nodiscard]] Money half_up_to_yuan(Ratio ratio, Money amount);

}  // namespace yujing::thresholds

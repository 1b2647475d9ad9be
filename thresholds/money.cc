#include "thresholds/money.h"

#include <array>

namespace yujing::thresholds {
namespace {

// Significant digits of the largest amount below kAmountLimitFen, counted in fen.
constexpr int kSignificantDigitsMax = 14;

constexpr std::array<std::int64_t, kSignificantDigitsMax + 1> kPowersOfTen = [] {
  std::array<std::int64_t, kSignificantDigitsMax + 1> powers{};
  std::int64_t power = 1;
  for (auto& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}();

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads the digits after 'e' with an optional sign. Far beyond any use it stops growing, so that
// the caller's check of the range refuses it. False when there is no digit or something follows.
bool parse_exponent(const char* at, const char* end, std::int64_t& exponent) {
  bool negative = false;
  if (at != end && (*at == '-' || *at == '+')) negative = *at++ == '-';
  if (at == end) return false;
  constexpr std::int64_t kFarEnough = 1'000'000'000'000;
  std::int64_t value = 0;
  for (; at != end; ++at) {
    if (!is_digit(*at)) return false;
    if (value < kFarEnough) value = value * 10 + (*at - '0');
  }
  exponent = negative ? -value : value;
  return true;
}

// Yuan with a point and two decimals and no more digits than kPlainBytesMax leaves room for, as
// nearly every amount is written. False when it is written otherwise.
constexpr std::size_t kPlainBytesMin = 4;  // 0.00
constexpr std::size_t kPlainBytesMax = 14;
bool parse_plain(std::string_view yuan, std::int64_t& fen) {
  const std::size_t size = yuan.size();
  if (size < kPlainBytesMin || size > kPlainBytesMax || yuan[size - 3] != '.') return false;
  bool digits_only = true;
  std::int64_t value = 0;
  const auto take = [&](char c) {
    digits_only &= is_digit(c);
    value = value * 10 + (c - '0');
  };
  for (std::size_t i = 0; i < size - 3; ++i)
    take(yuan[i]);
  take(yuan[size - 2]);
  take(yuan[size - 1]);
  fen = value;
  return digits_only;
}

// The text of an amount, written from its last character to its first.
class Digits {
 public:
  // `separator` stands after every three digits of the whole yuan; none when '\0'.
  Digits(Money amount, char separator) {
    const bool negative = amount.fen < 0;
    std::uint64_t fen = static_cast<std::uint64_t>(amount.fen);
    if (negative) fen = 0 - fen;
    put(digit(fen));
    put(digit(fen / 10));
    put('.');
    std::uint64_t yuan = fen / 100;
    int written = 0;
    do {
      if (separator != '\0' && written != 0 && written % 3 == 0) put(separator);
      put(digit(yuan));
      yuan /= 10;
      ++written;
    } while (yuan != 0);
    if (negative) put('-');
  }

  [[nodiscard]] std::string_view text() const {
    return {buffer_.data() + begin_, buffer_.size() - begin_};
  }

 private:
  static char digit(std::uint64_t number) { return static_cast<char>('0' + number % 10); }
  void put(char c) { buffer_[--begin_] = c; }

  std::array<char, 32> buffer_;  // -92,233,720,368,547,758.08 takes 26
  std::size_t begin_ = 32;
};

}  // namespace

std::optional<Money> parse_money(std::string_view yuan) {
  const char* at = yuan.data();
  const char* const end = at + yuan.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  if (std::int64_t fen = 0; parse_plain({at, end}, fen)) return Money{negative ? -fen : fen};

  // `value` holds the digits from the first to the last that is not 0; zeros after it wait in
  // `zeros`.
  std::int64_t value = 0;
  int significant = 0;
  std::int64_t zeros = 0;
  std::int64_t decimals = 0;
  bool any_digit = false;
  bool after_point = false;
  for (; at != end; ++at) {
    const char c = *at;
    if (is_digit(c)) {
      any_digit = true;
      if (after_point) ++decimals;
      if (c == '0') {
        if (value != 0) ++zeros;
        continue;
      }
      if (zeros + 1 > kSignificantDigitsMax - significant) return std::nullopt;
      significant += static_cast<int>(zeros) + 1;
      value = value * kPowersOfTen[static_cast<std::size_t>(zeros + 1)] + (c - '0');
      zeros = 0;
    } else if (c == '.' && !after_point) {
      after_point = true;
    } else {
      break;
    }
  }
  if (!any_digit) return std::nullopt;
  std::int64_t exponent = 0;
  if (at != end) {
    if (*at != 'e' && *at != 'E') return std::nullopt;
    if (!parse_exponent(at + 1, end, exponent)) return std::nullopt;
  }
  if (value == 0) return Money{0};

  // The last digit of `value` is not 0, so a negative power means more than two decimals.
  const std::int64_t power = zeros - decimals + exponent + 2;
  if (power < 0 || power + significant > kSignificantDigitsMax) return std::nullopt;
  const std::int64_t fen = value * kPowersOfTen[static_cast<std::size_t>(power)];
  return Money{negative ? -fen : fen};
}

std::string to_string(Money amount) { return std::string(Digits(amount, '\0').text()); }

void append(std::string& out, Money amount) { out += Digits(amount, '\0').text(); }

std::string to_grouped_string(Money amount) { return std::string(Digits(amount, ',').text()); }

std::string to_string(Ratio ratio) {
  std::string text = to_string(Money{ratio.per_ten_thousand});
  while (text.back() == '0')
    text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + '%';
}

Money truncate_to_yuan(Ratio ratio, Money amount) {
  const Wide product = static_cast<Wide>(ratio.per_ten_thousand) * amount.fen;
  return {static_cast<std::int64_t>(product / 1'000'000) * 100};
}

Money half_up_to_yuan(Ratio ratio, Money amount) {
  const Wide product = static_cast<Wide>(ratio.per_ten_thousand) * amount.fen;
  return {static_cast<std::int64_t>((product + 500'000) / 1'000'000) * 100};
}

}  // namespace yujing::thresholds

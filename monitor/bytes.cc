#include "monitor/bytes.h"

#include <array>

namespace yujing::monitor {

namespace {

// The first byte of a packed text. Below: the length of a text as it is, up to kPlainMax; that
// number itself: a length follows. From kPackedBit on: how many characters stand before the digits,
// and how many digits.
constexpr unsigned kPlainMax = 0x7F;
constexpr unsigned kPackedBit = 0x80;
constexpr unsigned kFrontShift = 5;
constexpr unsigned kFrontMax = 3;
constexpr unsigned kDigitsMax = 31;

// Digits are written in numbers of up to so many, the first one taking what is over.
constexpr unsigned kNumberDigits = 18;
// How many bytes hold any number of so many digits.
constexpr std::array<std::uint8_t, kNumberDigits + 1> kNumberBytes = {0, 1, 1, 2, 2, 3, 3, 3, 4, 4,
                                                                      5, 5, 5, 6, 6, 7, 7, 8, 8};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// How many of `digits` the next number takes.
constexpr unsigned next_number(unsigned digits) {
  return digits > kNumberDigits ? digits - kNumberDigits : digits;
}

}  // namespace

void put_packed(std::string& out, std::string_view text) {
  unsigned digits = 0;
  while (digits < kDigitsMax && digits < text.size() && is_digit(text[text.size() - 1 - digits]))
    ++digits;
  const std::size_t front = text.size() - digits;
  if (digits < 2 || front > kFrontMax) {
    out.push_back(static_cast<char>(text.size() < kPlainMax ? text.size() : kPlainMax));
    if (text.size() >= kPlainMax) put_varint(out, text.size());
    out.append(text);
    return;
  }
  out.push_back(static_cast<char>(kPackedBit | front << kFrontShift | digits));
  out.append(text.substr(0, front));
  text.remove_prefix(front);
  while (digits > 0) {
    const unsigned count = next_number(digits);
    std::uint64_t number = 0;
    for (const char c : text.substr(0, count))
      number = number * 10 + static_cast<unsigned>(c - '0');
    for (unsigned i = 0; i < kNumberBytes[count]; ++i, number >>= 8)
      out.push_back(static_cast<char>(number & 0xFF));
    text.remove_prefix(count);
    digits -= count;
  }
}

void ByteReader::packed(std::string& text) {
  text.clear();
  const unsigned first = byte();
  if ((first & kPackedBit) == 0) {
    const std::uint64_t size = first < kPlainMax ? first : varint();
    ok_ = ok_ && size <= rest_.size();
    if (!ok_) return;
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return;
  }
  const unsigned front = first >> kFrontShift & kFrontMax;
  unsigned digits = first & kDigitsMax;
  std::array<char, kFrontMax + kDigitsMax> characters;
  if (front > rest_.size()) {
    ok_ = false;
    return;
  }
  for (unsigned i = 0; i < front; ++i)
    characters[i] = rest_[i];
  rest_.remove_prefix(front);
  unsigned at = front;
  while (digits > 0) {
    const unsigned count = next_number(digits);
    if (kNumberBytes[count] > rest_.size()) {
      ok_ = false;
      return;
    }
    std::uint64_t number = 0;
    for (unsigned i = kNumberBytes[count]; i > 0; --i)
      number = number << 8 | static_cast<unsigned char>(rest_[i - 1]);
    rest_.remove_prefix(kNumberBytes[count]);
    unsigned left = count;
    for (; left >= 2; left -= 2, number /= 100) {  // two at a time take half as long
      const auto pair = static_cast<unsigned>(number % 100);
      characters[at + left - 1] = static_cast<char>('0' + pair % 10);
      characters[at + left - 2] = static_cast<char>('0' + pair / 10);
    }
    for (; left > 0; --left, number /= 10)
      characters[at] = static_cast<char>('0' + number % 10);
    if (number != 0) ok_ = false;  // more than so many digits
    at += count;
    digits -= count;
  }
  if (ok_) text.assign(characters.data(), at);
}

}  // namespace yujing::monitor

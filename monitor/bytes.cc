#include "monitor/bytes.h"

#include <algorithm>
#include <array>
#include <cstring>

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

constexpr std::array<char, 200> kPairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = static_cast<char>('0' + (i % 2 == 0 ? i / 20 : i / 2 % 10));
  return pairs;
}();

// Numbers are read and written by halves, which fit 32 bits and wait for each other less.
constexpr unsigned kHalfDigits = 9;
constexpr std::uint32_t kHalf = 1'000'000'000;

std::uint64_t read_digits(std::string_view digits) {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  const std::size_t split = digits.size() - std::min<std::size_t>(digits.size(), kHalfDigits);
  for (std::size_t i = 0; i < split; ++i)
    high = high * 10 + static_cast<unsigned>(digits[i] - '0');
  for (std::size_t i = split; i < digits.size(); ++i)
    low = low * 10 + static_cast<unsigned>(digits[i] - '0');
  return std::uint64_t{high} * kHalf + low;
}

// False: the number has more digits than `count`.
bool write_digits(std::uint64_t number, char* to, unsigned count) {
  while (count > 0) {
    unsigned left = std::min(count, kHalfDigits);
    auto part = static_cast<std::uint32_t>(number % kHalf);
    number /= kHalf;
    count -= left;
    for (; left >= 2; left -= 2, part /= 100)
      std::memcpy(to + count + left - 2, &kPairs[std::size_t{part % 100} * 2], 2);
    if (left == 1) {
      to[count] = static_cast<char>('0' + part % 10);
      part /= 10;
    }
    if (part != 0) return false;
  }
  return number == 0;
}

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
  std::array<char, 1 + kFrontMax + kDigitsMax> bytes;
  bytes[0] = static_cast<char>(kPackedBit | front << kFrontShift | digits);
  std::size_t size = 1;
  for (; size <= front; ++size)
    bytes[size] = text[size - 1];
  text.remove_prefix(front);
  while (digits > 0) {
    const unsigned count = next_number(digits);
    std::uint64_t number = read_digits(text.substr(0, count));
    for (unsigned i = 0; i < kNumberBytes[count]; ++i, number >>= 8)
      bytes[size++] = static_cast<char>(number & 0xFF);
    text.remove_prefix(count);
    digits -= count;
  }
  out.append(bytes.data(), size);
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
    ok_ = write_digits(number, characters.data() + at, count) && ok_;
    at += count;
    digits -= count;
  }
  if (ok_) text.assign(characters.data(), at);
}

}  // namespace yujing::monitor

// The bytes of stored values: variable-length integers, length-prefixed texts, texts with their
// digits packed (monitor/FORMAT.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "thresholds/civil_day.h"

namespace yujing::monitor {

inline void put_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

// Small numbers of either sign take few bytes: 0, -1, 1, -2, … become 0, 1, 2, 3, …
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t from_zigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

inline void put_signed(std::string& out, std::int64_t value) { put_varint(out, zigzag(value)); }

// Differences that wrap around, so that damaged bytes and numbers at the ends of their type are
// read and written as all others.
constexpr std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
constexpr std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

inline void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out.append(text);
}

// A time of the calendar in seconds from 2026-01-01 00:00:00: four bytes hold some four years on
// either side.
inline constexpr std::int64_t kTimeOrigin = 1'767'225'600;
inline void put_time(std::string& out, thresholds::BeijingTime time) {
  put_signed(out, minus(time.seconds, kTimeOrigin));
}

// A code or an id: where it is digits but for three characters at its front, they take less than
// half a byte each.
void put_packed(std::string& out, std::string_view text);

// Reads what the functions above wrote. After a read past the end ok() is false and all reads give
// zero.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    ok_ = false;
    return 0;
  }
  std::int64_t signed_varint() { return from_zigzag(varint()); }
  std::string_view text() {
    const std::uint64_t size = varint();
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  // Into `text`, whose room is used again.
  void packed(std::string& text);
  std::uint8_t byte() {
    if (rest_.empty()) {
      ok_ = false;
      return 0;
    }
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  // A set of bits of which the first `count` have a meaning; any other is an error.
  std::uint64_t bits(unsigned count) {
    const std::uint64_t set = varint();
    if (set >> count != 0) ok_ = false;
    return ok_ ? set : 0;
  }
  // How many elements a list can have at most, given that each takes a byte: bounds what is
  // reserved.
  [[nodiscard]] std::size_t count() {
    const std::uint64_t n = varint();
    if (n > rest_.size()) {
      ok_ = false;
      return 0;
    }
    return static_cast<std::size_t>(n);
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

inline thresholds::BeijingTime read_time(ByteReader& in) {
  return {plus(in.signed_varint(), kTimeOrigin)};
}

}  // namespace yujing::monitor

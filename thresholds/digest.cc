#include "thresholds/digest.h"

#include <cstdint>

#include <fmt/format.h>

namespace yujing::thresholds {
namespace {

__extension__ using Bits128 = unsigned __int128;

constexpr Bits128 wide(std::uint64_t high, std::uint64_t low) { return Bits128{high} << 64 | low; }

constexpr Bits128 kOffsetBasis = wide(0x6c62272e07bb0142, 0x62b821756295c58d);
constexpr Bits128 kPrime = wide(0x0000000001000000, 0x000000000000013b);

}  // namespace

std::string digest(std::string_view text) {
  Bits128 hash = kOffsetBasis;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= kPrime;
  }
  return fmt::format("{:016x}{:016x}", static_cast<std::uint64_t>(hash >> 64),
                     static_cast<std::uint64_t>(hash));
}

}  // namespace yujing::thresholds

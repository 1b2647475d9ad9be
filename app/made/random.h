// Random numbers that are the same on every machine for the same seed: what the generator draws
// from.
#pragma once

#include <cstdint>

namespace yujing::app {

// A well-mixed value of a number: the same person gets the same traits wherever she is looked at.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

// xoshiro256**. Single-threaded.
class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (auto& word : state_) {
      word = seed = mix(seed);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }
  // 0 to n - 1. REQUIRES: 0 < n < 2^32.
  std::uint64_t below(std::uint64_t n) { return ((next() >> 32U) * n) >> 32U; }
  // [0, 1)
  double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  // True this often.
  bool chance(std::uint32_t per_million) { return below(1'000'000) < per_million; }
  // About normal, mean 0, deviation 1, never beyond 3.5: four sixteenths of a word added up.
  double normal() {
    const std::uint64_t word = next();
    const std::uint64_t sum =
        (word & 0xFFFFU) + ((word >> 16U) & 0xFFFFU) + ((word >> 32U) & 0xFFFFU) + (word >> 48U);
    return (static_cast<double>(sum) - 131070.0) / 37837.0;
  }

 private:
  static constexpr std::uint64_t rotate(std::uint64_t word, unsigned bits) {
    return (word << bits) | (word >> (64U - bits));
  }
  std::uint64_t state_[4] = {};
};

// Ranks 1 to n, rank r with a weight of r^-s (rejection-inversion after Hörmann and Derflinger
// 1996): O(1) a draw, without a table. s = 0 draws every rank alike.
class Zipf {
 public:
  Zipf(std::uint64_t n, double s);
  [[nodiscard]] std::uint64_t draw(Random& random) const;

 private:
  [[nodiscard]] double integral(double x) const;  // of the density from 1 on
  [[nodiscard]] double integral_inverse(double x) const;
  [[nodiscard]] double density(double x) const;
  std::uint64_t n_;
  double s_;
  double first_ = 0;
  double last_ = 0;
  double sure_ = 0;  // closer to the rank than this a draw needs no second look
};

}  // namespace yujing::app

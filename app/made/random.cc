#include "app/made/random.h"

#include <algorithm>
#include <cmath>

namespace yujing::app {
namespace {

// (e^x - 1) / x and log(1 + x) / x, steady near 0.
double exp_ratio(double x) { return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2; }
double log_ratio(double x) { return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2; }

}  // namespace

Zipf::Zipf(std::uint64_t n, double s) : n_(n), s_(s) {
  first_ = integral(1.5) - 1;
  last_ = integral(static_cast<double>(n) + 0.5);
  sure_ = 2 - integral_inverse(integral(2.5) - density(2));
}

double Zipf::density(double x) const { return std::exp(-s_ * std::log(x)); }

double Zipf::integral(double x) const {
  const double log_x = std::log(x);
  return exp_ratio((1 - s_) * log_x) * log_x;
}

double Zipf::integral_inverse(double x) const {
  const double t = std::max(-1.0, x * (1 - s_));
  return std::exp(log_ratio(t) * x);
}

std::uint64_t Zipf::draw(Random& random) const {
  if (s_ == 0) return 1 + random.below(n_);
  while (true) {
    const double u = last_ + random.unit() * (first_ - last_);
    const double x = integral_inverse(u);
    const double rank = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(n_));
    if (rank - x <= sure_ || u >= integral(rank + 0.5) - density(rank))
      return static_cast<std::uint64_t>(rank);
  }
}

}  // namespace yujing::app

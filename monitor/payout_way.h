// One settlement on its way through the layers, and the arithmetic they share. Seen by payout.cc,
// further_layer.cc and critical_illness.cc alone.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "monitor/payout.h"

namespace yujing::monitor {

[[nodiscard]] inline bool has(thresholds::CategorySet set, std::uint8_t bit) {
  return bit != kNoBit && (set >> bit & 1U) != 0;
}

// Half up of an amount given in 1/10,000 fen.
[[nodiscard]] inline Money half_up_exact(Wide amount) {
  Wide quotient = (amount + 5000) / 10000;
  if ((amount + 5000) % 10000 < 0) --quotient;
  return {static_cast<std::int64_t>(quotient)};
}

// The part of `amount` above a line.
[[nodiscard]] inline Money above(Money amount, Money line) {
  return std::max(Money{}, amount - line);
}
// The same above an exact threshold, in 1/10,000 fen.
[[nodiscard]] inline Wide above(Money amount, const Resolved& threshold) {
  const Wide over = static_cast<Wide>(amount.fen) * 10000 - threshold.exact;
  return over > 0 ? over : 0;
}

// "70% × 20,000.00"
[[nodiscard]] inline std::string share_text(thresholds::Ratio ratio, Money of) {
  return fmt::format("{} × {}", thresholds::to_string(ratio), thresholds::to_grouped_string(of));
}

struct Calculator::Way {
  PayoutAccount& account;
  const Facts& facts;
  const Bill& bill;
  const Standing& standing;
  const thresholds::Policy& policy;
  std::set<std::string>* missing;
  Steps* steps;
  Payout paid;
  const ResolvedTier* amounts = nullptr;  // of the tier
  const thresholds::Cover* cover = nullptr;
  std::size_t cover_index = 0;
  Money excess;  // of this settlement above the deductible

  void step(std::string what, std::string detail, Money amount, const std::string& cite) const {
    steps->push_back({std::move(what), std::move(detail), amount, cite});
  }
  void miss(const Resolved& figure) const {
    if (missing != nullptr) missing->insert(figure.missing_name);
  }
  [[nodiscard]] bool place_allowed() const {
    if (!policy.referral_required || bill.local) return true;
    if (bill.filing == thresholds::Filing::kReferral ||
        bill.filing == thresholds::Filing::kLongTerm) {
      return true;
    }
    return policy.emergency_exempt && bill.filing == thresholds::Filing::kEmergency;
  }
  [[nodiscard]] bool cap_used_up() const {
    return standing.tier->cap.has_value() && account.annual >= amounts->cap.rounded;
  }
};

}  // namespace yujing::monitor

// One settlement on its way through the layers, and the arithmetic they share. Seen by payout.cc,
// base_layer.cc, further_layer.cc and critical_illness.cc alone.
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

// A ratio with more points: 100% at most.
[[nodiscard]] constexpr thresholds::Ratio raised(thresholds::Ratio ratio, thresholds::Ratio more) {
  return {std::min(10'000, ratio.per_ten_thousand + more.per_ten_thousand)};
}

// What bands pay when a sum grows from `low` to `high`, rounded half up once. Below the first
// nothing is paid; a band's line above the next one's leaves its part to the next.
[[nodiscard]] inline Money bands_due(const std::vector<ResolvedBand>& bands, Money low, Money high,
                                     thresholds::Ratio more = {}) {
  Wide due = 0;  // in 1/10,000 fen
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const Money from = bands[i].from.rounded;
    const auto within = [&](Money amount) {
      const Money part = above(amount, from);
      return i + 1 < bands.size() ? std::min(part, above(bands[i + 1].from.rounded, from)) : part;
    };
    const thresholds::Ratio ratio = raised(bands[i].ratio, more);
    due += static_cast<Wide>(ratio.per_ten_thousand) * (within(high) - within(low)).fen;
  }
  return half_up_exact(due);
}

// "70% × 20,000.00"
[[nodiscard]] inline std::string share_text(thresholds::Ratio ratio, Money of) {
  return fmt::format("{} × {}", thresholds::to_string(ratio), thresholds::to_grouped_string(of));
}
// "0.00 以上 60%，10,000.00 以上 70%"
[[nodiscard]] inline std::string bands_text(const std::vector<ResolvedBand>& bands) {
  std::string text;
  for (const ResolvedBand& band : bands) {
    text += fmt::format("{}{} 以上 {}", text.empty() ? "" : "，",
                        thresholds::to_grouped_string(band.from.rounded),
                        thresholds::to_string(band.ratio));
  }
  return text;
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

  // Of the entry of the tier's covers that decides, by take_amounts().
  const ResolvedTier* amounts = nullptr;
  const thresholds::Cover* cover = nullptr;
  const ResolvedCover* cover_amounts = nullptr;
  const thresholds::Deductible* deductible_rule = nullptr;
  const Resolved* deductible = nullptr;
  Money* counted = nullptr;                 // the sum that is held against the deductible
  const Resolved* annual_cap = nullptr;     // null: none
  Money* annual = nullptr;                  // what is paid under it
  const Resolved* allowance_cap = nullptr;  // of an allowance inside the annual cap; null: none
  AllowanceSums* allowance = nullptr;       // null: the entry is counted with the tier

  // By the base layer.
  Money counted_before = {};
  Money excess = {};   // of this settlement above the deductible
  Money cut_off = {};  // what the annual cap kept back

  void step(std::string what, std::string detail, Money amount, const std::string& cite) const {
    steps->push_back({std::move(what), std::move(detail), amount, cite});
  }
  void miss(const Resolved& figure) const {
    if (missing != nullptr) missing->insert(figure.missing_name());
  }
  [[nodiscard]] bool place_allowed() const {
    if (!policy.referral_required) return true;
    return bill.meets(policy.emergency_exempt ? thresholds::PlaceCondition::kReferralOrEmergency
                                              : thresholds::PlaceCondition::kStandardReferral);
  }
  // What the yearly cap still leaves.
  [[nodiscard]] Money annual_room() const {
    return annual_cap == nullptr ? Money{thresholds::kAmountLimitFen}
                                 : above(annual_cap->rounded, *annual);
  }
  [[nodiscard]] bool cap_used_up() const {
    return annual_cap != nullptr && *annual >= annual_cap->rounded;
  }
  // The article of the yearly cap, or of there being none.
  [[nodiscard]] const std::string& cap_cite() const {
    const thresholds::Tier& tier = *standing.tier;
    if (annual != &account.annual) return tier.allowances[*cover->allowance].cite;
    return tier.cap ? tier.cap->cite : tier.cap_cite;
  }
  [[nodiscard]] bool qualifies(const thresholds::FurtherLayer& layer) const {
    const bool kind = layer.care == 0 || (layer.care & thresholds::care_bit(bill.care)) != 0;
    // A layer that waits for a cap is not had where there is none.
    const bool reachable = !layer.after_cap_used || annual_cap != nullptr;
    return kind && reachable && bill.meets(layer.place);
  }
};

}  // namespace yujing::monitor

#include <algorithm>

#include <fmt/format.h>

#include "monitor/payout_way.h"

namespace yujing::monitor {

using thresholds::FurtherLayer;
using thresholds::Tier;

void Calculator::pay_further(Way& way) const {
  const Tier& tier = *way.standing.tier;
  if (!tier.further) return;
  const FurtherLayer& layer = *tier.further;
  // A layer that waits for a cap is not had by a tier without one.
  if (layer.after_cap_used && !tier.cap) return;
  if (layer.place == thresholds::PlaceCondition::kStandardReferralInProvince &&
      !way.bill.standard_referral_in_province()) {
    return;
  }
  PayoutAccount& account = way.account;
  const Money before = account.remaining;
  account.remaining += way.bill.in_policy - way.paid.base;
  if (layer.kind == FurtherLayer::Kind::kLump) {
    if (!way.cap_used_up() || account.lump.fen > 0) return;
    way.paid.tilt = layer.lump;
    account.lump += layer.lump;
    if (way.steps != nullptr) way.step("一次性倾斜救助", "年度限额已用完", layer.lump, layer.cite);
    return;
  }
  const Resolved& threshold = way.amounts->further_threshold;
  if (threshold.missing) {
    way.miss(threshold);
    return;
  }
  if (layer.cap && way.amounts->further_cap.missing) {
    way.miss(way.amounts->further_cap);
    return;
  }
  if (layer.kind == FurtherLayer::Kind::kPoints) {
    pay_points(way, threshold);
  } else {
    pay_slice(way, threshold, before);
  }
}

namespace {

// What the layer's own cap and, where it counts in it, the annual cap still leave.
Money room(const FurtherLayer& layer, const Tier& tier, const ResolvedTier& amounts,
           const PayoutAccount& account) {
  Money most{thresholds::kAmountLimitFen};
  if (layer.cap) most = std::min(most, above(amounts.further_cap.rounded, account.further));
  if (layer.inside_annual_cap && tier.cap) {
    most = std::min(most, above(amounts.cap.rounded, account.annual));
  }
  return most;
}

}  // namespace

void Calculator::pay_points(Way& way, const Resolved& threshold) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  if (way.account.remaining.fen * static_cast<Wide>(10000) <= threshold.exact) return;
  if (layer.after_cap_used && !way.cap_used_up()) return;
  const Money most = std::min(way.bill.in_policy - way.paid.base,
                              room(layer, *way.standing.tier, *way.amounts, way.account));
  way.paid.tilt = std::max(Money{}, std::min(half_up(layer.ratio, way.excess), most));
  way.account.further += way.paid.tilt;
  if (layer.inside_annual_cap) way.account.annual += way.paid.tilt;
  if (way.steps != nullptr) {
    way.step("倾斜救助（比例上浮）",
             fmt::format("救助后个人负担累计 {} 超过 {}；{}",
                         thresholds::to_grouped_string(way.account.remaining),
                         thresholds::to_grouped_string(half_up_exact(threshold.exact)),
                         share_text(layer.ratio, way.excess)),
             way.paid.tilt, layer.cite);
  }
}

void Calculator::pay_slice(Way& way, const Resolved& threshold, Money before) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  PayoutAccount& account = way.account;
  const Wide slice = above(account.remaining, threshold) - above(before, threshold);
  // ratio (1/10,000) × slice (1/10,000 fen), rounded half up once to the fen.
  const Wide product = slice * layer.ratio.per_ten_thousand;
  Wide step = (product + 50'000'000) / 100'000'000;
  if ((product + 50'000'000) % 100'000'000 < 0) --step;
  account.accrued += Money{static_cast<std::int64_t>(step)};
  if (layer.after_cap_used && !way.cap_used_up()) return;
  Money due = account.accrued;
  if (layer.cap) due = std::min(due, way.amounts->further_cap.rounded);
  due -= account.further;
  way.paid.tilt =
      std::max(Money{}, std::min(due, room(layer, *way.standing.tier, *way.amounts, account)));
  account.further += way.paid.tilt;
  if (layer.inside_annual_cap) account.annual += way.paid.tilt;
  if (way.steps != nullptr && way.paid.tilt.fen > 0) {
    way.step("再救助（倾斜救助）",
             fmt::format("救助后个人负担累计 {} 超过 {} 的部分按 {}；累计应付 {}",
                         thresholds::to_grouped_string(account.remaining),
                         thresholds::to_grouped_string(half_up_exact(threshold.exact)),
                         thresholds::to_string(layer.ratio),
                         thresholds::to_grouped_string(account.accrued)),
             way.paid.tilt, layer.cite);
  }
}

}  // namespace yujing::monitor

// What is paid on top of the base layer once a sum of the year is high.
#include <algorithm>

#include <fmt/format.h>

#include "monitor/payout_way.h"

namespace yujing::monitor {

using thresholds::FurtherLayer;

namespace {

std::string_view sum_words(FurtherLayer::MeasuredOn measured_on) {
  switch (measured_on) {
    case FurtherLayer::MeasuredOn::kRemainingBurden:
      break;
    case FurtherLayer::MeasuredOn::kInPolicyBurden:
      return "政策范围内个人负担累计";
    case FurtherLayer::MeasuredOn::kCutOffByCap:
      return "因年度限额未获救助的金额累计";
  }
  return "救助后个人负担累计";
}

}  // namespace

// The layer's sum before and after this settlement.
struct Calculator::Sum {
  Money before;
  Money after;
};

Calculator::Sum Calculator::count_further(Way& way) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  PayoutAccount& account = way.account;
  const Money remaining = account.remaining;
  account.remaining += way.bill.in_policy - way.paid.base;
  switch (layer.measured_on) {
    case FurtherLayer::MeasuredOn::kRemainingBurden:
      break;
    case FurtherLayer::MeasuredOn::kInPolicyBurden:
      return {way.counted_before, *way.counted};
    case FurtherLayer::MeasuredOn::kCutOffByCap:
      account.cut_off += way.cut_off;
      return {account.cut_off - way.cut_off, account.cut_off};
  }
  return {remaining, account.remaining};
}

// Whether all figures of the layer are there; those that are not are noted.
bool Calculator::figures_known(const Way& way) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  const auto known = [&](const Resolved& figure) {
    if (figure.missing) way.miss(figure);
    return !figure.missing;
  };
  if (!known(way.amounts->further_threshold)) return false;
  for (const ResolvedBand& band : way.amounts->further_bands) {
    if (!known(band.from)) return false;
  }
  return !layer.cap || known(way.amounts->further_cap);
}

void Calculator::pay_further(Way& way) const {
  if (!way.standing.tier->further) return;
  const FurtherLayer& layer = *way.standing.tier->further;
  if (!way.qualifies(layer)) return;
  const Sum sum = count_further(way);
  switch (layer.kind) {
    case FurtherLayer::Kind::kRaisedRatio:  // paid with the base layer
      return;
    case FurtherLayer::Kind::kLump:
      return pay_lump(way);
    case FurtherLayer::Kind::kPoints:
      if (figures_known(way)) pay_points(way, sum);
      return;
    case FurtherLayer::Kind::kSlice:
      if (figures_known(way)) pay_slice(way, sum);
      return;
  }
}

void Calculator::pay_lump(Way& way) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  if (!way.cap_used_up() || way.account.lump.fen > 0) return;
  way.paid.tilt = layer.lump;
  way.account.lump += layer.lump;
  if (way.steps != nullptr) way.step("一次性倾斜救助", "年度限额已用完", layer.lump, layer.cite);
}

// What the layer's own cap and, where it counts in it, the annual cap still leave.
Money Calculator::further_room(const Way& way) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  Money most{thresholds::kAmountLimitFen};
  if (layer.cap) {
    most = std::min(most, above(way.amounts->further_cap.rounded, way.account.further));
  }
  return layer.inside_annual_cap ? std::min(most, way.annual_room()) : most;
}

void Calculator::pay_points(Way& way, const Sum& sum) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  const Resolved& threshold = way.amounts->further_threshold;
  if (above(sum.after, threshold) == 0) return;
  if (layer.after_cap_used && !way.cap_used_up()) return;
  const Money most = std::min(way.bill.in_policy - way.paid.base, further_room(way));
  way.paid.tilt = std::max(Money{}, std::min(half_up(layer.ratio, way.excess), most));
  way.account.further += way.paid.tilt;
  if (layer.inside_annual_cap) *way.annual += way.paid.tilt;
  if (way.steps != nullptr) {
    way.step("倾斜救助（比例上浮）",
             fmt::format("{} {} 超过 {}；{}", sum_words(layer.measured_on),
                         thresholds::to_grouped_string(sum.after),
                         thresholds::to_grouped_string(half_up_exact(threshold.exact)),
                         share_text(layer.ratio, way.excess)),
             way.paid.tilt, layer.cite);
  }
}

namespace {

// `ratio` (1/10,000) of what a sum gains above an exact threshold (1/10,000 fen), rounded half up
// once to the fen.
Money slice_due(thresholds::Ratio ratio, const Resolved& threshold, Money before, Money after) {
  const Wide product =
      (above(after, threshold) - above(before, threshold)) * ratio.per_ten_thousand;
  Wide due = (product + 50'000'000) / 100'000'000;
  if ((product + 50'000'000) % 100'000'000 < 0) --due;
  return {static_cast<std::int64_t>(due)};
}

}  // namespace

void Calculator::pay_slice(Way& way, const Sum& sum) const {
  const FurtherLayer& layer = *way.standing.tier->further;
  const Resolved& threshold = way.amounts->further_threshold;
  PayoutAccount& account = way.account;
  account.accrued += layer.bands.empty()
                         ? slice_due(layer.ratio, threshold, sum.before, sum.after)
                         : bands_due(way.amounts->further_bands, sum.before, sum.after);
  if (layer.after_cap_used && !way.cap_used_up()) return;
  Money due = account.accrued;
  if (layer.cap) due = std::min(due, way.amounts->further_cap.rounded);
  due -= account.further;
  way.paid.tilt = std::max(Money{}, std::min(due, further_room(way)));
  account.further += way.paid.tilt;
  if (layer.inside_annual_cap) *way.annual += way.paid.tilt;
  if (way.steps != nullptr && way.paid.tilt.fen > 0) {
    const std::string how =
        layer.bands.empty()
            ? fmt::format("超过 {} 的部分按 {}",
                          thresholds::to_grouped_string(half_up_exact(threshold.exact)),
                          thresholds::to_string(layer.ratio))
            : "分段：" + bands_text(way.amounts->further_bands);
    way.step("再救助（倾斜救助）",
             fmt::format("{} {} {}；累计应付 {}", sum_words(layer.measured_on),
                         thresholds::to_grouped_string(sum.after), how,
                         thresholds::to_grouped_string(account.accrued)),
             way.paid.tilt, layer.cite);
  }
}

}  // namespace yujing::monitor

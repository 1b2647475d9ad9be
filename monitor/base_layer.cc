// The base layer of one settlement: what is above the deductible, the share of it, and the caps.
#include <algorithm>

#include <fmt/format.h>

#include "monitor/payout_way.h"

namespace yujing::monitor {

using thresholds::Cover;
using thresholds::FurtherLayer;
using thresholds::Ratio;
using thresholds::Tier;

// Counts the settlement toward the deductible.
void Calculator::count(Way& way) const {
  const Money deductible = way.deductible->rounded;
  way.counted_before = *way.counted;
  *way.counted += way.bill.in_policy;
  way.excess = way.deductible_rule->each_settlement
                   ? above(way.bill.in_policy, deductible)
                   : above(*way.counted, deductible) - above(way.counted_before, deductible);
  if (way.steps == nullptr) return;
  way.step("政策范围内个人负担",
           fmt::format("本年累计 {}", thresholds::to_grouped_string(*way.counted)),
           way.bill.in_policy, way.policy.preselfpay_cite);
  way.step(
      way.deductible_rule->each_settlement ? "超过每次起付标准的部分" : "超过年度起付标准的部分",
      fmt::format("起付标准 {}", thresholds::to_grouped_string(deductible)), way.excess,
      way.deductible_rule->cite);
}

// The entry's share of what is above the deductible, with `more` points on the ratio.
Money Calculator::share(const Way& way, Ratio more) const {
  const std::vector<ResolvedBand>& bands = way.cover_amounts->bands;
  if (bands.empty()) return half_up(raised(way.cover->ratio, more), way.excess);
  // The part of the burden that is cut into bands; a deductible of each settlement begins anew with
  // it.
  const Money deductible = way.deductible->rounded;
  const bool each = way.deductible_rule->each_settlement;
  Money low = std::max(deductible, each ? Money{} : way.counted_before);
  Money high = std::max(deductible, each ? way.bill.in_policy : *way.counted);
  if (way.cover->bands_of == Cover::BandsOf::kAboveDeductible) {
    low -= deductible;
    high -= deductible;
  }
  return bands_due(bands, low, high, more);
}

// What brings insurance and assistance together to the tier's floor; nothing where it has none.
Money Calculator::least(const Way& way) const {
  const auto& floor = way.standing.tier->floor;
  const Bill& bill = way.bill;
  if (!floor || !bill.in_province || (floor->care & thresholds::care_bit(bill.care)) == 0) {
    return {};
  }
  return half_up(floor->share, bill.in_catalogue) - bill.subtracted;
}

// What a share comes to under the caps.
Money Calculator::under_caps(Way& way, Money share) const {
  Money most = way.bill.in_policy;
  if (way.cover->cap) {
    Money used;
    for (std::size_t kind = 0; kind < thresholds::kCareKinds; ++kind) {
      if ((way.cover->care >> kind & 1U) != 0) used += way.account.by_care[kind];
    }
    most = std::min(most, above(way.cover_amounts->cap.rounded, used));
  }
  if (way.allowance_cap != nullptr) {
    most = std::min(most, above(way.allowance_cap->rounded, way.allowance->paid));
  }
  const Money wanted = std::max(Money{}, std::min(share, most));
  const Money amount = std::min(wanted, way.annual_room());
  way.cut_off = wanted - amount;
  return amount;
}

// The points that a further layer adds to the ratio, once its line is passed by the burden that
// would be there without them.
Ratio Calculator::points_on_ratio(const Way& way, Money base) const {
  const auto& layer = way.standing.tier->further;
  if (!layer || layer->kind != FurtherLayer::Kind::kRaisedRatio || !way.qualifies(*layer)) {
    return {};
  }
  const Resolved& line = way.amounts->further_threshold;
  if (line.missing) {
    way.miss(line);
    return {};
  }
  const Money sum = layer->measured_on == FurtherLayer::MeasuredOn::kInPolicyBurden
                        ? *way.counted
                        : way.account.remaining + way.bill.in_policy - base;
  if (above(sum, line) == 0) return {};
  if (way.steps != nullptr) {
    way.step(layer->name,
             fmt::format("{} 超过 {}，比例提高 {}", thresholds::to_grouped_string(sum),
                         thresholds::to_grouped_string(half_up_exact(line.exact)),
                         thresholds::to_string(layer->ratio)),
             share(way, layer->ratio) - share(way, {}), layer->cite);
  }
  return layer->ratio;
}

void Calculator::pay_base(Way& way) const {
  const Tier& tier = *way.standing.tier;
  count(way);
  Money amount = share(way, {});
  if (way.steps != nullptr) {
    const bool flat = way.cover_amounts->bands.empty();
    way.step(flat ? "按比例救助" : "按比例分段救助",
             flat ? share_text(way.cover->ratio, way.excess) : bands_text(way.cover_amounts->bands),
             amount, way.cover->cite);
  }
  const Money floor = least(way);
  const Ratio more = points_on_ratio(way, under_caps(way, std::max(amount, floor)));
  if (more != Ratio{}) amount = share(way, more);
  if (floor > amount) {
    amount = floor;
    if (way.steps != nullptr) {
      way.step("补足到综合支付比例",
               fmt::format("{} 减已报销 {}", share_text(tier.floor->share, way.bill.in_catalogue),
                           thresholds::to_grouped_string(way.bill.subtracted)),
               floor, tier.floor->cite);
    }
  }
  way.paid.base = under_caps(way, amount);
  *way.annual += way.paid.base;
  if (way.allowance != nullptr && way.annual != &way.allowance->paid) {
    way.allowance->paid += way.paid.base;
  }
  way.account.by_care[static_cast<std::size_t>(way.bill.care)] += way.paid.base;
  if (way.steps != nullptr) {
    const std::string used =
        way.annual_cap == nullptr
            ? std::string("无年度限额")
            : fmt::format("年度限额 {} 已用 {}",
                          thresholds::to_grouped_string(way.annual_cap->rounded),
                          thresholds::to_grouped_string(*way.annual));
    way.step("基本救助", used, way.paid.base, way.cap_cite());
  }
}

}  // namespace yujing::monitor

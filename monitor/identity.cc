#include "monitor/identity.h"

#include <algorithm>
#include <map>
#include <set>

namespace yujing::monitor {

Verdict judge(const std::optional<LedgerItem>& known, const Delivery& delivery) {
  if (!known) return Verdict::kNew;
  if (known->content == delivery.settlement) return Verdict::kSame;
  if (delivery.updt_time > known->updt_time) return Verdict::kReplaces;
  if (delivery.updt_time < known->updt_time) return Verdict::kOutdated;
  return Verdict::kConflict;
}

bool opposite(const Settlement& reversal, const Settlement& bill) {
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {  // every payer, assistance among them
    if (reversal.amounts[i] != -bill.amounts[i]) return false;
  }
  for (const Amount field : {Amount::kMedfee, Amount::kFulamtOwnpay, Amount::kOverlmtSelfpay,
                             Amount::kPreselfpay, Amount::kInscpScp, Amount::kHospPart}) {
    if (reversal.amount(field) != -bill.amount(field)) return false;
  }
  return true;
}

bool reverses_by_id(const LedgerItem& item, const std::string& setl_id) {
  return !item.is_void && item.content.text(Text::kInitSetlId) == setl_id;
}

bool reverses_by_visit(const LedgerItem& item) {
  return !item.is_void && item.content.is_reversal() &&
         item.content.text(Text::kInitSetlId).empty() && !item.content.text(Text::kMdtrtId).empty();
}

const LedgerItem* match_in_visit(const Settlement& reversal,
                                 std::span<const LedgerItem* const> visit) {
  const LedgerItem* match = nullptr;
  for (const LedgerItem* item : visit) {
    if (item->content.is_reversal() || !opposite(reversal, item->content)) continue;
    if (match != nullptr) return nullptr;
    match = item;
  }
  return match;
}

void decide_counts(std::span<LedgerItem> items) {
  std::map<std::string_view, std::vector<const LedgerItem*>> visits;
  for (const LedgerItem& item : items) {
    const std::string& visit = item.content.text(Text::kMdtrtId);
    if (!visit.empty() && !item.content.is_reversal()) visits[visit].push_back(&item);
  }
  std::set<std::string_view> cancelled;
  for (const LedgerItem& item : items) {
    if (!item.content.is_reversal() || item.is_void) continue;
    const std::string& original = item.content.text(Text::kInitSetlId);
    if (!original.empty()) {
      cancelled.insert(original);
    } else if (reverses_by_visit(item)) {
      const LedgerItem* match =
          match_in_visit(item.content, visits[item.content.text(Text::kMdtrtId)]);
      if (match != nullptr) cancelled.insert(match->content.setl_id);
    }
  }
  for (LedgerItem& item : items) {
    item.counts =
        !item.content.is_reversal() && !item.is_void && !cancelled.contains(item.content.setl_id);
  }
}

std::vector<LedgerItem> settle(std::span<const Delivery> deliveries) {
  std::map<std::string_view, LedgerItem> by_id;
  for (const Delivery& delivery : deliveries) {
    const auto at = by_id.find(delivery.settlement.setl_id);
    const std::optional<LedgerItem> known =
        at == by_id.end() ? std::nullopt : std::optional<LedgerItem>(at->second);
    const Verdict verdict = judge(known, delivery);
    LedgerItem& item = at == by_id.end() ? by_id[delivery.settlement.setl_id] : at->second;
    if (verdict == Verdict::kNew || verdict == Verdict::kReplaces) {
      item.content = delivery.settlement;
      item.updt_time = delivery.updt_time;
    } else if (verdict == Verdict::kSame) {
      item.updt_time = std::max(item.updt_time, delivery.updt_time);
    }
    item.is_void = item.is_void || delivery.is_void;
  }
  std::vector<LedgerItem> items;
  items.reserve(by_id.size());
  for (auto& [id, item] : by_id)
    items.push_back(std::move(item));
  decide_counts(items);
  return items;
}

}  // namespace yujing::monitor

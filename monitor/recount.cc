#include "monitor/recount.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "monitor/identity.h"

namespace yujing::monitor {

using thresholds::Result;

namespace {

// A visit within which reversals are matched by amounts.
struct Visit {
  std::vector<LedgerItem> bills;
  std::map<std::string, std::string> cancelled;  // setl_id to the reversal's
};

// One change of one settlement, seen among the person's others.
class Recount {
 public:
  Recount(Store& store, PersonState& state) : store_(store), state_(state) {}

  Result<std::vector<Movement>> run(const std::optional<LedgerItem>& before,
                                    const LedgerItem& after, Entry entry);

 private:
  void index(const Settlement& reversal);
  Result<std::vector<std::string>> affected(const std::optional<LedgerItem>& before,
                                            const LedgerItem& after);
  Result<const Visit*> visit(const std::string& mdtrt_id, const LedgerItem& changed);
  Result<std::optional<std::string>> canceller(const LedgerItem& item, const LedgerItem& changed);

  Store& store_;
  PersonState& state_;
  std::map<std::string, Visit> visits_;  // looked at so far, by mdtrt_id
};

Result<std::vector<Movement>> Recount::run(const std::optional<LedgerItem>& before,
                                           const LedgerItem& after, Entry entry) {
  const Settlement& content = after.content;
  const bool enters = entry.kind == Entry::Kind::kEntered;
  if (enters && content.is_reversal()) index(content);
  std::vector<Movement> movements;
  Result<std::optional<std::string>> cancelled = canceller(after, after);
  if (!cancelled) return tl::unexpected(std::move(cancelled.error()));
  const bool counted = before && before->counts;
  const bool counts = !content.is_reversal() && !after.is_void && !*cancelled;
  if (counted) movements.push_back({before->content, false});
  if (counts) movements.push_back({content, true});
  if (enters) entry.counts = counts;
  store_.put_entry(content.psn_no, content.setl_id, entry);
  if (!enters && counted && !counts) {
    Entry undo;
    undo.kind = Entry::Kind::kUndone;
    undo.seq = after.next_seq;
    store_.put_entry(content.psn_no, content.setl_id, undo);
  }

  Result<std::vector<std::string>> others = affected(before, after);
  if (!others) return tl::unexpected(std::move(others.error()));
  for (const std::string& id : *others) {
    Result<std::optional<LedgerItem>> other = store_.item(content.psn_no, id);
    if (!other) return tl::unexpected(std::move(other.error()));
    if (!*other || (*other)->content.is_reversal()) continue;
    Result<std::optional<std::string>> by = canceller(**other, after);
    if (!by) return tl::unexpected(std::move(by.error()));
    const bool now = !(*other)->is_void && !*by;
    if (now == (*other)->counts) continue;
    Entry change;
    change.kind = now ? Entry::Kind::kRestored : Entry::Kind::kUndone;
    change.seq = (*other)->next_seq;
    if (!now) change.by = by->value_or("");
    store_.put_entry(content.psn_no, id, change);
    movements.push_back({(*other)->content, now});
  }
  return movements;
}

// Lets a reversal be found by what it is about.
void Recount::index(const Settlement& reversal) {
  const std::string& original = reversal.text(Text::kInitSetlId);
  const std::string& mdtrt_id = reversal.text(Text::kMdtrtId);
  if (!original.empty()) {
    store_.put_reversal(reversal.psn_no, ReversalKey::kById, original, reversal.setl_id);
    state_.reversals_by_id = true;
    state_.reversed.add(original);
  } else if (!mdtrt_id.empty()) {
    store_.put_reversal(reversal.psn_no, ReversalKey::kByVisit, mdtrt_id, reversal.setl_id);
    state_.reversals_by_visit = true;
    state_.reversed.add(mdtrt_id);
  }
}

// Ids of other settlements whose standing a change from `before` to `after` can touch.
Result<std::vector<std::string>> Recount::affected(const std::optional<LedgerItem>& before,
                                                   const LedgerItem& after) {
  std::set<std::string> ids;
  std::set<std::string> visits;
  const auto consider = [&](const Settlement& content) {
    if (!content.text(Text::kInitSetlId).empty()) {
      ids.insert(content.text(Text::kInitSetlId));
    } else if (state_.reversals_by_visit && !content.text(Text::kMdtrtId).empty()) {
      visits.insert(content.text(Text::kMdtrtId));
    }
  };
  if (before) consider(before->content);
  consider(after.content);
  for (const std::string& mdtrt_id : visits) {
    Result<const Visit*> matched = visit(mdtrt_id, after);
    if (!matched) return tl::unexpected(std::move(matched.error()));
    for (const LedgerItem& bill : (*matched)->bills) {
      const bool cancelled = (*matched)->cancelled.contains(bill.content.setl_id);
      if (bill.counts != (!bill.is_void && !cancelled)) ids.insert(bill.content.setl_id);
    }
  }
  ids.erase(after.content.setl_id);
  return std::vector<std::string>(ids.begin(), ids.end());
}

// The visit with the changed settlement as it is now; empty where nothing is matched by amounts.
Result<const Visit*> Recount::visit(const std::string& mdtrt_id, const LedgerItem& changed) {
  const auto known = visits_.find(mdtrt_id);
  if (known != visits_.end()) return &known->second;
  Visit& visit = visits_[mdtrt_id];
  if (!state_.reversed.may_hold(mdtrt_id)) return &visit;
  Result<std::vector<std::string>> indexed =
      store_.reversals(state_.psn_no, ReversalKey::kByVisit, mdtrt_id);
  if (!indexed) return tl::unexpected(std::move(indexed.error()));
  if (indexed->empty()) return &visit;

  std::map<std::string, Settlement> reversals;  // by setl_id
  const auto take = [&](const LedgerItem& item) {
    if (item.content.text(Text::kMdtrtId) != mdtrt_id) return;
    if (!item.content.is_reversal()) visit.bills.push_back(item);
    if (reverses_by_visit(item)) reversals.emplace(item.content.setl_id, item.content);
  };
  Result<void> read = store_.items_of_visit(state_.psn_no, mdtrt_id, [&](const LedgerItem& item) {
    if (item.content.setl_id != changed.content.setl_id) take(item);
  });
  if (!read) return tl::unexpected(std::move(read.error()));
  take(changed);
  std::vector<const LedgerItem*> bills;
  for (const LedgerItem& bill : visit.bills)
    bills.push_back(&bill);
  for (const auto& [setl_id, reversal] : reversals) {
    const LedgerItem* match = match_in_visit(reversal, bills);
    if (match != nullptr) visit.cancelled.emplace(match->content.setl_id, setl_id);
  }
  return &visit;
}

// The reversal that cancels `item`, if any; `changed` is the settlement in hand, as it is now.
Result<std::optional<std::string>> Recount::canceller(const LedgerItem& item,
                                                      const LedgerItem& changed) {
  const Settlement& bill = item.content;
  const std::string& mdtrt_id = bill.text(Text::kMdtrtId);
  if (state_.reversals_by_id && state_.reversed.may_hold(bill.setl_id)) {
    Result<std::vector<std::string>> ids =
        store_.reversals(bill.psn_no, ReversalKey::kById, bill.setl_id);
    if (!ids) return tl::unexpected(std::move(ids.error()));
    for (const std::string& id : *ids) {
      Result<std::optional<LedgerItem>> by = id == changed.content.setl_id
                                                 ? std::optional<LedgerItem>(changed)
                                                 : store_.item(bill.psn_no, id);
      if (!by) return tl::unexpected(std::move(by.error()));
      if (*by && reverses_by_id(**by, bill.setl_id)) return std::optional<std::string>(id);
    }
  }
  if (state_.reversals_by_visit && !mdtrt_id.empty()) {
    Result<const Visit*> matched = visit(mdtrt_id, changed);
    if (!matched) return tl::unexpected(std::move(matched.error()));
    const auto by = (*matched)->cancelled.find(bill.setl_id);
    if (by != (*matched)->cancelled.end()) return std::optional<std::string>(by->second);
  }
  return std::optional<std::string>();
}

}  // namespace

bool stands_alone(const PersonState& state, const Settlement& settlement) {
  const std::string& mdtrt_id = settlement.text(Text::kMdtrtId);
  return !settlement.is_reversal() &&
         !(state.reversals_by_id && state.reversed.may_hold(settlement.setl_id)) &&
         !(state.reversals_by_visit && !mdtrt_id.empty() && state.reversed.may_hold(mdtrt_id));
}

Result<bool> stands_alone(Store& store, const PersonState& state, const Settlement& settlement) {
  if (stands_alone(state, settlement)) return true;
  if (settlement.is_reversal()) return false;
  const std::pair<ReversalKey, const std::string*> targets[] = {
      {ReversalKey::kById, &settlement.setl_id},
      {ReversalKey::kByVisit, &settlement.text(Text::kMdtrtId)}};
  for (const auto& [key, target] : targets) {
    if (target->empty()) continue;
    Result<std::vector<std::string>> reversals = store.reversals(state.psn_no, key, *target);
    if (!reversals) return tl::unexpected(std::move(reversals.error()));
    if (!reversals->empty()) return false;
  }
  return true;
}

thresholds::Result<std::vector<Movement>> recount(Store& store, PersonState& state,
                                                  const std::optional<LedgerItem>& before,
                                                  const LedgerItem& after, Entry entry) {
  return Recount(store, state).run(before, after, std::move(entry));
}

}  // namespace yujing::monitor

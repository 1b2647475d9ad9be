#include "monitor/recount.h"

#include <set>
#include <string>
#include <utility>

#include "monitor/identity.h"

namespace yujing::monitor {

using thresholds::Result;

namespace {

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
  Result<std::vector<LedgerItem>> visit(const std::string& mdtrt_id, const LedgerItem& changed);
  Result<std::optional<std::string>> canceller(const LedgerItem& item, const LedgerItem& changed);

  Store& store_;
  PersonState& state_;
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
  } else if (!mdtrt_id.empty()) {
    store_.put_reversal(reversal.psn_no, ReversalKey::kByVisit, mdtrt_id, reversal.setl_id);
    state_.reversals_by_visit = true;
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
    Result<std::vector<std::string>> reversals =
        store_.reversals(after.content.psn_no, ReversalKey::kByVisit, mdtrt_id);
    if (!reversals) return tl::unexpected(std::move(reversals.error()));
    if (reversals->empty()) continue;
    Result<std::vector<LedgerItem>> bills = visit(mdtrt_id, after);
    if (!bills) return tl::unexpected(std::move(bills.error()));
    for (const LedgerItem& bill : *bills)
      ids.insert(bill.content.setl_id);
  }
  ids.erase(after.content.setl_id);
  return std::vector<std::string>(ids.begin(), ids.end());
}

// The settlements of one visit, with the changed one as it is now.
Result<std::vector<LedgerItem>> Recount::visit(const std::string& mdtrt_id,
                                               const LedgerItem& changed) {
  std::vector<LedgerItem> bills;
  Result<void> read = store_.items(state_.psn_no, [&](LedgerItem&& item) {
    if (item.content.setl_id != changed.content.setl_id &&
        item.content.text(Text::kMdtrtId) == mdtrt_id) {
      bills.push_back(std::move(item));
    }
  });
  if (!read) return tl::unexpected(std::move(read.error()));
  if (changed.content.text(Text::kMdtrtId) == mdtrt_id) bills.push_back(changed);
  return bills;
}

// The reversal that cancels `item`, if any; `changed` is the settlement in hand, as it is now.
Result<std::optional<std::string>> Recount::canceller(const LedgerItem& item,
                                                      const LedgerItem& changed) {
  const Settlement& bill = item.content;
  const std::string& mdtrt_id = bill.text(Text::kMdtrtId);
  const auto reversal = [&](const std::string& id) -> Result<std::optional<LedgerItem>> {
    if (id == changed.content.setl_id) return std::optional<LedgerItem>(changed);
    return store_.item(bill.psn_no, id);
  };
  if (state_.reversals_by_id) {
    Result<std::vector<std::string>> ids =
        store_.reversals(bill.psn_no, ReversalKey::kById, bill.setl_id);
    if (!ids) return tl::unexpected(std::move(ids.error()));
    for (const std::string& id : *ids) {
      Result<std::optional<LedgerItem>> by = reversal(id);
      if (!by) return tl::unexpected(std::move(by.error()));
      if (*by && reverses_by_id(**by, bill.setl_id)) return std::optional<std::string>(id);
    }
  }
  if (state_.reversals_by_visit && !mdtrt_id.empty()) {
    Result<std::vector<std::string>> ids =
        store_.reversals(bill.psn_no, ReversalKey::kByVisit, mdtrt_id);
    if (!ids) return tl::unexpected(std::move(ids.error()));
    if (ids->empty()) return std::optional<std::string>();
    Result<std::vector<LedgerItem>> bills = visit(mdtrt_id, changed);
    if (!bills) return tl::unexpected(std::move(bills.error()));
    std::vector<const LedgerItem*> pointers;
    for (const LedgerItem& b : *bills)
      pointers.push_back(&b);
    for (const std::string& id : *ids) {
      Result<std::optional<LedgerItem>> by = reversal(id);
      if (!by) return tl::unexpected(std::move(by.error()));
      if (!*by || !reverses_by_visit(**by) || (*by)->content.text(Text::kMdtrtId) != mdtrt_id)
        continue;
      const LedgerItem* match = match_in_visit((*by)->content, pointers);
      if (match != nullptr && match->content.setl_id == bill.setl_id)
        return std::optional<std::string>(id);
    }
  }
  return std::optional<std::string>();
}

}  // namespace

thresholds::Result<std::vector<Movement>> recount(Store& store, PersonState& state,
                                                  const std::optional<LedgerItem>& before,
                                                  const LedgerItem& after, Entry entry) {
  return Recount(store, state).run(before, after, std::move(entry));
}

}  // namespace yujing::monitor

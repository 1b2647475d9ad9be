#include "monitor/book.h"

#include <algorithm>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Entry entered(const BillText& text) {
  Entry entry;
  entry.counts = true;
  entry.content = bill("jixi", text);
  return entry;
}

TEST(Book, FoldsEntriesOfNewAndKnownSettlements) {
  Book book("P1");
  book.fold_in("S1", entered({.setl_id = "S1", .medfee = "100"}));
  book.enter({bill("jixi", {.setl_id = "S2", .medfee = "200"}), time("2026-03-09 11:00:00"), true},
             false);
  Entry undone;
  undone.kind = Entry::Kind::kUndone;
  undone.seq = 1;
  book.fold_in("S1", undone);
  EXPECT_EQ(book.size(), 2U);
  const std::optional<LedgerItem> first = book.find("S1");
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->content.setl_id, "S1");
  EXPECT_EQ(first->content.psn_no, "P1");
  EXPECT_FALSE(first->counts);
  EXPECT_EQ(first->next_seq, 2U);
  const std::optional<LedgerItem> second = book.find("S2");
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->content.amount(Amount::kMedfee), yuan("200"));
  EXPECT_EQ(second->updt_time, time("2026-03-09 11:00:00"));
  EXPECT_TRUE(second->is_void);
  EXPECT_FALSE(book.find("S3").has_value());
}

TEST(Book, ASettlementIsFoundByItsVisitOnce) {
  Book book("P1");
  book.fold_in("S1", entered({.setl_id = "S1", .mdtrt_id = "V1"}));
  Entry later = entered({.setl_id = "S1", .medfee = "7", .mdtrt_id = "V1"});
  later.seq = 1;
  book.fold_in("S1", later);
  book.fold_in("S2", entered({.setl_id = "S2", .mdtrt_id = "V2"}));
  std::vector<std::string> ids;
  book.each_of_visit("V1", [&](const LedgerItem& item) { ids.push_back(item.content.setl_id); });
  EXPECT_THAT(ids, ElementsAre("S1"));
}

TEST(Book, ReversalsAreFoundByWhatTheyAreAbout) {
  Book book("P1");
  book.put_reversal(ReversalKey::kById, "S1", "R2");
  book.put_reversal(ReversalKey::kById, "S1", "R1");
  book.put_reversal(ReversalKey::kByVisit, "S1", "R3");
  EXPECT_THAT(book.reversals(ReversalKey::kById, "S1"), ElementsAre("R1", "R2"));
  EXPECT_THAT(book.reversals(ReversalKey::kByVisit, "S1"), ElementsAre("R3"));
  EXPECT_THAT(book.reversals(ReversalKey::kById, "S2"), IsEmpty());
}

// An account that says of every settlement which one it was and what came before it.
void chain(const Settlement& settlement, Book::Years& years) {
  YearAccount& year = years[2026];
  const std::hash<std::string> hash;
  year.totals.medfee.fen =
      static_cast<std::int64_t>(hash(std::to_string(year.totals.medfee.fen) + settlement.setl_id));
  year.totals.paid[0] += settlement.amount(Amount::kMedfee);
  ++year.totals.settlements;
}

// Late, corrected, undone, moved to another time: what is folded from a snapshot is what is folded
// from nothing.
RC_GTEST_PROP(Book, FoldingOnFromASnapshotIsFoldingFromNothing, ()) {
  Book book("P1", *rc::gen::inRange<std::size_t>(1, 6));
  std::map<std::string, LedgerItem> items;
  const int steps = *rc::gen::inRange(0, 120);
  for (int step = 0; step < steps; ++step) {
    const std::string id = "S" + std::to_string(*rc::gen::inRange(0, 60));
    LedgerItem& item = items[id];
    Entry entry;
    entry.seq = item.next_seq;
    entry.kind = item.next_seq == 0 || *rc::gen::arbitrary<bool>() ? Entry::Kind::kEntered
                                                                   : Entry::Kind::kUndone;
    if (entry.kind == Entry::Kind::kEntered) {
      entry.content = bill(*rc::gen::element("jixi", "yantai"), {.setl_id = id});
      entry.content.setl_time.seconds += step * 10 - *rc::gen::inRange(0, 300);
      entry.content.amount(Amount::kMedfee) = {step};
      entry.counts = *rc::gen::inRange(0, 5) != 0;
    }
    fold(item, entry);
    item.content.setl_id = id;
    book.fold_in(id, entry);
    if (*rc::gen::inRange(0, 4) != 0) continue;

    std::vector<Settlement> live;
    for (const auto& [setl_id, one] : items) {
      if (one.counts && one.content.city == 2303) live.push_back(one.content);
    }
    std::sort(live.begin(), live.end(), earlier);
    Book::Years expected;
    for (const Settlement& settlement : live)
      chain(settlement, expected);
    RC_ASSERT(book.fold(2303, chain) == expected);
  }
}

}  // namespace
}  // namespace yujing::monitor

#include "monitor/ledger.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/monitor/generators.h"
#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

RC_GTEST_PROP(Ledger, AnEntryIsReadAsItWasWritten, ()) {
  const Entry entry = any_entry();
  std::string bytes;
  encode(entry, bytes);
  const thresholds::Result<Entry> read = decode_entry("P1", "S1", entry.seq, bytes);
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == entry);
}

// The item that is read in one go holds memory of another one.
RC_GTEST_PROP(Ledger, AnEntryIsFoldedAsStoredLikeAnEntryThatWasRead, ()) {
  LedgerItem stored;
  fold(stored, any_entry());
  stored.begin();
  LedgerItem read;
  for (const Entry& entry : *rc::gen::container<std::vector<Entry>>(4, rc::gen::exec(any_entry))) {
    if (read.next_seq == 0 && entry.kind != Entry::Kind::kEntered) continue;  // one comes first
    std::string bytes;
    encode(entry, bytes);
    RC_ASSERT(fold_encoded(stored, "P1", "S1", entry.seq, bytes).has_value());
    fold(read, entry);
    RC_ASSERT(stored == read);
  }
}

// Whatever lies in the store, reading it ends with an entry or an error; the sanitizers watch.
RC_GTEST_PROP(Ledger, DamagedBytesAreReadToAnEnd, ()) {
  std::string bytes;
  encode(any_entry(), bytes);
  damage(bytes);
  const thresholds::Result<Entry> read = decode_entry("P1", "S1", 0, bytes);
  if (read) RC_SUCCEED("damaged into another entry");
  RC_ASSERT(read.error().code == thresholds::ErrorCode::kInput);
  RC_ASSERT(read.error().message.find("store verify") != std::string::npos);
}

RC_GTEST_PROP(Ledger, ACutEntryIsAnError, ()) {
  std::string bytes;
  encode(any_entry(), bytes);
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
  RC_ASSERT(!decode_entry("P1", "S1", 0, bytes).has_value());
}

RC_GTEST_PROP(Ledger, AnEntryWithMoreBehindItIsAnError, ()) {
  std::string bytes;
  encode(any_entry(), bytes);
  bytes.push_back(static_cast<char>(*rc::gen::inRange(0, 256)));
  RC_ASSERT(!decode_entry("P1", "S1", 0, bytes).has_value());
}

TEST(Ledger, AUsualBillTakesFewBytes) {
  Entry entry;
  entry.content = bill("jixi", {.medfee = "5000",
                                .ownpay = "300",
                                .hifp = "2500",
                                .mdtrt_id = "M0123456789",
                                .place = "230302"});
  entry.updt_time = time("2026-03-09 11:00:00");
  std::string bytes;
  encode(entry, bytes);
  EXPECT_LT(bytes.size(), 60U);
}

Entry entered(std::uint32_t seq, const char* medfee, BeijingTime updt_time) {
  Entry entry;
  entry.seq = seq;
  entry.updt_time = updt_time;
  entry.counts = true;
  entry.content = bill("jixi", {.medfee = medfee});
  return entry;
}

TEST(Ledger, EntriesAddUpToTheSettlementAsItStands) {
  LedgerItem item;
  fold(item, entered(0, "100", kNoTime));
  EXPECT_TRUE(item.counts);
  EXPECT_EQ(item.next_seq, 1U);

  Entry undone;
  undone.kind = Entry::Kind::kUndone;
  undone.seq = 1;
  undone.by = "R1";
  fold(item, undone);
  EXPECT_FALSE(item.counts);

  Entry restored;
  restored.kind = Entry::Kind::kRestored;
  restored.seq = 2;
  fold(item, restored);
  EXPECT_TRUE(item.counts);

  fold(item, entered(3, "200", time("2026-03-10 08:00:00")));
  EXPECT_EQ(item.content.amount(Amount::kMedfee), yuan("200"));

  Entry noted;
  noted.kind = Entry::Kind::kNoted;
  noted.seq = 4;
  noted.is_void = true;
  fold(item, noted);  // says nothing of a time: the later one stays
  EXPECT_TRUE(item.is_void);
  EXPECT_EQ(item.updt_time, time("2026-03-10 08:00:00"));

  fold(item, entered(5, "300", time("2026-03-11 08:00:00")));
  EXPECT_TRUE(item.is_void) << "void is for good";
  EXPECT_EQ(item.next_seq, 6U);
}

}  // namespace
}  // namespace yujing::monitor

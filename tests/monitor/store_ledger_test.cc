// A store whose commits are kept elsewhere, too: what it says of them, and how it is brought
// forward from what another one said.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using thresholds::ErrorCode;

thresholds::Result<std::unique_ptr<Store>> open_as(const std::string& path, Durability durability) {
  StoreOptions options;
  options.durability = durability;
  return Store::open(path, Store::Mode::kWriter, options);
}

struct Record {
  std::string key;
  std::optional<std::string> value;
  bool operator==(const Record&) const = default;
};
using Records = std::vector<Record>;

Records records_of(Store& store) {
  Records records;
  must(store.records({}, [&](const StoreWrite& write) {
    records.push_back({std::string(write.key), std::optional<std::string>(write.value)});
    return true;
  }));
  return records;
}

Records pending_of(Store& store) {
  Records records;
  must(store.pending([&](const StoreWrite& write) {
    records.push_back({std::string(write.key), std::optional<std::string>(write.value)});
  }));
  return records;
}

std::vector<StoreWrite> writes_of(const Records& records) {
  std::vector<StoreWrite> writes;
  for (const Record& record : records)
    writes.push_back({record.key, record.value});
  return writes;
}

Entry entry_of(const char* medfee) {
  Entry entry;
  entry.counts = true;
  entry.content = bill("jixi", {.medfee = medfee});
  return entry;
}

PersonState state_of(const std::string& psn_no, std::int64_t settlements) {
  PersonState state;
  state.psn_no = psn_no;
  state.year_of(2303, 2026).account.totals.settlements = settlements;
  return state;
}

TEST(StoreLedger, SaysWhatItIsGoingToWriteAndThatIsWhatItHoldsAfterwards) {
  const TemporaryFolder folder;
  const auto store = must(open_as(folder.path(), Durability::kLedger));
  EXPECT_THAT(pending_of(*store), IsEmpty()) << "what it says of itself is its own business";
  store->put_note("position", "line 7");
  store->put_reversal("P1", ReversalKey::kById, "S1", "R1");
  store->put_person(state_of("P1", 1));
  store->put_entry("P1", "S1", entry_of("100"));
  const Records pending = pending_of(*store);
  std::vector<std::string> keys;
  for (const Record& record : pending)
    keys.push_back(record.key);
  EXPECT_THAT(keys, ElementsAre(std::string("lP1\0\1S1\0\1\0", 10), "nposition",
                                std::string("pP1\0\1", 5), std::string("rP1\0\1\0S1\0\1R1", 12)));
  EXPECT_EQ(pending_of(*store), pending) << "the batch stays";
  EXPECT_THAT(records_of(*store), IsEmpty()) << "not yet committed";
  must(store->commit());
  EXPECT_EQ(records_of(*store), pending);
  EXPECT_THAT(pending_of(*store), IsEmpty());
}

// Some hundred bills of some persons, one with so many that they are kept as a book.
void send_bills(Desk& desk, int from, int until) {
  for (int i = from; i < until; ++i) {
    Settlement settlement = bill("jixi", {.setl_id = "S" + std::to_string(i), .medfee = "700"});
    settlement.psn_no = i % 2 == 0 ? "P0" : "P" + std::to_string(i % 7);
    desk.send(settlement);
    if (i % 10 != 1) continue;
    Settlement reversal = turned_round(settlement, "R" + std::to_string(i));
    reversal.text(Text::kInitSetlId) = settlement.setl_id;
    desk.send(reversal);
  }
}

TEST(StoreLedger, RecordsMakeAnotherStoreEqual) {
  Desk desk;
  send_bills(desk, 0, 700);
  desk.commit();
  const TemporaryFolder folder;
  const auto copy = must(open_as(folder.path(), Durability::kLedger));
  must(copy->restore(writes_of(records_of(desk.store()))));
  must(copy->commit());
  const Records all = records_of(desk.store());
  EXPECT_EQ(records_of(*copy), all);
  std::string last;
  for (const Record& record : all) {
    std::string next;
    must(copy->records(last, [&](const StoreWrite& write) {
      next = write.key;
      return false;
    }));
    ASSERT_EQ(next, record.key) << "the first after `" << last << "`";
    last = record.key;
  }
  EXPECT_EQ(must(copy->person("P0")), desk.person("P0"));
}

// The batches of one, one after the other, put into another that reads in between: nothing it
// remembers may stand in the way.
TEST(StoreLedger, FollowsAnotherStoreBatchByBatch) {
  Desk desk;
  const TemporaryFolder folder;
  const auto follower = must(open_as(folder.path(), Durability::kLedger));
  const auto settlements_of_p0 = [](Store& store) {
    std::size_t settlements = 0;
    must(store.items("P0", [&](const LedgerItem&) { ++settlements; }));
    return settlements;
  };
  for (int batch = 0; batch < 8; ++batch) {
    send_bills(desk, batch * 100, batch * 100 + 100);
    must(desk.engine().flush());
    must(follower->restore(writes_of(pending_of(desk.store()))));
    must(follower->commit());
    must(desk.store().commit());
    EXPECT_EQ(must(follower->person("P0")), desk.person("P0"));
    EXPECT_EQ(settlements_of_p0(*follower), settlements_of_p0(desk.store()));
  }
  EXPECT_EQ(records_of(*follower), records_of(desk.store()));
}

// Every few commits those before are written, on a thread of its own: no read may see a difference.
TEST(StoreLedger, IsReadWhileItIsWritten) {
  constexpr int kCommits = 400;
  constexpr int kNotes = 50;
  const TemporaryFolder folder;
  StoreOptions options;
  options.durability = Durability::kLedger;
  options.memtable_bytes = 64 << 10;
  const auto store = must(Store::open(folder.path(), Store::Mode::kWriter, options));
  std::map<std::string, std::string> notes;
  for (int commit = 0; commit < kCommits; ++commit) {
    std::string& note = notes["note" + std::to_string(commit % kNotes)];
    note = std::to_string(commit) + std::string(4000, 'n');
    store->put_note("note" + std::to_string(commit % kNotes), note);
    store->put_entry("P1", "S" + std::to_string(commit), entry_of("1"));
    must(store->commit());
    for (const auto& [name, bytes] : notes)
      ASSERT_EQ(must(store->note(name)), bytes) << commit;
    int entries = 0;
    must(store->items("P1", [&](const LedgerItem&) { ++entries; }));
    ASSERT_EQ(entries, commit + 1);
  }
  EXPECT_EQ(records_of(*store).size(), notes.size() + kCommits);
}

// So many are looked up that the store reads all persons it has into memory, in between the batches
// that it takes over from another.
TEST(StoreLedger, KnowsWhoIsThereHoweverManyWereAskedFor) {
  constexpr int kAtOnce = 3000;
  const std::string zero = fmt::format("P{:020}", 0);
  const TemporaryFolder folder;
  const TemporaryFolder other_folder;
  const auto store = must(open_as(folder.path(), Durability::kLedger));
  const auto other = must(open_as(other_folder.path(), Durability::kLedger));
  const auto look_at_all = [&](int there) {
    for (int i = 0; i < there + kAtOnce; ++i)
      ASSERT_EQ(must(store->person(fmt::format("P{:020}", i))).has_value(), i < there) << i;
  };
  for (int there = kAtOnce; there <= 3 * kAtOnce; there += kAtOnce) {
    for (int i = there - kAtOnce; i < there; ++i)
      other->put_person(state_of(fmt::format("P{:020}", i), 1));
    must(store->restore(writes_of(pending_of(*other))));
    must(other->commit());
    look_at_all(there);
    must(store->commit());
    look_at_all(there);
    store->put_person(state_of(zero, there));
    look_at_all(there);
    EXPECT_EQ(must(store->person(zero)), state_of(zero, there));
    if (there == 2 * kAtOnce) {
      store->discard();
      EXPECT_EQ(must(store->person(zero)), state_of(zero, kAtOnce)) << "as it was committed";
      look_at_all(there);
    } else {
      must(store->commit());
    }
  }
}

TEST(StoreLedger, ADeletionThatIsRestoredHidesAndThenRemovesWhatWasThere) {
  const TemporaryFolder folder;
  const auto store = must(open_as(folder.path(), Durability::kLedger));
  store->put_entry("P1", "S1", entry_of("100"));
  store->put_entry("P1", "S2", entry_of("200"));
  store->put_person(state_of("P1", 2));
  must(store->commit());
  const std::string entry("lP1\0\1S1\0\1\0", 10);
  const std::string person("pP1\0\1", 5);
  must(store->restore(std::vector<StoreWrite>{{entry, std::nullopt}, {person, std::nullopt}}));
  for (const char* when : {"pending", "committed"}) {
    SCOPED_TRACE(when);
    EXPECT_EQ(must(store->person("P1")), std::nullopt);
    EXPECT_FALSE(must(store->item("P1", "S1")).has_value());
    std::vector<std::string> ids;
    must(store->items("P1", [&](const LedgerItem& item) { ids.push_back(item.content.setl_id); }));
    EXPECT_THAT(ids, ElementsAre("S2"));
    must(store->commit());
  }
  EXPECT_EQ(records_of(*store).size(), 1U);
}

TEST(StoreLedger, AKeyThatIsNoneIsRefused) {
  const TemporaryFolder folder;
  const auto store = must(open_as(folder.path(), Durability::kLedger));
  for (const char* key : {"", "x", "l", "lP1", "pP1", "rP1"}) {
    const auto restored = store->restore(std::vector<StoreWrite>{{key, "value"}});
    ASSERT_FALSE(restored.has_value()) << key;
    EXPECT_EQ(restored.error().code, ErrorCode::kInput);
    EXPECT_THAT(restored.error().message, HasSubstr("none of a store"));
  }
}

TEST(StoreLedger, AReaderSeesWhatWasFlushed) {
  const TemporaryFolder folder;
  const auto writer = must(open_as(folder.path(), Durability::kLedger));
  writer->put_note("greeting", "hello");
  must(writer->commit());
  EXPECT_EQ(must(open_store(folder.path(), Store::Mode::kReader)->note("greeting")), std::nullopt);
  must(writer->flush());
  EXPECT_EQ(must(open_store(folder.path(), Store::Mode::kReader)->note("greeting")), "hello");
}

// A table is written under another name and then becomes one of the store's; who is killed between
// the two steps leaves it with both names.
TEST(StoreLedger, ATableThatAKillLeftWithTwoNamesIsNotWrittenOver) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const auto commit_note = [&](const std::string& name) {
    const auto store = must(open_as(folder.path(), Durability::kLedger));
    store->put_note(name, "of " + name);
    must(store->commit());
    must(store->flush());
  };
  commit_note("first");
  std::vector<fs::path> tables;
  for (const fs::directory_entry& file : fs::directory_iterator(folder.path())) {
    if (file.path().extension() == ".sst") tables.push_back(file.path());
  }
  for (const fs::path& table : tables) {
    fs::remove(fs::path(folder.path()) / "default.coming");
    fs::create_hard_link(table, fs::path(folder.path()) / "default.coming");
    commit_note(table.filename().string());
  }
  const auto store = must(open_as(folder.path(), Durability::kLedger));
  must(store->verify_checksums());
  EXPECT_EQ(must(store->note("first")), "of first");
  for (const fs::path& table : tables)
    EXPECT_EQ(must(store->note(table.filename().string())), "of " + table.filename().string());
}

TEST(StoreLedger, AStoreMadeForTheOtherDurabilityIsRefused) {
  struct Case {
    Durability made;
    Durability opened;
    const char* belongs_to;
  };
  for (const Case& one :
       {Case{Durability::kLog, Durability::kLedger, "belongs to a run that reads files"},
        Case{Durability::kLedger, Durability::kLog, "belongs to a run that reads Kafka"}}) {
    const TemporaryFolder folder;
    must(open_as(folder.path(), one.made));
    const auto opened = open_as(folder.path(), one.opened);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, ErrorCode::kConfiguration);
    EXPECT_THAT(opened.error().message, HasSubstr(one.belongs_to));
    EXPECT_THAT(opened.error().message, HasSubstr("another `store`"));
    must(open_as(folder.path(), one.made));
  }
}

}  // namespace
}  // namespace yujing::monitor

#include "monitor/store.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using thresholds::Error;
using thresholds::ErrorCode;

Entry entry_of(const char* medfee, std::uint32_t seq = 0) {
  Entry entry;
  entry.seq = seq;
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

std::vector<std::string> person_numbers(Store& store, std::string_view after = {}) {
  std::vector<std::string> numbers;
  must(store.persons(after, [&](const PersonState& state) {
    numbers.push_back(state.psn_no);
    return true;
  }));
  return numbers;
}

Error error_of_opening(const std::string& path, Store::Mode mode) {
  thresholds::Result<std::unique_ptr<Store>> store = Store::open(path, mode);
  CHECK(!store.has_value());
  return store.error();
}

TEST(Store, ReadsSeeWhatIsPendingBeforeItIsCommitted) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path());
  store->put_person(state_of("P1", 4));
  store->put_entry("P1", "S1", entry_of("100"));
  store->put_entry("P1", "S1", entry_of("200", 1));
  store->put_entry("P1", "S2", entry_of("300"));
  store->put_entry("P10", "S1", entry_of("900"));
  store->put_reversal("P1", ReversalKey::kById, "S1", "R2");
  store->put_reversal("P1", ReversalKey::kById, "S1", "R1");
  store->put_reversal("P1", ReversalKey::kByVisit, "S1", "R3");
  store->put_note("greeting", "hello");

  EXPECT_EQ(must(store->person("P1")), state_of("P1", 4));
  EXPECT_EQ(must(store->item("P1", "S1"))->content.amount(Amount::kMedfee), yuan("200"));
  EXPECT_EQ(must(store->item("P1", "S1"))->next_seq, 2U);
  std::vector<std::string> ids;
  must(store->items("P1", [&](const LedgerItem& item) { ids.push_back(item.content.setl_id); }));
  EXPECT_THAT(ids, ElementsAre("S1", "S2"));
  EXPECT_THAT(must(store->reversals("P1", ReversalKey::kById, "S1")), ElementsAre("R1", "R2"));
  EXPECT_THAT(must(store->reversals("P1", ReversalKey::kByVisit, "S1")), ElementsAre("R3"));
  EXPECT_EQ(must(store->note("greeting")), "hello");
  EXPECT_THAT(person_numbers(*store), IsEmpty()) << "a walk over all sees what is committed";
}

TEST(Store, PendingChangesLieOverCommittedOnes) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path());
  store->put_entry("P1", "S1", entry_of("100"));
  store->put_person(state_of("P1", 1));
  must(store->commit());
  store->put_entry("P1", "S1", entry_of("200", 1));
  store->put_person(state_of("P1", 2));
  EXPECT_EQ(must(store->item("P1", "S1"))->content.amount(Amount::kMedfee), yuan("200"));
  EXPECT_EQ(must(store->person("P1")), state_of("P1", 2));
}

TEST(Store, WhatNobodyPutIsNotThere) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path());
  store->put_entry("P1", "S1", entry_of("100"));
  EXPECT_EQ(must(store->person("P1")), std::nullopt);
  EXPECT_FALSE(must(store->item("P1", "S")).has_value());
  EXPECT_FALSE(must(store->item("P", "S1")).has_value());
  EXPECT_THAT(must(store->reversals("P1", ReversalKey::kById, "S1")), IsEmpty());
  EXPECT_EQ(must(store->note("greeting")), std::nullopt);
}

TEST(Store, ACommitIsThereAfterTheStoreIsOpenedAgainAndNothingElse) {
  const TemporaryFolder folder;
  {
    const auto store = open_store(folder.path());
    store->put_person(state_of("P1", 1));
    store->put_entry("P1", "S1", entry_of("100"));
    must(store->commit());
    store->put_person(state_of("P1", 2));
    store->put_person(state_of("P2", 1));
  }
  const auto store = open_store(folder.path());
  EXPECT_EQ(must(store->person("P1")), state_of("P1", 1));
  EXPECT_THAT(person_numbers(*store), ElementsAre("P1"));
  EXPECT_EQ(must(store->item("P1", "S1"))->content, entry_of("100").content);
}

// Those of a store that is opened again are read ahead once some were asked for.
TEST(Store, PersonsReadAheadAreAsTheyWereCommittedOrPutSince) {
  const TemporaryFolder folder;
  constexpr int kPersons = 64;
  const auto psn_no = [](int number) { return "P" + std::to_string(number); };
  {
    const auto store = open_store(folder.path());
    for (int i = 0; i < kPersons; ++i)
      store->put_person(state_of(psn_no(i), i));
    must(store->commit());
  }
  const auto store = open_store(folder.path());
  store->put_person(state_of(psn_no(5), 500));
  store->put_person(state_of("Q1", 1));
  for (const int round : {1, 2}) {
    for (int i = kPersons; i-- > 0;)
      EXPECT_EQ(must(store->person(psn_no(i))), state_of(psn_no(i), i == 5 ? 500 : i)) << round;
    EXPECT_EQ(must(store->person("Q1")), state_of("Q1", 1));
    EXPECT_EQ(must(store->person("Q2")), std::nullopt);
    must(store->commit());
  }
}

TEST(Store, AWalkGoesInOrderFromAPersonAndStopsWhenTold) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path());
  for (const char* psn_no : {"P2", "P10", "P1", "P3"}) {
    store->put_person(state_of(psn_no, 1));
    store->put_entry(psn_no, "S1", entry_of("100"));
  }
  must(store->commit());
  EXPECT_THAT(person_numbers(*store), ElementsAre("P1", "P10", "P2", "P3"));
  EXPECT_THAT(person_numbers(*store, "P10"), ElementsAre("P2", "P3"));
  EXPECT_THAT(person_numbers(*store, "P15"), ElementsAre("P2", "P3")) << "need not be there";
  std::vector<std::string> seen;
  must(store->entries({}, [&](std::string_view psn_no, std::string_view, const Entry&) {
    seen.emplace_back(psn_no);
    return seen.size() < 2;
  }));
  EXPECT_THAT(seen, ElementsAre("P1", "P10"));
  seen.clear();
  must(store->entries("P10", [&](std::string_view psn_no, std::string_view, const Entry&) {
    seen.emplace_back(psn_no);
    return true;
  }));
  EXPECT_THAT(seen, ElementsAre("P2", "P3"));
}

TEST(Store, ASettlementOfManyEntriesIsFoldedInTheirOrder) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path());
  for (std::uint32_t seq = 0; seq < 300; ++seq) {
    store->put_entry("P1", "S1", entry_of(std::to_string(seq).c_str(), seq));
  }
  must(store->commit());
  const std::optional<LedgerItem> item = must(store->item("P1", "S1"));
  EXPECT_EQ(item->content.amount(Amount::kMedfee), yuan("299"));
  EXPECT_EQ(item->next_seq, 300U);
}

TEST(Store, AReaderBesideTheWriterSeesTheLastCommit) {
  const TemporaryFolder folder;
  const auto writer = open_store(folder.path());
  writer->put_person(state_of("P1", 1));
  must(writer->commit());
  writer->put_person(state_of("P2", 1));
  const auto reader = open_store(folder.path(), Store::Mode::kReader);
  EXPECT_THAT(person_numbers(*reader), ElementsAre("P1"));
  must(writer->commit());
  EXPECT_THAT(person_numbers(*reader), ElementsAre("P1")) << "it stays what it was";
  const auto later = open_store(folder.path(), Store::Mode::kReader);
  EXPECT_THAT(person_numbers(*later), ElementsAre("P1", "P2"));
  must(later->verify_checksums());
}

TEST(Store, ASecondWriterIsRefused) {
  const TemporaryFolder folder;
  const auto writer = open_store(folder.path());
  const Error error = error_of_opening(folder.path(), Store::Mode::kWriter);
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("in use by another process"));
  EXPECT_THAT(error.message, HasSubstr(folder.path()));
}

TEST(Store, AStoreOfAnotherFormatIsRefused) {
  for (const char* format : {"1", "3"}) {
    const TemporaryFolder folder;
    {
      const auto store = open_store(folder.path());
      EXPECT_EQ(must(store->note("format")), "2");
      store->put_note("format", format);
      must(store->commit());
    }
    for (const Store::Mode mode : {Store::Mode::kWriter, Store::Mode::kReader}) {
      const Error error = error_of_opening(folder.path(), mode);
      EXPECT_EQ(error.code, ErrorCode::kConfiguration);
      EXPECT_THAT(error.message, HasSubstr("format " + std::string(format)));
      EXPECT_THAT(error.message, HasSubstr("another `store`"));
    }
  }
}

TEST(Store, AReaderNeedsAStore) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/none";
  const Error error = error_of_opening(path, Store::Mode::kReader);
  EXPECT_EQ(error.code, ErrorCode::kConfiguration);
  EXPECT_THAT(error.message, HasSubstr("yujing run"));
  EXPECT_FALSE(std::filesystem::exists(path)) << "asking makes none";
}

TEST(Store, AFolderThatCannotBeMadeIsSaid) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() + "/file") << "in the way";
  const Error error = error_of_opening(folder.path() + "/file/store", Store::Mode::kWriter);
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("cannot be made"));
}

// Tables are written more slowly than so little memory fills, so sooner or later a commit waits.
TEST(Store, SaysHowLongCommitsWaited) {
  for (const Durability durability : {Durability::kLog, Durability::kLedger}) {
    SCOPED_TRACE(static_cast<int>(durability));
    const TemporaryFolder folder;
    StoreOptions options;
    options.durability = durability;
    options.memtable_bytes = 64U << 10;
    const auto opened = Store::open(folder.path() + "/store", Store::Mode::kWriter, options);
    ASSERT_TRUE(opened.has_value());
    Store& store = **opened;
    EXPECT_EQ(store.write_stall(), std::chrono::microseconds(0));
    const std::string large(256U << 10, 'x');
    for (int i = 0; i < 10'000 && store.write_stall() == std::chrono::microseconds(0); ++i) {
      store.put_note("note", large);
      ASSERT_TRUE(store.commit().has_value());
    }
    EXPECT_GT(store.write_stall(), std::chrono::microseconds(0));
  }
}

TEST(Store, AWordLikeLockInThePathMisleadsNobody) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/clock";
  { const auto store = open_store(path); }
  // The manifest that CURRENT names is gone.
  std::ofstream(path + "/CURRENT") << "MANIFEST-999999\n";
  EXPECT_THAT(error_of_opening(path, Store::Mode::kWriter).message,
              Not(HasSubstr("in use by another process")));
}

}  // namespace
}  // namespace yujing::monitor

// The disk fills, turns read-only or breaks at any moment, the power is cut or the process killed:
// a store says so, and what it holds afterwards is what some commit left, never less than the last
// one that was confirmed. Without a log, a flush confirms.
#include <map>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/desk.h"
#include "tests/monitor/faulty_files.h"

namespace yujing::monitor {
namespace {

using rocksdb::IOStatus;
using testing::AllOf;
using testing::HasSubstr;
using thresholds::Error;
using thresholds::ErrorCode;
using thresholds::Result;

constexpr int kBatches = 40;
constexpr int kEntries = 60;  // of a batch
constexpr int kPersons = 5;
constexpr std::uint32_t kSeeds = 20;
constexpr std::uint64_t kTroubles = 40;
constexpr std::size_t kNoteBytes = 16'000;
constexpr std::size_t kMemtableBytes = 64 << 10;  // tables are written and merged every few batches
constexpr int kBatchesOfAFlush = 9;               // without a log
constexpr Durability kDurabilities[] = {Durability::kLog, Durability::kLedger};

const char* name_of(Durability durability) {
  return durability == Durability::kLog ? "with a log" : "without a log";
}

std::string person_of(int batch) { return "P" + std::to_string(batch % kPersons); }
std::string note_of(int batch) {
  return std::to_string(batch) + std::string(kNoteBytes, static_cast<char>('a' + batch % 26));
}

Result<void> commit_batch(Store& store, int batch) {
  for (int i = 0; i < kEntries; ++i) {
    Entry entry;
    entry.counts = true;
    entry.content = bill("jixi", {.medfee = std::to_string(batch)});
    store.put_entry(person_of(batch), std::to_string(batch) + "-" + std::to_string(i), entry);
  }
  PersonState state;
  state.psn_no = person_of(batch);
  state.year_of(2303, 2026).account.totals.settlements = batch;
  store.put_person(state);
  store.put_note("batch", note_of(batch));
  return store.commit();
}

// How many batches are in the store, which is all of each and nothing else.
int batches_in(Store& store) {
  const std::string note = must(store.note("batch")).value_or("");
  const int batches = note.empty() ? 0 : std::stoi(note) + 1;
  EXPECT_EQ(note, batches == 0 ? "" : note_of(batches - 1));

  std::map<std::string, std::string> expected;
  std::map<std::string, std::int64_t> last;
  for (int batch = 0; batch < batches; ++batch) {
    for (int i = 0; i < kEntries; ++i)
      expected[person_of(batch) + " " + std::to_string(batch) + "-" + std::to_string(i)] =
          std::to_string(batch);
    last[person_of(batch)] = batch;
  }
  std::map<std::string, std::string> entries;
  must(
      store.entries({}, [&](std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
        entries[std::string(psn_no) + " " + std::string(setl_id)] =
            std::to_string(entry.content.amount(Amount::kMedfee).fen / 100);
        return true;
      }));
  EXPECT_TRUE(entries == expected) << batches << " batches, " << entries.size() << " entries";
  std::map<std::string, std::int64_t> persons;
  must(store.persons({}, [&](const PersonState& state) {
    persons[state.psn_no] = state.years.front().account.totals.settlements;
    return true;
  }));
  EXPECT_EQ(persons, last);
  must(store.verify_checksums());
  return batches;
}

struct Progress {
  int confirmed = 0;  // batches
  std::optional<Error> error;
};

Result<std::unique_ptr<Store>> open_small(const std::string& path, Durability durability,
                                          const std::shared_ptr<FaultyFiles>& files = nullptr) {
  StoreOptions options;
  options.durability = durability;
  options.memtable_bytes = kMemtableBytes;
  options.files = files;
  return Store::open(path, Store::Mode::kWriter, options);
}

// Opens the store and commits what is still missing, as far as it goes.
Progress run(const std::string& path, Durability durability,
             const std::shared_ptr<FaultyFiles>& files, int from) {
  Progress progress{from, std::nullopt};
  Result<std::unique_ptr<Store>> store = open_small(path, durability, files);
  if (!store) {
    progress.error = store.error();
    return progress;
  }
  for (int batch = batches_in(**store); batch < kBatches && !progress.error;) {
    Result<void> done = commit_batch(**store, batch);
    if (done) ++batch;
    const bool to_confirm = batch % kBatchesOfAFlush == 0 || batch == kBatches;
    if (done && durability == Durability::kLedger && to_confirm) done = (*store)->flush();
    if (!done)
      progress.error = done.error();
    else if (durability == Durability::kLog || to_confirm)
      progress.confirmed = batch;
  }
  return progress;
}

// What the store holds when it is opened again without faults. All that was confirmed is there.
int recovered(const std::string& path, Durability durability, int confirmed) {
  const auto store = must(open_small(path, durability));
  const int batches = batches_in(*store);
  EXPECT_GE(batches, confirmed);
  return batches;
}

struct Place {
  TemporaryFolder store;
  TemporaryFolder attic;
  [[nodiscard]] std::shared_ptr<FaultyFiles> files(std::uint32_t seed = 0) const {
    return std::make_shared<FaultyFiles>(attic.path(), seed);
  }
};

std::uint64_t changes_of_a_run(Durability durability) {
  const Place place;
  const auto files = place.files();
  EXPECT_EQ(run(place.store.path(), durability, files, 0).confirmed, kBatches);
  return files->changes();
}

struct Trouble {
  IOStatus status;
  const char* advice;
};

std::vector<Trouble> troubles() {
  return {
      {IOStatus::NoSpace("While appending to file: a.sst", "No space left on device"), "make room"},
      {IOStatus::IOError("While appending to file: a.sst", "File too large"), "make room"},
      {IOStatus::IOError("While appending to file: a.sst", "Read-only file system"),
       "make it writable"},
      {IOStatus::IOError("While fdatasync: a.sst", "Input/output error"), "check the disk"}};
}

void expect_trouble_is_said(Durability durability) {
  const std::uint64_t changes = changes_of_a_run(durability);
  const std::vector<Trouble> all = troubles();
  ASSERT_GT(changes, 100U);
  // Not all of them: the library lets a second pass when it cannot write a table.
  const std::uint64_t step = changes / kTroubles;
  for (std::uint64_t number = 0; number < changes; number += step) {
    SCOPED_TRACE("change " + std::to_string(number) + " fails");
    const Trouble& trouble = all[number / step % all.size()];
    const Place place;
    const auto files = place.files(static_cast<std::uint32_t>(number));
    files->fail_from(number, trouble.status);
    int confirmed = 0;
    for (int start = 0; start < 2; ++start) {  // the second one finds no room either
      const Progress stopped = run(place.store.path(), durability, files, confirmed);
      confirmed = stopped.confirmed;
      if (!stopped.error) break;  // the merging of tables at the end took fewer changes this time
      EXPECT_EQ(stopped.error->code, ErrorCode::kUnavailable);
      EXPECT_THAT(stopped.error->message, AllOf(HasSubstr("store " + place.store.path()),
                                                HasSubstr("a.sst"), HasSubstr(trouble.advice)));
    }
    confirmed = recovered(place.store.path(), durability, confirmed);
    EXPECT_EQ(run(place.store.path(), durability, place.files(), confirmed).confirmed, kBatches);
    EXPECT_EQ(recovered(place.store.path(), durability, kBatches), kBatches);
  }
}

TEST(StoreDisk, TroubleAtAnyChangeIsSaidAndLosesNothing) {
  expect_trouble_is_said(Durability::kLog);
}
TEST(StoreDisk, TroubleAtAnyChangeIsSaidAndLosesNothingWithoutALog) {
  expect_trouble_is_said(Durability::kLedger);
}

// Any change can be the last one, those of a start that mends what the cut before it left too.
TEST(StoreDisk, APowerCutLeavesWhatSomeCommitLeft) {
  for (const Durability durability : kDurabilities) {
    const std::uint64_t changes = changes_of_a_run(durability);
    for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE(std::string(name_of(durability)) + ", seed " + std::to_string(seed));
      std::mt19937 random(seed);
      const Place place;
      int confirmed = 0;
      for (std::uint64_t until = changes; until > 0 && !HasFailure(); until /= 8) {
        const auto files = place.files(static_cast<std::uint32_t>(random()));
        files->fail_from(random() % until, IOStatus::IOError("the power is cut"));
        const Progress cut = run(place.store.path(), durability, files, confirmed);
        files->cut_power();
        confirmed = cut.confirmed;
      }
      const int batches = recovered(place.store.path(), durability, confirmed);
      EXPECT_EQ(run(place.store.path(), durability, place.files(), batches).confirmed, kBatches);
      EXPECT_EQ(recovered(place.store.path(), durability, kBatches), kBatches);
    }
  }
}

// Tables are written now and then while commits go on: what is there afterwards is some commit of
// the middle, whole. Of so many commits most must be in tables before the last ones find room.
TEST(StoreDisk, AStoreWithoutALogThatIsKilledIsWhatAnEarlierCommitLeft) {
  constexpr int kManyBatches = 5 * kBatches;
  const TemporaryFolder folder;
  {
    const auto store = must(open_small(folder.path(), Durability::kLedger));
    for (int batch = 0; batch < kManyBatches; ++batch)
      must(commit_batch(*store, batch));
  }
  const int batches = recovered(folder.path(), Durability::kLedger, 0);
  EXPECT_GT(batches, 0);
  EXPECT_LE(batches, kManyBatches);
}

}  // namespace
}  // namespace yujing::monitor

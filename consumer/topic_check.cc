#include "consumer/topic_check.h"

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "consumer/ledger_record.h"
#include "monitor/store_keys.h"

namespace yujing::consumer {

using monitor::Store;
using monitor::StoreWrite;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// A folder that goes, with all in it, when the object does.
class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> make(const std::string& room) {
    std::string path = (std::filesystem::path(room) / "yujing-topic-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) {
      return fail(
          ErrorCode::kUnavailable,
          fmt::format("{}: no folder can be made here for a copy of the topic; name another "
                      "place in TMPDIR",
                      room));
    }
    return std::unique_ptr<Scratch>(new Scratch(std::move(path)));
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] Result<std::unique_ptr<Store>> store(const char* name) const {
    monitor::StoreOptions how;
    how.durability = monitor::Durability::kLedger;
    how.memtable_bytes = 16U << 20;
    how.cache_bytes = 64U << 20;
    return Store::open((std::filesystem::path(path_) / name).string(), Store::Mode::kWriter, how);
  }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// The records of a store one after the other, but for the offset it stands for.
class RecordWalk {
 public:
  explicit RecordWalk(Store& store) : store_(store) {}

  Result<void> next() {
    if (++at_ < records_.size()) return {};
    std::string after = records_.empty() ? std::string() : std::move(records_.back().key);
    records_.clear();
    at_ = 0;
    return store_.records(after, [&](const StoreWrite& write) {
      if (write.key.substr(1) != kKafkaLedgerNote || write.key.front() != 'n')
        records_.push_back({std::string(write.key), std::string(write.value.value_or(""))});
      return records_.size() < kPieceRecords;
    });
  }
  [[nodiscard]] bool ended() const { return at_ >= records_.size(); }
  [[nodiscard]] const std::string& key() const { return records_[at_].key; }
  [[nodiscard]] const std::string& value() const { return records_[at_].value; }

 private:
  static constexpr std::size_t kPieceRecords = 1024;
  struct Record {
    std::string key;
    std::string value;
  };
  Store& store_;
  std::vector<Record> records_;
  std::size_t at_ = 0;
};

std::string words_of(std::string_view key) {
  const std::string_view own = key.substr(1);
  switch (key.front()) {
    case 'l': {
      const monitor::EntryKey entry = monitor::split_entry_key(own);
      return fmt::format("person {}, settlement {}: entry {}", entry.psn_no, entry.setl_id,
                         entry.seq);
    }
    case 'p':
      return fmt::format("person {}: the account", monitor::split_person_key(own));
    case 'r': {
      const monitor::ReversalParts parts = monitor::split_reversal_key(own);
      return fmt::format("person {}, settlement {}: the index entry of a reversal",
                         monitor::split_person_key(own), parts.setl_id);
    }
    default:
      return fmt::format("the note `{}`", own);
  }
}

// Reads the stores side by side: what is kept, what the topic says, and what it said later than
// the store stands for.
Result<void> compare(Store& kept_store, Store& topic_store, Store& later_store, TopicCheck& check) {
  RecordWalk kept(kept_store);
  RecordWalk topic(topic_store);
  RecordWalk later(later_store);
  for (RecordWalk* walk : {&kept, &topic, &later}) {
    if (auto done = walk->next(); !done) return done;
  }
  while (!kept.ended() || !topic.ended()) {
    const bool is_kept = !kept.ended() && (topic.ended() || kept.key() <= topic.key());
    const bool is_topic = !topic.ended() && (kept.ended() || topic.key() <= kept.key());
    const std::string key = is_kept ? kept.key() : topic.key();
    while (!later.ended() && later.key() < key) {
      if (auto done = later.next(); !done) return done;
    }
    if (!later.ended() && later.key() == key) {
      ++check.left_out;
    } else {
      ++check.records;
      const char* const what = !is_topic                       ? "is not on the topic"
                               : !is_kept                      ? "is on the topic alone"
                               : kept.value() != topic.value() ? "is another on the topic"
                                                               : nullptr;
      if (what != nullptr && ++check.difference_count <= kTopicDifferencesMax)
        check.differences.push_back(words_of(key) + " " + what);
    }
    if (is_kept) {
      if (auto done = kept.next(); !done) return done;
    }
    if (is_topic) {
      if (auto done = topic.next(); !done) return done;
    }
  }
  return {};
}

}  // namespace

Result<std::optional<TopicCheck>> check_against_topic(LedgerReader& reader, std::int32_t partition,
                                                      Store& store, const std::string& room,
                                                      const LedgerReader::GoOn& go_on) {
  TopicCheck check;
  const auto note = store.note(kKafkaLedgerNote);
  if (!note) return tl::unexpected(note.error());
  const std::string stands_for = note->value_or("0");
  check.stands_for = std::strtoll(stands_for.c_str(), nullptr, 10);
  const auto bounds = reader.bounds(partition, [&] { return go_on({}); });
  if (!bounds) return tl::unexpected(bounds.error());
  if (!*bounds) return std::optional<TopicCheck>();
  check.end = (*bounds)->decided;

  const auto scratch = Scratch::make(room);
  if (!scratch) return tl::unexpected(scratch.error());
  auto topic = (*scratch)->store("topic");
  auto later = topic ? (*scratch)->store("later") : tl::unexpected(topic.error());
  if (!later) return tl::unexpected(std::move(later.error()));
  (*later)->put_note(kKafkaLedgerNote, stands_for);
  if (auto done = (*later)->commit(); !done) return tl::unexpected(std::move(done.error()));
  for (Store* copy : {later->get(), topic->get()}) {
    const auto done = reader.restore(partition, *copy, check.end, go_on);
    if (!done) return tl::unexpected(done.error());
    if (done->reached < check.end) return std::optional<TopicCheck>();
  }
  if (auto done = compare(store, **topic, **later, check); !done)
    return tl::unexpected(std::move(done.error()));
  return std::optional<TopicCheck>(std::move(check));
}

}  // namespace yujing::consumer

#include "consumer/kafka_partition.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace yujing::consumer {

namespace fs = std::filesystem;
using monitor::Engine;
using monitor::Store;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

std::string position_note(const KafkaPositionNote& note) {
  return fmt::format("{} {} {} {} {}", note.cluster, note.partition,
                     note.next[KafkaInput::kSettlements], note.next[KafkaInput::kPersons],
                     note.next[KafkaInput::kDecisions]);
}

std::optional<KafkaPositionNote> read_position_note(std::string_view text) {
  KafkaPositionNote note;
  std::istringstream in{std::string(text)};
  in >> note.cluster >> note.partition;
  for (const KafkaInput input : kAllKafkaInputs)
    in >> note.next[input];
  if (!in || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return note;
}

namespace {

Result<std::unique_ptr<Store>> open_store(const KafkaPartition::Home& home) {
  monitor::StoreOptions options;
  options.memtable_bytes = home.memtable_bytes;
  options.cache_bytes = home.cache_bytes;
  options.durability = monitor::Durability::kLedger;
  return Store::open(home.folder, Store::Mode::kWriter, options);
}

// Why the store cannot be gone on with, or nothing.
Result<std::optional<std::string>> stranger(Store& store, const KafkaPartition::Home& home) {
  Result<std::optional<std::string>> position = store.note(kKafkaPositionNote);
  if (!position) return tl::unexpected(std::move(position.error()));
  if (!*position) {
    // Where a first restoring was cut short there is nothing to say whose it was.
    Result<std::optional<std::string>> offset = store.note(kKafkaLedgerNote);
    if (!offset) return tl::unexpected(std::move(offset.error()));
    if (*offset) return std::optional<std::string>("its restoring was cut short");
    return std::optional<std::string>();
  }
  const auto note = read_position_note(**position);
  if (!note) return std::optional<std::string>("its position cannot be read");
  if (note->cluster != home.cluster) {
    return std::optional(
        fmt::format("it is of the Kafka cluster {}, this is {}", note->cluster, home.cluster));
  }
  if (note->partition != home.number)
    return std::optional(fmt::format("it is of partition {}", note->partition));
  return std::optional<std::string>();
}

constexpr std::string_view kAside = ".aside";

Result<void> rename_folder(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::remove_all(to, failed);
  if (!failed) fs::rename(from, to, failed);
  if (!failed) return {};
  return fail(ErrorCode::kUnavailable, fmt::format("{}: cannot be renamed to {} ({})",
                                                   from.string(), to.string(), failed.message()));
}

}  // namespace

Result<void> KafkaPartition::set_aside(const std::string& stores,
                                       std::span<const std::int32_t> ours) {
  std::vector<fs::path> others;
  std::error_code failed;
  for (fs::directory_iterator at(stores, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::int32_t number = 0;
    const auto [last, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || last != name.data() + name.size()) continue;
    if (!std::ranges::binary_search(ours, number)) others.push_back(at->path());
  }
  for (const fs::path& folder : others) {
    Result<void> done = rename_folder(folder, fs::path(folder) += kAside);
    if (!done) return done;
  }
  return {};
}

Result<std::unique_ptr<KafkaPartition>> KafkaPartition::open(Home home, const Rules& rules,
                                                             const Notice& notice) {
  std::unique_ptr<KafkaPartition> partition(new KafkaPartition(std::move(home), rules));
  const Home& place = partition->home_;
  const std::string aside = place.folder + std::string(kAside);
  std::error_code ignored;
  if (fs::exists(aside, ignored) && !fs::exists(place.folder, ignored)) {
    Result<void> back = rename_folder(aside, place.folder);
    if (!back) return tl::unexpected(std::move(back.error()));
  }
  Result<std::unique_ptr<Store>> store = open_store(place);
  std::optional<std::string> why;
  if (store) {
    Result<std::optional<std::string>> strange = stranger(**store, place);
    if (strange) {
      why = *strange;
    } else {
      store = tl::unexpected(std::move(strange.error()));
    }
  }
  if (!store && store.error().code == ErrorCode::kInput) why = store.error().message;
  if (!store && !why) return tl::unexpected(std::move(store.error()));
  if (why) {
    notice(fmt::format("store {}: {}; it is made anew from the ledger topic", place.folder, *why));
    if (store) store->reset();
    std::error_code failed;
    fs::remove_all(place.folder, failed);
    if (failed) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("store {}: cannot be removed ({}); remove the folder and start again",
                              place.folder, failed.message()));
    }
    store = open_store(place);
    if (!store) return tl::unexpected(std::move(store.error()));
  }
  partition->store_ = std::move(*store);
  return partition;
}

Result<std::int64_t> KafkaPartition::ledger_offset() {
  Result<std::optional<std::string>> note = store_->note(kKafkaLedgerNote);
  if (!note) return tl::unexpected(std::move(note.error()));
  std::int64_t offset = 0;
  if (*note) std::from_chars((*note)->data(), (*note)->data() + (*note)->size(), offset);
  return offset;
}

Result<void> KafkaPartition::start() {
  Result<std::optional<std::string>> text = store_->note(kKafkaPositionNote);
  if (!text) return tl::unexpected(std::move(text.error()));
  has_position_ = text->has_value();
  committed_ = KafkaPositions();
  if (*text) {
    const auto note = read_position_note(**text);
    if (!note || note->cluster != home_.cluster || note->partition != home_.number) {
      return fail(ErrorCode::kInput,
                  fmt::format("the ledger topic, partition {}: what it holds is of another cluster "
                              "or partition (its position reads `{}`, this is {} {}); name the "
                              "right `kafka.ledger`",
                              home_.number, **text, home_.cluster, home_.number));
    }
    committed_ = note->next;
  }
  started_ = true;
  return discard();
}

Result<void> KafkaPartition::flush() {
  Result<void> done = engine_->flush();
  if (!done) return done;
  store_->put_note(kKafkaPositionNote, position_note({home_.cluster, home_.number, next}));
  return {};
}

Result<void> KafkaPartition::keep(std::int64_t ledger_offset) {
  store_->put_note(kKafkaLedgerNote, std::to_string(ledger_offset));
  Result<void> done = store_->commit();
  if (!done) return done;
  committed_ = next;
  has_position_ = true;
  dead_letters.clear();
  in_batch = false;
  return {};
}

Result<void> KafkaPartition::discard() {
  if (engine_ != nullptr) refolds_ += engine_->refolds();
  engine_.reset();
  store_->discard();
  engine_ = std::make_unique<Engine>(rules_.book, rules_.reference, *store_, rules_.alerts);
  next = committed_;
  dead_letters.clear();
  in_batch = false;
  return engine_->start();
}

}  // namespace yujing::consumer

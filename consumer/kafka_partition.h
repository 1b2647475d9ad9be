// One partition of the source: its store, its engine, and how far each of its inputs was read.
//
// The store holds what is committed to the ledger topic; what a batch changes lies in memory until
// Kafka has committed it. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/kafka_input.h"
#include "consumer/ledger_record.h"
#include "monitor/engine.h"
#include "monitor/refusal.h"
#include "monitor/store.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// What stands under kKafkaPositionNote.
struct KafkaPositionNote {
  std::string cluster;
  std::int32_t partition = 0;
  KafkaPositions next;
};
[[nodiscard]] std::string position_note(const KafkaPositionNote& note);
[[nodiscard]] std::optional<KafkaPositionNote> read_position_note(std::string_view text);

// A refused message on its way to the dead letters: all of it, as it came.
struct KafkaDeadLetter {
  std::optional<std::string> key;
  std::optional<std::string> value;
  KafkaHeaderTexts headers;  // its own, then those that say why it lies there
};

class KafkaPartition {
 public:
  struct Home {
    std::string folder;  // of this partition's store
    std::size_t memtable_bytes = 0;
    std::size_t cache_bytes = 0;
    std::string cluster;
    std::int32_t number = 0;
  };
  struct Rules {
    const thresholds::RuleBook& book;
    const thresholds::Reference& reference;
    monitor::AlertPort& alerts;
  };
  using Notice = std::function<void(const std::string&)>;

  // Opens the store, or a new one in the place of one that is damaged or of another cluster or
  // partition: the ledger topic holds all that was in it.
  [[nodiscard]] static thresholds::Result<std::unique_ptr<KafkaPartition>> open(
      Home home, const Rules& rules, const Notice& notice);

  // Of the stores in the folder `stores`, those of partitions that are not `ours` (ascending) are
  // set aside: who reads the folder does not see what another member goes on with. open() takes
  // them back. REQUIRES: none of them is open. Errors: kUnavailable.
  [[nodiscard]] static thresholds::Result<void> set_aside(const std::string& stores,
                                                          std::span<const std::int32_t> ours);

  [[nodiscard]] std::int32_t number() const { return home_.number; }
  [[nodiscard]] const std::string& folder() const { return home_.folder; }
  [[nodiscard]] monitor::Store& store() { return *store_; }
  // The ledger's offset that the store stands for (kKafkaLedgerNote); 0: of nothing yet.
  [[nodiscard]] thresholds::Result<std::int64_t> ledger_offset();
  // The store is brought forward past the engine.
  void restoring() { started_ = false; }

  // Takes up what the store holds: positions, statistics. Call when it was restored, before the
  // rest.
  [[nodiscard]] thresholds::Result<void> start();
  [[nodiscard]] bool is_started() const { return started_; }
  [[nodiscard]] bool has_position() const { return has_position_; }
  // Of a partition without a position: where its topics begin.
  void begin_at(const KafkaPositions& positions) { committed_ = next = positions; }
  [[nodiscard]] monitor::Engine& engine() { return *engine_; }

  // Next to be read: with what the batch in hand has read, and as committed.
  KafkaPositions next;
  [[nodiscard]] const KafkaPositions& committed() const { return committed_; }
  std::vector<KafkaDeadLetter> dead_letters;  // of the batch in hand
  bool in_batch = false;                      // something of it is in the batch in hand

  // Brings everything the batch touched into the store's batch, positions too.
  [[nodiscard]] thresholds::Result<void> flush();
  // Kafka has committed the batch up to `ledger_offset`: so does the store.
  [[nodiscard]] thresholds::Result<void> keep(std::int64_t ledger_offset);
  // The batch is nothing; all is as after the last keep().
  [[nodiscard]] thresholds::Result<void> discard();

  // Years folded again since the program started, for the metrics.
  [[nodiscard]] std::uint64_t refolds() const { return refolds_ + engine_->refolds(); }

 private:
  KafkaPartition(Home home, const Rules& rules) : home_(std::move(home)), rules_(rules) {}

  Home home_;
  Rules rules_;
  std::unique_ptr<monitor::Store> store_;
  std::unique_ptr<monitor::Engine> engine_;
  KafkaPositions committed_;
  bool started_ = false;
  bool has_position_ = false;
  std::uint64_t refolds_ = 0;  // of engines that are no more
};

}  // namespace yujing::consumer

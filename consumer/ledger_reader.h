// Brings stores forward from the ledger topic: what was committed there, copied.
//
// It has consumers of its own, which are in no group: they read what they are told, and go on
// living from one restore to the next. A broker that cannot be reached is waited for; errors are
// what waiting does not mend.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "consumer/kafka_options.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// How far a restore is.
struct RestoreProgress {
  std::uint64_t records = 0;  // copied
  std::int64_t from = 0;      // offsets
  std::int64_t reached = 0;
  std::int64_t end = 0;
};

class LedgerReader {
 public:
  // A line of the library's log; `level` as in syslog. On any thread.
  using Log = std::function<void(int level, std::string_view text)>;
  // Called after each batch and now and then while nothing comes; false: stop here.
  using GoOn = std::function<bool(const RestoreProgress&)>;

  // Talks to nobody yet.
  explicit LedgerReader(KafkaOptions options, Log log = {});
  ~LedgerReader();

  // Where a partition of the ledger topic begins and ends.
  struct Bounds {
    std::int64_t begin = 0;
    std::int64_t decided = 0;  // below lies nothing of a transaction that is still open
    std::int64_t end = 0;      // the high watermark
  };
  // Nullopt: `go_on` said so. kConfiguration or kUnavailable: there is no such topic or partition,
  // or no right to read it.
  [[nodiscard]] thresholds::Result<std::optional<Bounds>> bounds(
      std::int32_t partition, const std::function<bool()>& go_on);
  [[nodiscard]] thresholds::Result<std::optional<std::int32_t>> partition_count(
      const std::function<bool()>& go_on);

  // Copies the partition's committed records into `store`, from the offset the store stands for
  // (kKafkaLedgerNote, nothing: from the topic's begin) up to `end`; each batch is committed
  // together with the offset it reaches. Waits for transactions still open below `end`. `end` must
  // not lie within a transaction that commits later: it is Bounds::decided, or Bounds::end once
  // nobody else can commit. Returns how far it went: `reached` is `end`, unless `go_on` said stop.
  // kInput: the store stands for an offset that the topic does not hold (any more), or a record is
  // none of a ledger.
  [[nodiscard]] thresholds::Result<RestoreProgress> restore(std::int32_t partition,
                                                            monitor::Store& store, std::int64_t end,
                                                            const GoOn& go_on);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::consumer

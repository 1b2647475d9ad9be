// A copy of the whole ledger in a folder of its own, for programs that look persons up: kept by
// reading the ledger topic, so that the monitors that write to it do nothing for it.
//
// What catch_up() leaves is, in each partition, what some committed transaction left. The folder
// is laid out like a monitor's, and what was flushed can be read there by others. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/kafka_options.h"
#include "consumer/ledger_reader.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::consumer {

class Follower {
 public:
  struct Options {
    KafkaOptions kafka;
    std::string folder;                      // made where there is none
    std::size_t cache_bytes = 256ULL << 20;  // of all partitions together
    std::size_t memtable_bytes = 64ULL << 20;
  };

  // Talks to nobody yet.
  explicit Follower(Options options, LedgerReader::Log log = {});
  ~Follower();

  // Brings every partition to where its committed transactions end now; cheap when nothing was
  // written since. `go_on` hears how far a partition is. False: `go_on` said stop, what was copied
  // stays. Errors as of LedgerReader::restore and Store::open; a folder that is damaged or of a
  // topic that was made anew is to be removed: it is only a copy.
  using GoOn = std::function<bool(std::int32_t partition, const RestoreProgress& progress)>;
  [[nodiscard]] thresholds::Result<bool> catch_up(const GoOn& go_on);

  // Of the last catch_up(); nullopt: nothing is known of the person.
  [[nodiscard]] thresholds::Result<std::optional<monitor::PersonState>> person(
      std::string_view psn_no);
  // Every settlement of the person, in no order.
  [[nodiscard]] thresholds::Result<void> items(
      std::string_view psn_no, const std::function<void(const monitor::LedgerItem&)>& visit);

  // Brings the copy to the disk: the next start goes on from here. On a clean stop, and now and
  // then.
  [[nodiscard]] thresholds::Result<void> flush();

 private:
  [[nodiscard]] thresholds::Result<bool> open_stores(const GoOn& go_on);

  Options options_;
  LedgerReader reader_;
  std::vector<std::unique_ptr<monitor::Store>> stores_;  // by partition; empty before catch_up()
};

}  // namespace yujing::consumer

// The monitor in Kafka mode: reads three topics, lets the engine work, and commits alerts, dead
// letters, ledger and positions in one Kafka transaction; the local stores follow it. Killed at any
// instant and started again, here or elsewhere, it goes on as if nothing had happened
// (docs/exactly-once.md).
//
// One thread does everything; the observer's functions are called from it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "consumer/call_watch.h"
#include "consumer/kafka_input.h"
#include "consumer/kafka_options.h"
#include "consumer/monitor_observer.h"
#include "consumer/refusal_limit.h"
#include "monitor/ports.h"
#include "monitor/seal.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::consumer {

struct KafkaMonitorOptions {
  KafkaOptions kafka;
  std::string store;  // folder of the partitions' stores
  std::size_t memtable_bytes = 0;
  bool once = false;  // end where the topics ended at the start
  RefusalLimit refusals;
  const monitor::Seal* seal = nullptr;  // for the bytes of dead letters; null: they stay readable
};

// What an alert is on the wire besides its key and its data.
using AlertHeaders = std::function<KafkaHeaderTexts(const monitor::AlertMessage&)>;

struct KafkaLag {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t records = 0;
};

struct KafkaObserver {
  // Any may be empty.
  std::function<void(const std::vector<KafkaLag>&, double seconds)>
      lag;  // of what is assigned; the age of the oldest event that waits
  std::function<void(const char* result)> transaction;  // committed|aborted|in_doubt
  std::function<void()> rebalance;
  std::function<void(double seconds, std::uint64_t records)> restored;  // one partition
  std::function<void(const std::vector<std::int32_t>&)> stopped;        // for refusing too much
  std::function<void()> new_clients;
};

// Runs until `stop` becomes true, or once. Returns when everything read is committed. Errors leave
// stores and topics as of the last commit. `watch` is of the same `stop`.
[[nodiscard]] thresholds::Result<MonitorSummary> run_kafka_monitor(
    const thresholds::RuleBook& rules, const thresholds::Reference& reference,
    monitor::AlertPort& alerts, const AlertHeaders& headers, const KafkaMonitorOptions& options,
    const MonitorObserver& observer, const KafkaObserver& kafka, CallWatch& watch,
    const std::atomic<bool>& stop);

}  // namespace yujing::consumer

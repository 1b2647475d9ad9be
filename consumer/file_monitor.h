// The monitor in file mode: reads lines, lets the engine work, and commits state, position and the
// length of both output files in one atomic batch. Killed at any instant and started again it goes
// on as if nothing had happened (docs/exactly-once.md).
//
// Events are read and decoded on a thread of their own (event_feed.h), and a batch becomes durable
// on another while the next is worked on (file_transaction.h); everything else, the observer's
// functions among it, happens on the caller's thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <string_view>

#include "consumer/file_transaction.h"
#include "consumer/monitor_observer.h"
#include "monitor/ports.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// Notes in the store that readers beside the monitor look at.
inline constexpr std::string_view kPositionNote = "position";  // text: "PATH: line N, byte M"
inline constexpr std::string_view kEventsNote =
    "events";  // the same as FilePosition (record_file.h)

struct FileMonitorOptions {
  std::string store;
  std::size_t memtable_bytes = monitor::StoreOptions{}.memtable_bytes;
  // A batch ends where the number of its last line is a multiple of this, when it holds many bytes,
  // or when there is nothing more to read. Alerts are judged per batch: ends that hang on the file
  // alone, not on when the program was started, make a run after a kill say what the uninterrupted
  // run says.
  std::size_t batch_events = 262'144;
  std::string events;        // "-": standard input
  std::string persons;       // "": none
  std::string decisions;     // "" or not there: none
  std::string alerts;        // output
  std::string dead_letters;  // output
  bool follow = false;       // go on waiting at the end of the events
};

// Runs until the events are read to their end (unless following) or `stop` becomes true, and
// commits what it has. Errors leave the store as of the last commit.
[[nodiscard]] thresholds::Result<MonitorSummary> run_file_monitor(
    const thresholds::RuleBook& rules, const thresholds::Reference& reference,
    monitor::AlertPort& alerts, const RenderAlert& render, const FileMonitorOptions& options,
    const MonitorObserver& observer, const std::atomic<bool>& stop);

}  // namespace yujing::consumer

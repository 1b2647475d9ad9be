// The monitor in file mode: reads lines, lets the engine work, and commits state, position and the
// length of both output files in one atomic batch. Killed at any instant and started again it goes
// on as if nothing had happened (docs/exactly-once.md).
//
// Events are read and decoded on a thread of their own (event_feed.h), and a batch becomes durable
// on another while the next is worked on (file_transaction.h); everything else, the observer's
// functions among it, happens on the caller's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "consumer/file_transaction.h"
#include "monitor/ports.h"
#include "monitor/refusal.h"
#include "monitor/statistics.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// Notes in the store that readers beside the monitor look at.
inline constexpr std::string_view kPositionNote = "position";  // text: "PATH: line N, byte M"
inline constexpr std::string_view kEventsNote =
    "events";                                            // the same as FilePosition (record_file.h)
inline constexpr std::string_view kRulesNote = "rules";  // fingerprint of rules and figures

struct FileMonitorOptions {
  std::string store;
  std::size_t memtable_bytes = monitor::StoreOptions{}.memtable_bytes;
  std::string events;        // "-": standard input
  std::string persons;       // "": none
  std::string decisions;     // "" or not there: none
  std::string alerts;        // output
  std::string dead_letters;  // output
  bool follow = false;       // go on waiting at the end of the events
};

struct FileMonitorObserver {
  // Any may be empty.
  std::function<void(const char* result)>
      event;  // applied|duplicate|replaced|outdated|reversed|dead_letter|ignored
  std::function<void(monitor::RefusalReason)> refused;
  std::function<void(const monitor::AlertMessage&)> alert;
  // Bytes done of bytes in all (0: unknown); persons done of 0 while refolding.
  std::function<void(const char* stage, std::uint64_t done, std::uint64_t all)> progress;
  std::function<void(std::size_t events, double seconds)>
      batch;  // committed; since its first event was read
  std::function<void(const monitor::Statistics&, std::uint64_t store_bytes, std::uint64_t refolds)>
      state;
  std::function<void(bool)> ready;  // true once the events that were there at the start are read
  std::function<void(const std::string&)> notice;  // a line for the log
};

struct FileMonitorSummary {
  std::uint64_t lines = 0;
  std::uint64_t applied = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t replaced = 0;
  std::uint64_t outdated = 0;
  std::uint64_t reversals = 0;
  std::uint64_t ignored = 0;
  std::uint64_t refused = 0;
  std::map<std::string, std::uint64_t> refused_by_reason;
  std::uint64_t records_read = 0;  // persons and decisions
  std::uint64_t unknown_categories = 0;
  std::uint64_t certified_elsewhere = 0;  // categories certified by another office than the rules'
  std::uint64_t alerts_raised = 0;
  std::uint64_t alerts_changed = 0;
  std::uint64_t alerts_cleared = 0;
  std::set<std::string> missing_figures;  // "yantai: income.province.2025"
  std::uint64_t unfinished_bytes = 0;  // of a last line still being written, left for the next run
};

// Runs until the events are read to their end (unless following) or `stop` becomes true, and
// commits what it has. Errors leave the store as of the last commit.
[[nodiscard]] thresholds::Result<FileMonitorSummary> run_file_monitor(
    const thresholds::RuleBook& rules, const thresholds::Reference& reference,
    monitor::AlertPort& alerts, const RenderAlert& render, const FileMonitorOptions& options,
    const FileMonitorObserver& observer, const std::atomic<bool>& stop);

// What kept accounts depend on besides the ledger.
[[nodiscard]] std::string rules_fingerprint(const thresholds::RuleBook& rules,
                                            const thresholds::Reference& reference);

}  // namespace yujing::consumer

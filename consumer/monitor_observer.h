// What a run of the monitor did, and who hears of it while it runs; the same whichever way the
// events come. The observer's functions are called from the thread that runs the monitor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "monitor/ports.h"
#include "monitor/refusal.h"
#include "monitor/statistics.h"

namespace yujing::consumer {

// Of the store, or of all that are open here.
struct StoreFigures {
  std::uint64_t bytes = 0;         // on disk, about
  std::uint64_t refolds = 0;       // years folded again, since the start
  double write_stall_seconds = 0;  // commits waited for those before, since the opening
};

struct MonitorObserver {
  // Any may be empty.
  std::function<void(const char* result)>
      event;  // applied|duplicate|replaced|outdated|reversed|dead_letter|ignored
  std::function<void(monitor::RefusalReason)> refused;
  std::function<void(const monitor::AlertMessage&)> alert;  // committed
  // Bytes (files) or records done of those in all (0: unknown); persons done of 0 while refolding.
  std::function<void(const char* stage, std::uint64_t done, std::uint64_t all)> progress;
  std::function<void(std::size_t events, double seconds)>
      batch;  // committed; since its first event was read
  std::function<void(const monitor::Statistics&, const StoreFigures&)> state;
  std::function<void(bool)> ready;  // true once the events that were there at the start are read
  std::function<void(const std::string&)> notice;  // a line for the log
};

struct MonitorSummary {
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

}  // namespace yujing::consumer

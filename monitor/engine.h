// The walk of one event: identity says what it is to us, the ledger takes an entry, the person's
// year moves, the alert port hears of it. All effects collect in the store's batch and in the
// message list; whoever drives the engine commits them together with the position they stand for.
//
// Single-threaded. After an Error the batch must not be committed: drop the engine and the store.
// After Store::discard() a new engine, started, stands where the last commit left this one; only
// refolds() and missing_figures() begin anew.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "monitor/ports.h"
#include "monitor/statistics.h"
#include "monitor/store.h"
#include "thresholds/reference.h"

namespace yujing::monitor {

enum class Outcome : std::uint8_t {
  kApplied,    // new to us, and counts or waits
  kDuplicate,  // the same content again: no effect
  kReplaced,   // a later version
  kOutdated,   // an earlier version than the one we have: no effect
  kConflict,   // other content with the same updt_time: refused, the first comer stays
  kReversed,   // a reversal, new to us
};
inline constexpr std::size_t kOutcomes = 6;

class Engine {
 public:
  Engine(const thresholds::RuleBook& rules, const thresholds::Reference& reference, Store& store,
         AlertPort& alerts);
  ~Engine();

  // Reads the statistics the store holds. Call once before anything else.
  [[nodiscard]] thresholds::Result<void> start();

  // One settlement as delivered; its `city` must be one of the rule book's.
  [[nodiscard]] thresholds::Result<Outcome> apply(const Delivery& delivery);
  // One person or decision record. False: an older updt_time than the one we have, no effect.
  [[nodiscard]] thresholds::Result<bool> apply(RecordKind kind, const PersonRecord& record);
  // Folds all years of a person again from the ledger: rules or figures have changed.
  [[nodiscard]] thresholds::Result<void> refold(std::string_view psn_no);

  // Brings accounts and alerts of everybody touched up to date and writes them into the store's
  // batch; take the messages; then the caller commits. Alerts are judged here, once per person and
  // batch: a line that is crossed and left again between two flushes is not heard of.
  [[nodiscard]] thresholds::Result<void> flush();
  [[nodiscard]] std::vector<AlertMessage> take_messages();
  [[nodiscard]] const Statistics& statistics() const;
  // How often a year was folded again instead of moved on, since the start.
  [[nodiscard]] std::uint64_t refolds() const;
  // Figures that a year looked at since the start needs and the reference table lacks:
  // "yantai: income.province.2025".
  [[nodiscard]] std::set<std::string> missing_figures() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::monitor

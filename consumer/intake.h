// What becomes of one event or record, whichever way it came: decoded, applied to the engine and
// counted, or refused. Where a refused one goes, and when a batch is committed, is the caller's.
//
// Single-threaded.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/codec.h"
#include "consumer/monitor_observer.h"
#include "monitor/engine.h"
#include "monitor/refusal.h"
#include "thresholds/policy.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// How events are read where these rules are in use.
[[nodiscard]] CodecOptions codec_options(const thresholds::RuleBook& rules);

class Intake {
 public:
  using Refused = std::optional<monitor::Refusal>;

  // `rules` and `observer` are borrowed.
  Intake(const thresholds::RuleBook& rules, const MonitorObserver& observer);

  // A settlement event. What is returned, if anything, goes to the dead letters: tell refuse().
  // Errors are the store's.
  [[nodiscard]] thresholds::Result<Refused> event(monitor::Engine& engine, std::string_view bytes);
  // The same of one that was decoded: a settlement, or none.
  [[nodiscard]] thresholds::Result<Refused> settlement(monitor::Engine& engine,
                                                       const monitor::Delivery& delivery);
  void ignore();
  // A person or decision record; `where` it stood is asked for only to tell of something odd in it.
  [[nodiscard]] thresholds::Result<Refused> record(monitor::Engine& engine,
                                                   monitor::RecordKind kind, std::string_view bytes,
                                                   const std::function<std::string()>& where);
  // Counts a refusal that goes to the dead letters.
  void refuse(const monitor::Refusal& refusal);
  // A batch with these alerts was committed.
  void committed(const std::vector<monitor::AlertMessage>& alerts);
  // Says once of each figure that some bill's year needs and the reference table lacks.
  void tell_missing_figures(const monitor::Engine& engine);

  [[nodiscard]] MonitorSummary& summary() { return summary_; }

 private:
  void look_at(const monitor::HeldCategory& held, const std::function<std::string()>& where);
  void count(monitor::Outcome outcome);
  void tell(const char* result) const {
    if (observer_.event) observer_.event(result);
  }

  const thresholds::RuleBook& rules_;
  const MonitorObserver& observer_;
  SettlementCodec codec_;
  monitor::Delivery delivery_;  // its memory is used again for every event
  MonitorSummary summary_;
};

}  // namespace yujing::consumer

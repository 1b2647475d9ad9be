// Everybody folded again after a change of rules or reference figures. Kept accounts were folded
// with those of then; a note in the store says which, another how far a refolding came, so that a
// kill costs nothing.
//
// Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "monitor/engine.h"
#include "monitor/store.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// The note that readers beside the monitor look at: the fingerprint of rules and figures.
inline constexpr std::string_view kRulesNote = "rules";

// What kept accounts depend on besides the ledger.
[[nodiscard]] std::string rules_fingerprint(const thresholds::RuleBook& rules,
                                            const thresholds::Reference& reference);

class Refolding {
 public:
  // Looks at what the store was folded with. `fingerprint` is that of now.
  [[nodiscard]] static thresholds::Result<Refolding> begin(monitor::Store& store,
                                                           std::string fingerprint);

  // Whether persons have to be folded again; false: at most a note has to be put.
  [[nodiscard]] bool folds() const { return step_ == Step::kPersons; }
  // Puts the next persons (and how far that is) into the store's batch, which the caller commits.
  // False: there is nothing more to do, and nothing in the batch.
  [[nodiscard]] thresholds::Result<bool> next(monitor::Store& store, monitor::Engine& engine);
  [[nodiscard]] std::uint64_t persons_done() const { return done_; }

 private:
  enum class Step : std::uint8_t { kFirstNote, kPersons, kDone };
  std::string fingerprint_;
  Step step_ = Step::kDone;
  std::string after_;  // the last person done
  std::uint64_t done_ = 0;
};

}  // namespace yujing::consumer

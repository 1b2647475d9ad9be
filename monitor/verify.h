// Proves the kept state against the ledger: folds every person's entries again and compares.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "monitor/store.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::monitor {

struct VerifyReport {
  std::uint64_t persons = 0;
  std::uint64_t settlements = 0;
  std::vector<std::string> differences;  // for people; the first kDifferencesMax
  std::uint64_t difference_count = 0;
};
inline constexpr std::size_t kDifferencesMax = 100;

// Checks, for every person: that each settlement counts exactly when identity and reversals say so,
// that every year's account is the fold of what counts, that an alert is open exactly when its rule
// holds; and the statistics over all. REQUIRES: the rules and figures the store was last run with
// (the caller compares the note "rules"). Errors: the store cannot be read, or is damaged.
[[nodiscard]] thresholds::Result<VerifyReport> verify_store(
    Store& store, const thresholds::RuleBook& rules, const thresholds::Reference& reference,
    const std::function<void(std::uint64_t)>& progress);

}  // namespace yujing::monitor

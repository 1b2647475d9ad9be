// What a settlement is to us: new, the same again, a later or earlier version, a conflict; and
// which settlements a reversal cancels. Pure functions (docs: 1-domain "Identity", "Reversal"); the
// outcome never hangs on the order of arrival.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "monitor/ledger.h"
#include "monitor/settlement.h"

namespace yujing::monitor {

enum class Verdict : std::uint8_t {
  kNew,
  kSame,      // the same content again
  kReplaces,  // other content, later updt_time
  kOutdated,  // other content, earlier updt_time
  kConflict,  // other content, the same updt_time or none on both
};

// `known`: what the ledger holds under the same (psn_no, setl_id), nullopt when nothing.
[[nodiscard]] Verdict judge(const std::optional<LedgerItem>& known, const Delivery& delivery);

// Whether every amount that identifies a bill is exactly opposite in the two.
[[nodiscard]] bool opposite(const Settlement& reversal, const Settlement& bill);

// Whether `item` is a reversal in effect (not void) that names `setl_id` as its original.
[[nodiscard]] bool reverses_by_id(const LedgerItem& item, const std::string& setl_id);
// Whether `item` is a reversal in effect that has to be matched by amounts within its visit.
[[nodiscard]] bool reverses_by_visit(const LedgerItem& item);

// The one bill among `visit` (all settlements of the reversal's person and mdtrt_id, in any state)
// that the reversal is exactly opposite to; null when there is none or more than one.
[[nodiscard]] const LedgerItem* match_in_visit(const Settlement& reversal,
                                               std::span<const LedgerItem* const> visit);

// The whole of it at once, for payout cases and for checking: folds deliveries of one person in
// their order into items, by setl_id, with `counts` set.
[[nodiscard]] std::vector<LedgerItem> settle(std::span<const Delivery> deliveries);

// What `counts` should be for each item of one person, given all of them.
void decide_counts(std::span<LedgerItem> items);

}  // namespace yujing::monitor

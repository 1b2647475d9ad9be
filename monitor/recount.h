// What the change of one settlement does to what counts: itself, and those it cancels or gives
// back.
#pragma once

#include <optional>
#include <vector>

#include "monitor/ledger.h"
#include "monitor/person_state.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::monitor {

// One settlement that stops or starts counting.
struct Movement {
  Settlement content;
  bool counts = false;
};

// Puts into the store's batch `entry`, which takes a settlement from `before` (nullopt: new) to
// `after`, and an undo or redo for every other settlement of the person whose standing that
// changes; sets the flags of `state` that say which kinds of reversal there are. What stops
// counting and what starts is one step: the caller moves the accounts by all of it.
[[nodiscard]] thresholds::Result<std::vector<Movement>> recount(
    Store& store, PersonState& state, const std::optional<LedgerItem>& before,
    const LedgerItem& after, Entry entry);

// Whether no reversal of the person can have to do with `settlement`: then a first version of it
// counts unless it is void, and touches nothing else.
[[nodiscard]] bool stands_alone(const PersonState& state, const Settlement& settlement);
// The same, with a look into the store where the marks of `state` leave it open.
[[nodiscard]] thresholds::Result<bool> stands_alone(Store& store, const PersonState& state,
                                                    const Settlement& settlement);

}  // namespace yujing::monitor

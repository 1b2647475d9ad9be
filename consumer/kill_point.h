// Named places at which tests let the process die as by `kill -9` (tests/faults/): the variable
// YUJING_KILL_AT=PLACE or PLACE:N, where N counts how often the place must be passed (1 when not
// said). Without it each costs one look at a flag, and they lie on the way of a commit only.
#pragma once

#include <cstdint>

namespace yujing::consumer {

enum class KillPoint : std::uint8_t {
  kBeforeProduce,  // before_produce: outputs are known, the transaction is not begun
  kMidProduce,     // mid_produce: a part of them is on its way
  kAfterProduce,   // after_produce: all are on their way
  kAfterOffsets,   // after_offsets: the transaction knows the positions
  kInCommit,       // in_commit: a few milliseconds after the commit was asked for
  kAfterCommit,    // after_commit: the store knows nothing of it yet
  kMidStore,       // mid_store: some partitions' stores know, some do not
  kAfterStore,     // after_store
  kInRestore,      // in_restore: a part of a partition's ledger has been copied
  kAfterRestore,   // after_restore: restored, nothing read yet
};

// Ends the process if it was asked to end here.
void kill_point(KillPoint point);

}  // namespace yujing::consumer

// What commits have put into one column family since the store last wrote them: read like a batch,
// written all at once. A commit of some size is taken as it is, without a copy of its bytes; small
// ones are put together. Single-threaded.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "monitor/pending_writes.h"

namespace yujing::monitor {

class SealedWrites {
 public:
  // Takes what a commit wrote, which stands for what was taken before of the same keys; leaves
  // `later` empty.
  void take_over(PendingWrites& later);

  // Nullopt when no commit wrote `key`. What is returned is valid until clear() or take_over().
  [[nodiscard]] std::optional<PendingWrite> find(std::string_view key,
                                                 std::size_t group_size) const;
  // The writes whose keys start with `prefix`, which is of `group`, in the order of keys.
  [[nodiscard]] std::vector<PendingWrite> of_group(std::string_view group,
                                                   std::string_view prefix) const;
  // All, each key once, in the order of keys.
  [[nodiscard]] std::vector<const PendingWrite*> sorted() const;
  [[nodiscard]] bool empty() const { return in_use_ == 0; }
  // The number of writes and the bytes of their keys and values, those that a later write of the
  // same key stands for among them.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::size_t bytes() const;
  void clear();

 private:
  static constexpr std::size_t kPartBytes = 1U << 20;  // from which on a part stands alone

  std::vector<PendingWrites> parts_;  // oldest first; behind those in use some to be used again
  std::size_t in_use_ = 0;
};

// The writes of both, in the order of keys; of equal keys that of `newer`. REQUIRES: both are in
// that order.
[[nodiscard]] std::vector<PendingWrite> newest(const std::vector<PendingWrite>& newer,
                                               const std::vector<PendingWrite>& older);

}  // namespace yujing::monitor

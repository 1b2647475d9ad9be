// The append-only ledger: every version of every settlement as it came, and every undo and redo of
// one, each an entry that is never changed. Totals are the fold of what the entries leave standing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/settlement.h"
#include "thresholds/result.h"

namespace yujing::monitor {

struct Entry {
  enum class Kind : std::uint8_t {
    kEntered = 1,  // a version of the settlement, replacing the one before it
    kNoted = 2,    // sent again: a later updt_time, or word that it is void
    kUndone =
        3,  // stops counting: cancelled by `by` (a reversal's setl_id), or void when `by` is ""
    kRestored = 4,  // counts again: what cancelled it is gone
  };
  Kind kind = Kind::kEntered;
  std::uint32_t seq = 0;            // 0, 1, 2, … within one settlement id
  BeijingTime updt_time = kNoTime;  // kEntered, kNoted
  bool is_void = false;             // kEntered, kNoted
  bool counts = false;              // kEntered: counts from here on
  std::string by;                   // kUndone
  Settlement content;               // kEntered (psn_no and setl_id come from the key)
  bool operator==(const Entry&) const = default;
};

// What the entries of one settlement id add up to.
struct LedgerItem {
  Settlement content;  // the current version
  BeijingTime updt_time = kNoTime;
  bool is_void = false;
  bool counts = false;  // live: a bill, not void, not cancelled
  std::uint32_t next_seq = 0;

  bool operator==(const LedgerItem&) const = default;

  // Another settlement, whose first entry comes next, in the memory that is there.
  void begin() {
    updt_time = kNoTime;
    is_void = counts = false;
    next_seq = 0;
  }
};

// Folds one more entry of the same settlement id, in order of seq.
void fold(LedgerItem& item, const Entry& entry);
// The same of an entry as encode() wrote it. kInput: damaged bytes; then nothing of the item means
// anything.
[[nodiscard]] thresholds::Result<void> fold_encoded(LedgerItem& item, std::string_view psn_no,
                                                    std::string_view setl_id, std::uint32_t seq,
                                                    std::string_view bytes);

void encode(const Entry& entry, std::string& out);
// The entry, of seq 0, of a settlement that is seen for the first time.
void encode_first(const Delivery& delivery, bool counts, std::string& out);
// kInput: damaged bytes.
[[nodiscard]] thresholds::Result<Entry> decode_entry(std::string_view psn_no,
                                                     std::string_view setl_id, std::uint32_t seq,
                                                     std::string_view bytes);

}  // namespace yujing::monitor

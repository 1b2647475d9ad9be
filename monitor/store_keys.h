// The keys of the store (monitor/FORMAT.md): texts in byte order, so that a scan goes through
// persons and their settlements in the order of psn_no and setl_id.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace yujing::monitor {

struct EntryKey {
  std::string psn_no;
  std::string setl_id;
  std::uint32_t seq = 0;
};

[[nodiscard]] std::string person_key(std::string_view psn_no);
[[nodiscard]] std::string split_person_key(std::string_view key);

// All entries of one settlement id start with entries_prefix; all of a person with person_key.
[[nodiscard]] std::string entries_prefix(std::string_view psn_no, std::string_view setl_id);
[[nodiscard]] std::string entry_key(std::string_view psn_no, std::string_view setl_id,
                                    std::uint32_t seq);
[[nodiscard]] std::uint32_t entry_seq(std::string_view key);
[[nodiscard]] EntryKey split_entry_key(std::string_view key);

// Followed by the reversal's setl_id as it is.
[[nodiscard]] std::string reversals_prefix(std::string_view psn_no, char kind,
                                           std::string_view target);

}  // namespace yujing::monitor

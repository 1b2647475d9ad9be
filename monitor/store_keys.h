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
// Where keys of persons after this one begin.
[[nodiscard]] std::string past_person(std::string_view psn_no);
// How many bytes of `key`, which starts with person_key, are that.
[[nodiscard]] std::size_t person_part(std::string_view key);

// All entries of a person start with person_key, those of one settlement with the same bytes but
// for the number.
void append_entry_key(std::string& key, std::string_view psn_no, std::string_view setl_id,
                      std::uint32_t seq);
[[nodiscard]] std::string entry_key(std::string_view psn_no, std::string_view setl_id,
                                    std::uint32_t seq);
[[nodiscard]] EntryKey split_entry_key(std::string_view key);

// Followed by the reversal's setl_id as it is.
[[nodiscard]] std::string reversals_prefix(std::string_view psn_no, char kind,
                                           std::string_view target);

struct ReversalParts {
  char kind = 0;
  std::string target;
  std::string setl_id;
};
[[nodiscard]] ReversalParts split_reversal_key(std::string_view key);

// Whether a key that comes from elsewhere is one as these functions make them; none of the others
// may be asked about one that is not.
[[nodiscard]] bool is_person_key(std::string_view key);
[[nodiscard]] bool is_entry_key(std::string_view key);
[[nodiscard]] bool is_reversal_key(std::string_view key);

}  // namespace yujing::monitor

// Proves that a store and its partition of the ledger topic hold the same.
//
// The topic is copied into a store of its own, which needs as much room as the one to be checked,
// and both are read side by side. A store that is read beside a running monitor is behind the
// topic: what was written there since is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "consumer/ledger_reader.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::consumer {

struct TopicCheck {
  std::int64_t stands_for = 0;  // offset, of the store
  std::int64_t end = 0;         // of the topic, as far as it was read
  std::uint64_t records = 0;    // compared
  std::uint64_t left_out = 0;   // were written since
  std::uint64_t difference_count = 0;
  // "person P1, settlement S1: entry 0 is not on the topic"; the first kTopicDifferencesMax.
  std::vector<std::string> differences;
};
inline constexpr std::size_t kTopicDifferencesMax = 100;

// `room`: a folder where the copy may lie as long as this lasts. Nullopt: `go_on` said stop. Errors
// as of LedgerReader::restore; kUnavailable when there is no room.
[[nodiscard]] thresholds::Result<std::optional<TopicCheck>> check_against_topic(
    LedgerReader& reader, std::int32_t partition, monitor::Store& store, const std::string& room,
    const LedgerReader::GoOn& go_on);

}  // namespace yujing::consumer

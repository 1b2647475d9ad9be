// A refused event as a message of the dead letters topic: the bytes as they came, sealed as a whole
// where there is a sealing key, and in headers where it came from and what was wrong.
//
// Pure: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consumer/dead_letter.h"
#include "monitor/refusal.h"
#include "monitor/seal.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// Where a refused message lay.
struct LetterOrigin {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;  // since 1970
};

using LetterHeaders = std::vector<std::pair<std::string, std::string>>;  // name, bytes

// Puts our headers (yujing_dlt_topic, …) behind those the message came with, in the place of any
// that it had of ours.
void add_letter_headers(LetterHeaders& headers, const LetterOrigin& origin,
                        const monitor::Refusal& refusal);

// The value of the letter; `seal` null: the bytes as they are.
[[nodiscard]] std::string letter_value(std::string_view bytes, const LetterOrigin& origin,
                                       const monitor::Seal* seal);

struct TopicLetter {
  LetterOrigin origin;
  DeadLetter letter;     // `bytes` opened; `is_event` is for whoever knows the topics
  LetterHeaders others;  // headers it came with
  std::string closed;    // why the bytes could not be opened; "": they are here
};
// kInput when our headers are missing or none of ours. `seal` null: a sealed value stays closed.
[[nodiscard]] thresholds::Result<TopicLetter> read_letter(std::optional<std::string_view> value,
                                                          const LetterHeaders& headers,
                                                          const monitor::Seal* seal);

}  // namespace yujing::consumer

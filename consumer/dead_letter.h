// A refused event as a line of the dead letters file: reason, message, position, the original
// bytes. Written by the monitor, read by people and sent back once it is mended.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "monitor/refusal.h"

namespace yujing::consumer {

// {"reason":…,"message":…,"position":…,"bytes":base64}. `position` is text such as
// "events.ndjson:17 (byte 4096)".
[[nodiscard]] std::string dead_letter_line(const monitor::Refusal& refusal,
                                           std::string_view position, std::string_view bytes);

// What a refused event of Kafka is sealed with besides its key (monitor/seal.h): the place it came
// from, so that it opens nowhere else.
[[nodiscard]] std::string dead_letter_context(std::string_view topic, std::int64_t partition,
                                              std::int64_t offset);

struct DeadLetter {
  std::string reason;
  std::string message;
  std::string position;
  std::string bytes;      // as they came
  bool is_event = false;  // not a person record or a decision
};
// nullopt when the line is none that dead_letter_line() writes.
[[nodiscard]] std::optional<DeadLetter> read_dead_letter(std::string_view line);

// Any bytes as text that can be shown: what is no UTF-8 becomes the replacement character, a
// control character, which a terminal would obey, `\x1b`.
[[nodiscard]] std::string readable(std::string_view bytes);

[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace yujing::consumer

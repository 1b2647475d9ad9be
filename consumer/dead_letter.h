// A refused event as a line of the dead letters file: reason, message, position, the original
// bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "monitor/refusal.h"

namespace yujing::consumer {

// {"reason":…,"message":…,"position":…,"bytes":base64}. `position` is text such as
// "events.ndjson:17 (byte 4096)".
[[nodiscard]] std::string dead_letter_line(const monitor::Refusal& refusal,
                                           std::string_view position, std::string_view bytes);
[[nodiscard]] std::string base64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace yujing::consumer

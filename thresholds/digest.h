// A short name for a text: equal for equal texts, and for practical purposes only for them. It
// tells whether rules or figures changed; it does not protect against anybody.
#pragma once

#include <string>
#include <string_view>

namespace yujing::thresholds {

// 32 hexadecimal digits (FNV-1a, 128 bits).
[[nodiscard]] std::string digest(std::string_view text);

}  // namespace yujing::thresholds

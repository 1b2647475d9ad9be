// Which program this is.
#pragma once

#include <string_view>

namespace yujing::app {

[[nodiscard]] std::string_view version();  // "0.1.0"
[[nodiscard]] std::string_view commit();   // of the tree it was built from; "unknown" outside one

}  // namespace yujing::app

// What comes with the program: policies and reference figures, found from where the program lies.
#pragma once

#include <optional>
#include <string>

#include "thresholds/result.h"

namespace yujing::app {

// The folder of the policies. kConfiguration when it is nowhere to be found; the message says where
// it was looked for.
[[nodiscard]] thresholds::Result<std::string> shipped_policies();

// The file of reference figures; nullopt when none is shipped.
[[nodiscard]] std::optional<std::string> shipped_reference();

}  // namespace yujing::app

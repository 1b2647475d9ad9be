// A file that holds a secret: a password, a key. Only its owner may read it.
//
// Pure I/O; any thread.
#pragma once

#include <string>

#include "thresholds/result.h"

namespace yujing::monitor {

// All of it. kConfiguration names `path` when it is not there, cannot be read, is no plain file, is
// larger than 64 KiB, or may be read by others than its owner.
[[nodiscard]] thresholds::Result<std::string> read_secret_file(const std::string& path);

}  // namespace yujing::monitor

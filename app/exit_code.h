// What the program's exit codes mean (the numbers are those of sysexits.h) and which error gives
// which.
#pragma once

#include "thresholds/result.h"

namespace yujing::app {

inline constexpr int kExitDone = 0;
inline constexpr int kExitCheckFailed = 1;
inline constexpr int kExitUsage = 64;
inline constexpr int kExitInput = 65;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitInternal = 70;
inline constexpr int kExitConfiguration = 78;

[[nodiscard]] constexpr int exit_code(thresholds::ErrorCode code) {
  switch (code) {
    case thresholds::ErrorCode::kCheckFailed:
      return kExitCheckFailed;
    case thresholds::ErrorCode::kUsage:
      return kExitUsage;
    case thresholds::ErrorCode::kInput:
      return kExitInput;
    case thresholds::ErrorCode::kUnavailable:
      return kExitUnavailable;
    case thresholds::ErrorCode::kInternal:
      return kExitInternal;
    case thresholds::ErrorCode::kConfiguration:
      return kExitConfiguration;
  }
  return kExitInternal;
}

}  // namespace yujing::app

// How expected failures travel: as values, with a message for an administrator.
//
// `Result<T>` is either a T or an Error. Bugs are not errors: they stop the program through CHECK.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace yujing::thresholds {

// Chosen by what the caller does next; the program's exit codes follow from it (app/exit_code.h).
enum class ErrorCode {
  kCheckFailed,    // a check that was asked for says no (exit 1)
  kUsage,          // the command line is wrong (64)
  kInput,          // input data is bad (65)
  kUnavailable,    // a disk, a store, a service cannot be used now (69)
  kInternal,       // a library refused what it should not refuse (70)
  kConfiguration,  // settings, policies or reference figures are wrong (78)
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  // what, where (file:line, position) and what to do
};

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace yujing::thresholds

// Stops the program when `condition` does not hold: for bugs, in every build, never for input.
#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) [[unlikely]] {                                                     \
      std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

// Data on its way out: standard output or a file, buffered, with every failed write an error (a
// full disk, a closed descriptor). Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "thresholds/result.h"

namespace yujing::app {

class Output {
 public:
  // Standard output.
  Output();
  // Makes `path` anew. Errors: kUnavailable, naming it.
  [[nodiscard]] static thresholds::Result<Output> create(const std::string& path);
  ~Output();
  Output(Output&& other) noexcept;
  Output& operator=(Output&& other) noexcept;

  // What is appended to the buffer goes out with the next full() or finish().
  [[nodiscard]] std::string& buffer() { return buffer_; }
  // Writes the buffer when it is large. Errors: kUnavailable.
  [[nodiscard]] thresholds::Result<void> write_when_full();
  // Writes all that is left. Errors: kUnavailable. Data not finished is lost with the object.
  [[nodiscard]] thresholds::Result<void> finish();
  [[nodiscard]] std::uint64_t bytes_written() const { return written_; }

 private:
  Output(int fd, bool owned, std::string name);
  int fd_;
  bool owned_;
  std::string name_;  // for messages
  std::string buffer_;
  std::uint64_t written_ = 0;
};

[[nodiscard]] bool output_is_terminal();
// Standard output is a terminal and NO_COLOR is not set.
[[nodiscard]] bool output_has_colour();

// One string to standard output, whole.
[[nodiscard]] thresholds::Result<void> print(std::string_view text);

}  // namespace yujing::app

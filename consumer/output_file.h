// An append-only output file whose length is kept in the store: alerts and dead letters of file
// mode.
//
// A restart cuts the file back to the length the store recorded, so nothing appears twice.
// Single-threaded but for write_sealed().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "thresholds/result.h"

namespace yujing::consumer {

class OutputFile {
 public:
  // Opens or creates `path` and cuts it back to `length`. Errors: it cannot be opened or written;
  // it is shorter than `length` (somebody removed what was sent: the message says how to go on).
  [[nodiscard]] static thresholds::Result<OutputFile> open(const std::string& path,
                                                           std::uint64_t length);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;

  // Buffers one line (the newline is added).
  void add(std::string_view line);
  // Writes and syncs what was added; then length() is what a store may record. A full disk is
  // kUnavailable: what was added stays buffered, the file may hold part of it beyond length().
  [[nodiscard]] thresholds::Result<void> flush();
  [[nodiscard]] std::uint64_t length() const { return length_; }

  // flush() in two steps. What was added is sealed; returns length() as it will be. Then another
  // thread may write it while this one adds more, and does nothing else before that has ended.
  [[nodiscard]] std::uint64_t seal();
  [[nodiscard]] thresholds::Result<void> write_sealed();

 private:
  OutputFile(int fd, std::string path, std::uint64_t length);
  int fd_ = -1;
  std::string path_;
  std::string added_;
  std::string sealed_;
  std::uint64_t length_ = 0;
};

}  // namespace yujing::consumer

// Reads lines from a file, a gzip file or standard input, each with the position to go on from.
//
// Single-threaded. A plain file can grow while it is read; a last line without its newline that
// begins an object and does not end it (its braces are not balanced) is left for later: it is still
// being written. While following, every line waits for its newline but a whole object.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "thresholds/result.h"

namespace yujing::consumer {

// Where a reader stands: byte offset in the (uncompressed) stream, and a fingerprint of what lies
// before it, so that a file put in the place of another is noticed.
struct FilePosition {
  std::uint64_t offset = 0;
  std::uint64_t line = 0;         // lines read so far
  std::uint64_t fingerprint = 0;  // of the first min(offset, 64 KiB) bytes
};

struct LineSourceOptions {
  std::string path;  // "-": standard input; *.gz (by content): gzip
  FilePosition from = {};
  bool follow = false;  // wait for more at the end of a plain file instead of ending
  std::uint64_t line_bytes_max = 16 * 1024 * 1024;  // longer ones are handed over cut, marked
  const std::atomic<bool>* give_up = nullptr;       // as ByteStream::open; with it kSilent is said
};

class LineSource {
 public:
  struct Line {
    std::string_view bytes;    // without newline and CR; valid until the next read
    std::uint64_t offset = 0;  // where it starts
    std::uint64_t number = 0;  // 1 for the first line of the file
    bool cut = false;          // longer than line_bytes_max: only its first part is here
    std::uint64_t full_size = 0;
  };
  enum class Next : std::uint8_t {
    kLine,
    kEnd,
    kNothingYet,  // only when following
    kSilent,      // a pipe that might go on; only with `give_up`
  };

  // Errors: it cannot be opened, or is not the file `from` was taken in (shorter, other bytes).
  [[nodiscard]] static thresholds::Result<LineSource> open(LineSourceOptions options);
  ~LineSource();
  LineSource(LineSource&&) noexcept;
  LineSource& operator=(LineSource&&) noexcept;

  // The next line. kNothingYet returns at once: the caller sleeps. Errors: reading failed, gzip
  // damaged.
  [[nodiscard]] thresholds::Result<Next> next(Line& line);
  // The position after the last line handed out.
  [[nodiscard]] FilePosition position() const;
  // Bytes in all (compressed size for gzip), 0 where unknown; and how far we are, for a progress
  // bar.
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::uint64_t consumed() const;
  // Bytes of an unfinished last line that were left unread at kEnd; 0: none.
  [[nodiscard]] std::uint64_t unfinished() const;

 private:
  class Impl;
  explicit LineSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::consumer

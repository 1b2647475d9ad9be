// Where a line source gets its bytes: a plain file, a gzip file, or a pipe. Single-threaded.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "thresholds/result.h"

namespace yujing::consumer {

class ByteStream {
 public:
  // `path` "-" is standard input. What begins with the gzip signature is uncompressed on the way,
  // all members of it. `give_up`, when it becomes true, ends a pipe that is being waited for;
  // borrowed, may be null. Errors: it is not there or cannot be read.
  [[nodiscard]] static thresholds::Result<std::unique_ptr<ByteStream>> open(
      const std::string& path, const std::atomic<bool>* give_up = nullptr);
  virtual ~ByteStream() = default;

  // False when a pipe has stayed silent for a moment, so that reading would have to wait.
  [[nodiscard]] virtual bool wait() { return true; }
  // Up to `size` bytes; 0 at the end. Errors: reading failed; a damaged gzip file.
  [[nodiscard]] virtual thresholds::Result<std::size_t> read(char* into, std::size_t size) = 0;
  // Whether the stream is a file as it lies there: it can grow, and any part of it can be read
  // again.
  [[nodiscard]] virtual bool is_plain() const { return false; }
  // Goes on reading at `offset`. REQUIRES: is_plain()
  virtual void seek(std::uint64_t offset);
  // Bytes in all and bytes taken so far, compressed ones where it is compressed; size 0 where
  // unknown.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  [[nodiscard]] virtual std::uint64_t taken() const = 0;
};

}  // namespace yujing::consumer

#include "app/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace yujing::app {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::size_t kBufferBytes = 1U << 16U;  // many lists are written at once
constexpr mode_t kFileMode = 0640;  // settlements are personal data: nothing for others

std::string hint(int error) {
  if (error == ENOSPC || error == EDQUOT) return "; make room and start again";
  return "";
}

}  // namespace

Output::Output() : Output(STDOUT_FILENO, false, "standard output") {}

Output::Output(int fd, bool owned, std::string name)
    : fd_(fd), owned_(owned), name_(std::move(name)) {}

Result<Output> Output::create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (fd < 0) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  }
  return Output(fd, true, path);
}

Output::~Output() {
  if (owned_) ::close(fd_);
}

Output::Output(Output&& other) noexcept
    : fd_(other.fd_),
      owned_(std::exchange(other.owned_, false)),
      name_(std::move(other.name_)),
      buffer_(std::move(other.buffer_)),
      written_(other.written_) {}

Output& Output::operator=(Output&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(owned_, other.owned_);
  std::swap(name_, other.name_);
  std::swap(buffer_, other.buffer_);
  std::swap(written_, other.written_);
  return *this;
}

Result<void> Output::write_when_full() {
  if (buffer_.size() < kBufferBytes) return {};
  return finish();
}

Result<void> Output::finish() {
  std::size_t done = 0;
  while (done < buffer_.size()) {
    const ssize_t count = ::write(fd_, buffer_.data() + done, buffer_.size() - done);
    if (count < 0) {
      if (errno == EINTR) continue;
      const int error = errno;
      return fail(ErrorCode::kUnavailable, fmt::format("{}: cannot be written: {}{}", name_,
                                                       std::strerror(error), hint(error)));
    }
    done += static_cast<std::size_t>(count);
  }
  written_ += done;
  buffer_.clear();
  return {};
}

bool output_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool output_has_colour() { return output_is_terminal() && std::getenv("NO_COLOR") == nullptr; }

Result<void> print(std::string_view text) {
  Output output;
  output.buffer() = text;
  return output.finish();
}

}  // namespace yujing::app

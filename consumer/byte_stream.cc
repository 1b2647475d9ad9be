#include "consumer/byte_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

namespace yujing::consumer {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::array<unsigned char, 2> kGzipSignature = {0x1F, 0x8B};
constexpr std::size_t kCompressedBytes = 256 * 1024;
constexpr int kMomentMs = 50;

bool is_gzip(const unsigned char* bytes, std::size_t size) {
  return size >= 2 && bytes[0] == kGzipSignature[0] && bytes[1] == kGzipSignature[1];
}

// An open file descriptor: a file read by position, or a pipe read as it comes.
class Descriptor {
 public:
  Descriptor(int fd, std::string name, bool is_file, const std::atomic<bool>* give_up)
      : fd_(fd), name_(std::move(name)), is_file_(is_file), give_up_(give_up) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] Result<std::size_t> read(char* into, std::size_t size) {
    if (!peeked_.empty()) {
      const std::size_t count = std::min(size, peeked_.size());
      std::memcpy(into, peeked_.data(), count);
      peeked_.erase(0, count);
      taken_ += count;
      return count;
    }
    while (true) {
      while (give_up_ != nullptr && !wait()) {
        if (*give_up_) return 0;
      }
      const ssize_t count =
          is_file_ ? ::pread(fd_, into, size, static_cast<off_t>(taken_)) : ::read(fd_, into, size);
      if (count >= 0) {
        taken_ += static_cast<std::size_t>(count);
        return static_cast<std::size_t>(count);
      }
      if (errno == EINTR) continue;
      return fail(ErrorCode::kUnavailable,
                  fmt::format("{} cannot be read at byte {}: {}; check the disk and start again",
                              name_, taken_, std::strerror(errno)));
    }
  }

  // Whether the gzip signature comes next; what was looked at is read again.
  [[nodiscard]] Result<bool> begins_gzip() {
    std::string first(kGzipSignature.size(), '\0');
    std::size_t have = 0;
    while (have < first.size()) {
      const auto count = read(first.data() + have, first.size() - have);
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) break;
      have += *count;
    }
    first.resize(have);
    taken_ = 0;
    if (!is_file_) peeked_ = first;
    return is_gzip(reinterpret_cast<const unsigned char*>(first.data()), have);
  }

  // Whether there is something to read, or its end, after a moment at most.
  [[nodiscard]] bool wait() const {
    if (is_file_ || !peeked_.empty()) return true;
    pollfd waiting{fd_, POLLIN, 0};
    return ::poll(&waiting, 1, kMomentMs) != 0;
  }
  void seek(std::uint64_t offset) { taken_ = offset; }
  [[nodiscard]] bool is_file() const { return is_file_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  [[nodiscard]] std::uint64_t size() const {
    struct stat status {};
    if (!is_file_ || ::fstat(fd_, &status) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  int fd_;
  std::string name_;
  bool is_file_;
  const std::atomic<bool>* give_up_;
  std::uint64_t taken_ = 0;
  std::string peeked_;
};

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(std::unique_ptr<Descriptor> from) : from_(std::move(from)) {}
  bool wait() override { return from_->wait(); }
  Result<std::size_t> read(char* into, std::size_t size) override {
    return from_->read(into, size);
  }
  bool is_plain() const override { return from_->is_file(); }
  void seek(std::uint64_t offset) override {
    CHECK(is_plain());
    from_->seek(offset);
  }
  std::uint64_t size() const override { return from_->size(); }
  std::uint64_t taken() const override { return from_->taken(); }

 private:
  std::unique_ptr<Descriptor> from_;
};

class GzipStream final : public ByteStream {
 public:
  explicit GzipStream(std::unique_ptr<Descriptor> from)
      : from_(std::move(from)), compressed_(kCompressedBytes) {
    constexpr int kGzipOnly = 16;
    CHECK(inflateInit2(&state_, MAX_WBITS + kGzipOnly) == Z_OK);
  }
  ~GzipStream() override { inflateEnd(&state_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  bool wait() override { return state_.avail_in > 0 || from_->wait(); }
  Result<std::size_t> read(char* into, std::size_t size) override {
    const auto room = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30U));
    state_.next_out = reinterpret_cast<Bytef*>(into);
    state_.avail_out = room;
    while (state_.avail_out == room) {
      if (state_.avail_in == 0) {
        const auto more = fill();
        if (!more) return tl::unexpected(more.error());
        if (!*more) {
          if (!in_member_) return 0;
          return damaged("it ends in the middle");
        }
      }
      if (!in_member_ && !next_member()) continue;
      const int code = inflate(&state_, Z_NO_FLUSH);
      if (code == Z_STREAM_END) {
        in_member_ = false;
      } else if (code != Z_OK && code != Z_BUF_ERROR && state_.avail_out == room) {
        return damaged(state_.msg != nullptr ? state_.msg : "its checks do not hold");
      }
    }
    return room - state_.avail_out;
  }
  std::uint64_t size() const override { return from_->size(); }
  std::uint64_t taken() const override { return from_->taken() - state_.avail_in; }

 private:
  // False at the end of the file.
  Result<bool> fill() {
    const auto count = from_->read(reinterpret_cast<char*>(compressed_.data()), compressed_.size());
    if (!count) return tl::unexpected(count.error());
    state_.next_in = compressed_.data();
    state_.avail_in = static_cast<uInt>(*count);
    return *count > 0;
  }

  // Begins the member that comes next; false where only padding is left of what was read.
  bool next_member() {
    if (!is_first_) {
      while (state_.avail_in > 0 && *state_.next_in == 0) {
        ++state_.next_in;
        --state_.avail_in;
      }
      if (state_.avail_in == 0) return false;
      CHECK(inflateReset(&state_) == Z_OK);
    }
    is_first_ = false;
    in_member_ = true;
    return true;
  }

  tl::unexpected<thresholds::Error> damaged(const char* why) const {
    return fail(ErrorCode::kInput,
                fmt::format("{} is a damaged gzip file ({}, near byte {}): fetch it again",
                            from_->name(), why, taken()));
  }

  std::unique_ptr<Descriptor> from_;
  std::vector<Bytef> compressed_;
  z_stream state_{};
  bool in_member_ = false;
  bool is_first_ = true;
};

}  // namespace

void ByteStream::seek(std::uint64_t) { CHECK(is_plain()); }

Result<std::unique_ptr<ByteStream>> ByteStream::open(const std::string& path,
                                                     const std::atomic<bool>* give_up) {
  const bool is_stdin = path == "-";
  const int fd = is_stdin ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{} cannot be opened: {}; check the path in the settings", path,
                            std::strerror(errno)));
  }
  struct stat status {};
  const bool is_known = ::fstat(fd, &status) == 0;
  if (is_known && S_ISDIR(status.st_mode)) {
    if (!is_stdin) ::close(fd);
    return fail(ErrorCode::kConfiguration,
                fmt::format("{} is a folder: name the file in it that is to be read", path));
  }
  const bool is_file = !is_stdin && is_known && S_ISREG(status.st_mode);
  auto descriptor =
      std::make_unique<Descriptor>(fd, is_stdin ? "standard input" : path, is_file, give_up);
  const auto gzip = descriptor->begins_gzip();
  if (!gzip) return tl::unexpected(gzip.error());
  if (*gzip) return std::make_unique<GzipStream>(std::move(descriptor));
  return std::make_unique<PlainStream>(std::move(descriptor));
}

}  // namespace yujing::consumer

#include "consumer/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace yujing::consumer {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

tl::unexpected<thresholds::Error> cannot(const std::string& path, std::string_view what) {
  const int reason = errno;
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} cannot be {}: {}; make room on the disk and start again", path,
                            what, std::strerror(reason)));
  }
  if (reason == EROFS) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} cannot be {}: {}; make its disk writable and start again", path,
                            what, std::strerror(reason)));
  }
  if (reason == EIO) {
    return fail(ErrorCode::kUnavailable, fmt::format("{} cannot be {}: {}; check the disk", path,
                                                     what, std::strerror(reason)));
  }
  return fail(
      ErrorCode::kConfiguration,
      fmt::format("{} cannot be {}: {}; check the path in the settings and who may write there",
                  path, what, std::strerror(reason)));
}

tl::unexpected<thresholds::Error> shorter(const std::string& path, std::uint64_t size,
                                          std::uint64_t length) {
  return fail(
      ErrorCode::kInput,
      fmt::format("{} holds {} bytes, but {} were written and recorded: it was cut or removed. Put "
                  "it back from where it was moved to, or begin with an empty store",
                  path, size, length));
}

// Makes the name of a new file durable.
bool sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  return done;
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::string& path, std::uint64_t length) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;  // opening the file says what is wrong
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  constexpr mode_t kOwnerAndGroup = 0640;
  const int create = length == 0 ? O_CREAT : 0;
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | create, kOwnerAndGroup);
  if (fd < 0 && errno == ENOENT && length > 0) return shorter(path, 0, length);
  if (fd < 0) return cannot(path, "opened");
  OutputFile file(fd, path, length);
  struct stat status {};
  if (::fstat(fd, &status) != 0) return cannot(path, "looked at");
  if (!S_ISREG(status.st_mode)) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{} is no ordinary file: name a file that can be cut back after a crash",
                    path));
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size < length) return shorter(path, size, length);
  if (size > length && ::ftruncate(fd, static_cast<off_t>(length)) != 0) {
    return cannot(path, "cut back");
  }
  if (::fsync(fd) != 0 || !sync_folder(folder)) return cannot(path, "synced");
  return file;
}

OutputFile::OutputFile(int fd, std::string path, std::uint64_t length)
    : fd_(fd), path_(std::move(path)), length_(length) {}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      path_(std::move(other.path_)),
      added_(std::move(other.added_)),
      sealed_(std::move(other.sealed_)),
      length_(other.length_) {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(added_, other.added_);
  std::swap(sealed_, other.sealed_);
  std::swap(length_, other.length_);
  return *this;
}

void OutputFile::add(std::string_view line) {
  added_ += line;
  added_ += '\n';
}

Result<void> OutputFile::flush() {
  static_cast<void>(seal());
  return write_sealed();
}

std::uint64_t OutputFile::seal() {
  sealed_ += added_;
  added_.clear();
  return length_ + sealed_.size();
}

Result<void> OutputFile::write_sealed() {
  if (sealed_.empty()) return {};
  // Always from length_ on, so that trying again writes over what a failed attempt left.
  std::size_t written = 0;
  while (written < sealed_.size()) {
    const ssize_t count = ::pwrite(fd_, sealed_.data() + written, sealed_.size() - written,
                                   static_cast<off_t>(length_ + written));
    if (count < 0) {
      if (errno == EINTR) continue;
      return cannot(path_, "written");
    }
    written += static_cast<std::size_t>(count);
  }
  if (::fdatasync(fd_) != 0) return cannot(path_, "synced");
  length_ += sealed_.size();
  sealed_.clear();
  return {};
}

}  // namespace yujing::consumer

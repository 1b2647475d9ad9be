#include "app/appended_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace yujing::app {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr mode_t kMode = 0640;

// A new file's name has to reach the disk as well.
void sync_folder(const std::string& path) {
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) folder = ".";
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

Result<AppendedFile> AppendedFile::open(const std::string& path, Missing missing) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  const bool is_new = kind == std::filesystem::file_type::not_found;
  if (is_new && missing == Missing::kError) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}: there is no such file; check the path in the settings", path));
  }
  if (!is_new && kind != std::filesystem::file_type::regular) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{}: is no plain file, so nothing can be added to it; check the path in "
                    "the settings",
                    path));
  }
  AppendedFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kMode), path);
  if (file.fd_ < 0) return file.failed("cannot be opened");
  if (::flock(file.fd_, LOCK_EX) != 0) return file.failed("cannot be locked");
  file.is_new_ = is_new;
  return file;
}

AppendedFile::~AppendedFile() {
  if (fd_ >= 0) ::close(fd_);
}

AppendedFile::AppendedFile(AppendedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), is_new_(other.is_new_) {}

AppendedFile& AppendedFile::operator=(AppendedFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(is_new_, other.is_new_);
  return *this;
}

tl::unexpected<thresholds::Error> AppendedFile::failed(std::string_view what) const {
  return fail(ErrorCode::kUnavailable, fmt::format("{}: {}: {}; nothing was added to it", path_,
                                                   what, std::strerror(errno)));
}

Result<std::int64_t> AppendedFile::size() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return failed("cannot be read");
  return status.st_size;
}

Result<bool> AppendedFile::ends_with_newline() const {
  const auto bytes = size();
  if (!bytes) return tl::unexpected(bytes.error());
  char last = '\n';
  if (*bytes > 0 && ::pread(fd_, &last, 1, *bytes - 1) != 1) return failed("cannot be read");
  return last == '\n';
}

bool AppendedFile::is_gzip() const {
  std::array<unsigned char, 2> first{};
  return ::pread(fd_, first.data(), first.size(), 0) == 2 && first[0] == 0x1F && first[1] == 0x8B;
}

Result<void> AppendedFile::append(std::string_view lines) {
  const auto before = size();
  if (!before) return tl::unexpected(before.error());
  std::size_t written = 0;
  while (written < lines.size()) {
    const ssize_t n = ::write(fd_, lines.data() + written, lines.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) {
      written += static_cast<std::size_t>(n);
      continue;
    }
    const auto error = failed("cannot be written");
    const auto after = size();
    const bool ours = after && *after == *before + static_cast<std::int64_t>(written);
    if (ours && ::ftruncate(fd_, *before) == 0) return error;
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: cannot be written to its end, and cannot be cut back to {} bytes; "
                            "look at its last lines and end them",
                            path_, *before));
  }
  if (::fsync(fd_) != 0) return failed("cannot be brought to the disk");
  if (is_new_) sync_folder(path_);
  is_new_ = false;
  return {};
}

}  // namespace yujing::app

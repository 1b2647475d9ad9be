#include "monitor/commit_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace yujing::monitor {

namespace {

// Always as long, so that a new mark covers the old one.
constexpr std::size_t kDigits = 20;
constexpr std::size_t kBytes = kDigits + 1;

std::string path_in(const std::string& folder) { return folder + "/COMMITTED"; }

}  // namespace

std::uint64_t CommitMark::read(const std::string& folder) {
  const int file = ::open(path_in(folder).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::array<char, kBytes> text{};
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  ::close(file);
  if (size != static_cast<ssize_t>(kBytes) || text[kDigits] != '\n') return 0;
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + kDigits, number);
  return failed == std::errc() && end == text.data() + kDigits ? number : 0;
}

CommitMark::CommitMark(const std::string& folder)
    : file_(::open(path_in(folder).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) {}

CommitMark::~CommitMark() {
  if (file_ >= 0) ::close(file_);
}

void CommitMark::write(std::uint64_t number) const {
  if (file_ < 0) return;
  const std::string text = fmt::format("{:0{}}\n", number, kDigits);
  // A mark that could not be written is behind, which it may be.
  if (::pwrite(file_, text.data(), text.size(), 0) < 0) return;
}

}  // namespace yujing::monitor

#include "monitor/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace yujing::monitor {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr off_t kBytesMax = 64 << 10;

class File {
 public:
  explicit File(const std::string& path) : descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

tl::unexpected<thresholds::Error> unreadable(const std::string& path) {
  return fail(ErrorCode::kConfiguration,
              fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
}

}  // namespace

Result<std::string> read_secret_file(const std::string& path) {
  const File file(path);
  struct stat facts {};
  if (file.descriptor() < 0 || fstat(file.descriptor(), &facts) != 0) return unreadable(path);
  if (!S_ISREG(facts.st_mode) || facts.st_size > kBytesMax) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}: is no plain file of at most {} bytes", path, kBytesMax));
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}: others than its owner may use this secret (mode {:04o}); make it "
                            "so that they may not: chmod 400 {}",
                            path, facts.st_mode & 07777U, path));
  }
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const auto count = read(file.descriptor(), text.data() + have, text.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unreadable(path);
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  text.resize(have);
  return text;
}

}  // namespace yujing::monitor

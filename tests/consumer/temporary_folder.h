// A folder of its own for a test, removed at the end, and files in it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace yujing::tests {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::string path(std::string_view name) const { return (folder_ / name).string(); }
  // Writes the file anew; returns its path.
  std::string write(std::string_view name, std::string_view content) const;
  void append(std::string_view name, std::string_view content) const;
  [[nodiscard]] std::string read(std::string_view name) const;

 private:
  std::filesystem::path folder_;
};

// `content` as one member of a gzip file.
std::string gzip(std::string_view content);

}  // namespace yujing::tests

// A file that others read and add to as well: whole lines are appended to it, all of them or none,
// by one of our commands at a time.
#pragma once

#include <string>
#include <string_view>

#include "thresholds/result.h"

namespace yujing::app {

class AppendedFile {
 public:
  enum class Missing : std::uint8_t { kMade, kError };

  // Opens the file and waits until no other of our commands has it. Errors: kUnavailable;
  // kConfiguration when it is not there and may not be made, or is no plain file.
  [[nodiscard]] static thresholds::Result<AppendedFile> open(const std::string& path,
                                                             Missing missing);
  ~AppendedFile();
  AppendedFile(AppendedFile&& other) noexcept;
  AppendedFile& operator=(AppendedFile&& other) noexcept;

  // Whether its last line is ended, or there is none.
  [[nodiscard]] thresholds::Result<bool> ends_with_newline() const;
  // Whether it begins like a gzip file, to which lines cannot be added.
  [[nodiscard]] bool is_gzip() const;
  // Adds `lines` and brings them to the disk. Errors: kUnavailable; then nothing was added, unless
  // somebody else has added to the file meanwhile, which the message says.
  [[nodiscard]] thresholds::Result<void> append(std::string_view lines);

 private:
  AppendedFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  [[nodiscard]] thresholds::Result<std::int64_t> size() const;
  [[nodiscard]] tl::unexpected<thresholds::Error> failed(std::string_view what) const;

  int fd_ = -1;
  std::string path_;
  bool is_new_ = false;
};

}  // namespace yujing::app

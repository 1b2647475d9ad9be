#include "app/list_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace yujing::app {

namespace fs = std::filesystem;
using alerts::ListHeading;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

constexpr std::string_view kDrafts = ".in-the-making";

tl::unexpected<thresholds::Error> failed(const std::string& path, std::string_view what,
                                         std::string_view why) {
  return fail(
      ErrorCode::kUnavailable,
      fmt::format("{}: {}: {}; check the folder and the room on the disk, or choose another "
                  "with --out",
                  path, what, why));
}

Result<void> bring_to_disk(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed(path, "cannot be opened", std::strerror(errno));
  const int done = ::fsync(fd);
  const int error = errno;
  ::close(fd);
  if (done != 0) return failed(path, "cannot be brought to the disk", std::strerror(error));
  return {};
}

}  // namespace

Result<ListFolder> ListFolder::open(std::string path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return failed(path, "the folder cannot be made", error.message());
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failed(path, "the folder cannot be opened", std::strerror(errno));
  ListFolder folder(std::move(path), fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("{}: another program is writing lists into this folder; wait for it, or "
                    "choose another with --out",
                    folder.path_));
  }
  fs::remove_all(folder.drafts(), error);  // of a run that was killed
  if (!error) fs::create_directory(folder.drafts(), error);
  if (error) return failed(folder.drafts(), "the folder cannot be made", error.message());
  if (auto done = folder.look(); !done) return tl::unexpected(std::move(done.error()));
  return folder;
}

ListFolder::ListFolder(ListFolder&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      found_(std::move(other.found_)) {}

ListFolder::~ListFolder() {
  if (fd_ < 0) return;
  std::error_code ignored;
  fs::remove_all(drafts(), ignored);
  ::close(fd_);
}

std::string ListFolder::drafts() const { return (fs::path(path_) / kDrafts).string(); }

Result<void> ListFolder::look() {
  std::error_code error;
  std::vector<fs::path> files;
  fs::directory_iterator at(path_, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    files.push_back(at->path());
  if (error) return failed(path_, "the folder cannot be read", error.message());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    if (file.extension() != kCsvEnding) continue;
    std::string stem = file.stem().string();
    auto name = alerts::parse_list_file_name(stem);
    if (name) found_.push_back({std::move(*name), std::move(stem)});
  }
  return {};
}

std::string ListFolder::draft(const ListHeading& heading) const {
  return (fs::path(drafts()) / alerts::list_file_name(heading, alerts::kFirstIssue)).string();
}

std::string ListFolder::published(const ListHeading& heading, std::uint32_t correction) const {
  return (fs::path(path_) / alerts::list_file_name(heading, correction)).string();
}

std::optional<ListFolder::Issue> ListFolder::latest(const ListHeading& heading) const {
  std::optional<Issue> latest;
  for (const Found& found : found_) {
    if (!found.name.is_of(heading)) continue;
    if (latest && found.name.correction < latest->correction) continue;
    latest = {found.name.correction, (fs::path(path_) / found.stem).string()};
  }
  return latest;
}

std::vector<std::string> ListFolder::areas_like(const ListHeading& heading) const {
  std::vector<std::string> areas;
  for (const Found& found : found_) {
    if (found.name.is_like(heading)) areas.push_back(found.name.area_code());
  }
  return areas;
}

Result<void> ListFolder::publish(const ListHeading& heading, std::uint32_t correction) const {
  for (const auto ending : {kSheetEnding, kCsvEnding}) {
    const std::string from = draft(heading) + std::string(ending);
    const std::string to = published(heading, correction) + std::string(ending);
    if (auto done = bring_to_disk(from); !done) return done;
    std::error_code error;
    fs::rename(from, to, error);
    if (error) return failed(to, "cannot be put in place", error.message());
  }
  if (::fsync(fd_) != 0)
    return failed(path_, "cannot be brought to the disk", std::strerror(errno));
  return {};
}

}  // namespace yujing::app

// The folder into which monthly lists are published. What lies there is never changed: a list that
// would be different now is issued again beside it, as a correction. Files are made in a folder of
// their own and moved when all are whole, the CSV file last: where it lies, the list is published.
// One program publishes at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "alerts/lists/list_heading.h"
#include "thresholds/result.h"

namespace yujing::app {

inline constexpr std::string_view kSheetEnding = ".xlsx";
inline constexpr std::string_view kCsvEnding = ".csv";

class ListFolder {
 public:
  // Makes the folder where it is not there. Errors: kUnavailable when it cannot be made or read, or
  // another program is publishing into it.
  [[nodiscard]] static thresholds::Result<ListFolder> open(std::string path);
  ~ListFolder();
  ListFolder(ListFolder&& other) noexcept;
  ListFolder& operator=(ListFolder&&) = delete;

  // Paths of a list, without an ending: where it is made, where it is published.
  [[nodiscard]] std::string draft(const alerts::ListHeading& heading) const;
  [[nodiscard]] std::string published(const alerts::ListHeading& heading,
                                      std::uint32_t correction) const;

  // The latest issue of the list; nullopt: none was published. `path`: without an ending.
  struct Issue {
    std::uint32_t correction = 0;
    std::string path;
  };
  [[nodiscard]] std::optional<Issue> latest(const alerts::ListHeading& heading) const;
  // The areas of the lists published for this city, office and month.
  [[nodiscard]] std::vector<std::string> areas_like(const alerts::ListHeading& heading) const;

  // Moves both files of a draft to where they are published. Errors: kUnavailable.
  [[nodiscard]] thresholds::Result<void> publish(const alerts::ListHeading& heading,
                                                 std::uint32_t correction) const;

 private:
  ListFolder(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  [[nodiscard]] std::string drafts() const;
  thresholds::Result<void> look();

  std::string path_;
  int fd_;  // of the folder, locked
  struct Found {
    alerts::ListFileName name;
    std::string stem;
  };
  std::vector<Found> found_;  // published, by stem
};

}  // namespace yujing::app

// What the last run of `lists` tells the monitor's metrics: when it ended well, and how many rows
// it published for whom. A small file in the lists' own folder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "app/list_files.h"
#include "thresholds/result.h"

namespace yujing::app {

struct ListReport {
  std::int64_t made_at = 0;                                           // seconds since 1970
  std::map<std::pair<std::string, std::string>, std::uint64_t> rows;  // by (city id, office)
  bool operator==(const ListReport&) const = default;
};

[[nodiscard]] ListReport report_of(const WrittenLists& written, std::int64_t made_at);

// Replaces the folder's report. Errors: kUnavailable.
[[nodiscard]] thresholds::Result<void> write_list_report(const std::string& folder,
                                                         const ListReport& report);
// nullopt: no list was made there yet, or the file is no report. May be called from any thread,
// also while a report is being written.
[[nodiscard]] std::optional<ListReport> read_list_report(const std::string& folder);

}  // namespace yujing::app

#include "app/list_report.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace yujing::app {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

std::string file_in(const std::string& folder) {
  return (fs::path(folder) / ".last-lists.json").string();
}

}  // namespace

ListReport report_of(const WrittenLists& written, std::int64_t made_at) {
  ListReport report;
  report.made_at = made_at;
  for (const WrittenList& list : written.lists)
    report.rows[{list.city, list.office}] += list.counts.rows;
  return report;
}

Result<void> write_list_report(const std::string& folder, const ListReport& report) {
  Json rows = Json::array();
  for (const auto& [key, count] : report.rows)
    rows.push_back({{"city", key.first}, {"office", key.second}, {"rows", count}});
  const std::string path = file_in(folder);
  const std::string made = path + ".new";
  std::ofstream file(made);
  file << Json({{"made_at", report.made_at}, {"lists", rows}}).dump() << '\n';
  file.close();
  std::error_code error;
  if (file) fs::rename(made, path, error);
  if (!file || error) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: cannot be written; the lists are published, but metrics will not "
                            "show it: check the folder and the room on the disk",
                            path));
  }
  return {};
}

std::optional<ListReport> read_list_report(const std::string& folder) {
  std::ifstream file(file_in(folder));
  const Json json = Json::parse(file, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  ListReport report;
  try {
    report.made_at = json.at("made_at").get<std::int64_t>();
    for (const Json& list : json.at("lists")) {
      report.rows[{list.at("city").get<std::string>(), list.at("office").get<std::string>()}] =
          list.at("rows").get<std::uint64_t>();
    }
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return report;
}

}  // namespace yujing::app

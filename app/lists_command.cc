// yujing lists: what the offices receive for a month.
#include <chrono>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/json_text.h"
#include "app/list_files.h"
#include "app/list_report.h"
#include "app/office_commands.h"
#include "app/output.h"
#include "app/progress.h"

namespace yujing::app {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

std::string lists_json(const std::string& month, const WrittenLists& written) {
  std::string list = "[";
  for (const auto& each : written.lists) {
    if (list.size() > 1) list += ',';
    JsonLine line(list);
    line.text("city", each.city);
    line.text("area", each.area);
    line.text("office", each.office);
    line.text("state", kListStateNames[static_cast<std::size_t>(each.state)]);
    line.number("correction", each.correction);
    line.number("rows", static_cast<std::int64_t>(each.counts.rows));
    line.number("rows_new", static_cast<std::int64_t>(each.counts.rows_new));
    line.number("persons", static_cast<std::int64_t>(each.counts.persons));
    line.number("may_apply", static_cast<std::int64_t>(each.counts.may_apply));
    line.text("xlsx", each.xlsx);
    line.text("csv", each.csv);
    line.end();
  }
  list += ']';
  std::string without = "[";
  for (const auto& city : written.without_warnings) {
    if (without.size() > 1) without += ',';
    append_json(without, city);
  }
  without += ']';
  std::string text;
  JsonLine line(text);
  line.text("month", month);
  line.text("position", written.position);
  line.raw("lists", list);
  line.raw("cities_without_warnings", without);
  line.end_line();
  return text;
}

void say(const ListsOptions& options, const WrittenLists& written, Talk& talk) {
  std::uint64_t rows = 0;
  std::uint64_t empty = 0;
  for (const auto& list : written.lists) {
    rows += list.counts.rows;
    if (list.counts.rows == 0 && list.state != ListState::kCorrected) {
      ++empty;
      continue;
    }
    talk.info("list", fmt::format("{}: {} rows, {} of them new, {} may apply ({})", list.xlsx,
                                  grouped(list.counts.rows), grouped(list.counts.rows_new),
                                  grouped(list.counts.may_apply),
                                  kListStateNames[static_cast<std::size_t>(list.state)]));
  }
  if (!written.without_warnings.empty()) {
    talk.info("no_warnings", fmt::format("no list for {}: the rules state no warning line",
                                         fmt::join(written.without_warnings, ", ")));
  }
  talk.info("lists",
            fmt::format("{}: {} lists, {} of them empty, with {} rows in {}, as of {}",
                        options.month, written.lists.size(), empty, grouped(rows), options.folder,
                        written.position.empty() ? "no event" : written.position));
}

}  // namespace

Result<void> make_lists(const ListsOptions& options, Talk& talk) {
  const auto month = alerts::parse_month(options.month);
  if (!month) {
    return fail(ErrorCode::kUsage,
                fmt::format("--month `{}`: write a month as 2026-03", options.month));
  }
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  Progress progress(talk);
  const auto written =
      write_lists({*settings, *rules, *month, options.folder,
                   options.correct ? Reissue::kCorrect : Reissue::kRefuse,
                   [&](std::string_view stage, std::uint64_t done, std::uint64_t all) {
                     progress.update(stage, done, all, ProgressUnit::kItems);
                   }});
  progress.finish();
  if (!written) return tl::unexpected(written.error());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  if (auto done = write_list_report(
          options.folder,
          report_of(*written, std::chrono::duration_cast<std::chrono::seconds>(now).count()));
      !done)
    return done;
  say(options, *written, talk);
  return options.json ? print(lists_json(options.month, *written)) : Result<void>();
}

}  // namespace yujing::app

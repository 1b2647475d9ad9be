// yujing store verify: folds the ledger again and compares it with what the store keeps.

#include <fmt/format.h>

#include "app/commands.h"
#include "app/json_text.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/rules.h"
#include "app/store_reading.h"
#include "monitor/store.h"
#include "monitor/verify.h"

namespace yujing::app {
namespace {

using monitor::Store;
using monitor::VerifyReport;
using thresholds::Error;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

// Damage is what this command looks for: the check says no.
Error as_check(Error error) {
  if (error.code == ErrorCode::kInput) error.code = ErrorCode::kCheckFailed;
  return error;
}

std::string report_json(const VerifyReport& report) {
  std::string list = "[";
  for (const auto& difference : report.differences) {
    if (list.size() > 1) list += ',';
    append_json(list, difference);
  }
  list += ']';
  std::string text;
  JsonLine line(text);
  line.number("persons", static_cast<std::int64_t>(report.persons));
  line.number("settlements", static_cast<std::int64_t>(report.settlements));
  line.number("difference_count", static_cast<std::int64_t>(report.difference_count));
  line.raw("differences", list);
  line.end_line();
  return text;
}

std::string report_text(const VerifyReport& report) {
  std::string text;
  for (const auto& difference : report.differences) {
    text += "difference: " + difference + "\n";
  }
  if (report.difference_count > report.differences.size()) {
    text += fmt::format("… and {} more\n",
                        grouped(report.difference_count - report.differences.size()));
  }
  text +=
      fmt::format("{} persons, {} settlements folded again: {}\n", grouped(report.persons),
                  grouped(report.settlements),
                  report.difference_count == 0 ? std::string("no difference")
                                               : grouped(report.difference_count) + " differences");
  return text;
}

}  // namespace

Result<void> verify_store_command(const VerifyOptions& options, Talk& talk) {
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  auto store = Store::open(settings->store, Store::Mode::kReader);
  if (!store) return tl::unexpected(as_check(store.error()));
  if (auto done = check_same_rules(**store, *rules); !done) {
    return tl::unexpected(as_check(done.error()));
  }
  talk.info("checksums",
            fmt::format("{}: reading every block against its checksum", settings->store));
  if (auto done = (*store)->verify_checksums(); !done)
    return tl::unexpected(as_check(done.error()));
  Progress progress(talk);
  const auto report = monitor::verify_store(
      **store, rules->book, rules->reference,
      [&](std::uint64_t persons) { progress.update("folding", persons, 0, ProgressUnit::kItems); });
  progress.finish();
  if (!report) return tl::unexpected(as_check(report.error()));
  if (auto done = print(options.json ? report_json(*report) : report_text(*report)); !done)
    return done;
  if (report->difference_count == 0) return {};
  return fail(
      ErrorCode::kCheckFailed,
      fmt::format(
          "{}: the kept state differs from its ledger; keep a copy of the folder, then build it "
          "anew from the source into an empty one",
          settings->store));
}

}  // namespace yujing::app

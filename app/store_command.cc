// yujing store verify: folds the ledger again and compares it with what the store keeps.
// yujing store compact: writes the store's tables anew, as small as they get.

#include <filesystem>

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

// Of all its files, as far as they can be looked at.
std::uint64_t bytes_of_folder(const std::string& folder) {
  std::uint64_t sum = 0;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end;
       at.increment(failed)) {
    const std::uintmax_t size = at->file_size(failed);
    if (!failed) sum += size;
  }
  return sum;
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

Result<void> compact_store_command(const CompactOptions& options, Talk& talk) {
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const std::uint64_t before = bytes_of_folder(settings->store);
  {
    monitor::StoreOptions how;
    how.must_exist = true;
    auto store = Store::open(settings->store, Store::Mode::kWriter, how);
    if (!store) return tl::unexpected(store.error());
    talk.info("compacting", fmt::format("{}: writing its tables anew", settings->store));
    Progress progress(talk);
    const auto done = (*store)->compact([&](std::size_t part, std::size_t parts) {
      progress.update("compacting", part, parts, ProgressUnit::kItems);
    });
    progress.finish();
    if (!done) return tl::unexpected(done.error());
  }
  const std::uint64_t after = bytes_of_folder(settings->store);
  if (!options.json) {
    return print(fmt::format("{}: {} before, {} now\n", settings->store,
                             amount_text(before, ProgressUnit::kBytes),
                             amount_text(after, ProgressUnit::kBytes)));
  }
  std::string text;
  JsonLine line(text);
  line.number("bytes_before", static_cast<std::int64_t>(before));
  line.number("bytes_after", static_cast<std::int64_t>(after));
  line.end_line();
  return print(text);
}

}  // namespace yujing::app

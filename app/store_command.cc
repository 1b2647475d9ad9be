// yujing store verify: folds the ledger again and compares it with what the store keeps, or
// compares the store with the ledger topic.
// yujing store compact: writes the store's tables anew, as small as they get.

#include <filesystem>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/json_text.h"
#include "app/kafka/topic_verify.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/rules.h"
#include "app/store_reading.h"
#include "app/store_view.h"
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

// Every store by itself, counted together.
Result<VerifyReport> verify_all(const StoreView& view, const Rules& rules, Progress& progress) {
  VerifyReport all;
  for (const KeptStore& kept : view.stores()) {
    auto report =
        monitor::verify_store(*kept.store, rules.book, rules.reference, [&](std::uint64_t persons) {
          progress.update("folding", all.persons + persons, 0, ProgressUnit::kItems);
        });
    if (!report) return report;
    all.persons += report->persons;
    all.settlements += report->settlements;
    all.difference_count += report->difference_count;
    for (std::string& difference : report->differences) {
      if (all.differences.size() < monitor::kDifferencesMax)
        all.differences.push_back(std::move(difference));
    }
  }
  return all;
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

// Of all files in the folders, as far as they can be looked at.
std::uint64_t bytes_of(const std::vector<StoreFolder>& folders) {
  std::uint64_t sum = 0;
  for (const StoreFolder& folder : folders) {
    std::error_code failed;
    for (std::filesystem::directory_iterator at(folder.path, failed), end; !failed && at != end;
         at.increment(failed)) {
      const std::uintmax_t size = at->file_size(failed);
      if (!failed) sum += size;
    }
  }
  return sum;
}

Result<void> compact_folder(const StoreFolder& folder, Talk& talk) {
  monitor::StoreOptions how;
  how.must_exist = true;
  if (folder.partition) how.durability = monitor::Durability::kLedger;
  auto store = Store::open(folder.path, Store::Mode::kWriter, how);
  if (!store) return tl::unexpected(store.error());
  talk.info("compacting", fmt::format("{}: writing its tables anew", folder.path));
  Progress progress(talk);
  auto done = (*store)->compact([&](std::size_t part, std::size_t parts) {
    progress.update("compacting", part, parts, ProgressUnit::kItems);
  });
  progress.finish();
  return done;
}

}  // namespace

Result<void> verify_store_command(const VerifyOptions& options, Talk& talk) {
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  if (options.against_topic) {
    auto done = verify_against_topic(*settings, options.json, talk);
    return done ? done : tl::unexpected(as_check(std::move(done.error())));
  }
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  const auto view = StoreView::open(settings->store);
  if (!view) return tl::unexpected(as_check(view.error()));
  if (auto done = check_same_rules(*view, *rules); !done) {
    return tl::unexpected(as_check(done.error()));
  }
  talk.info("checksums",
            fmt::format("{}: reading every block against its checksum", settings->store));
  Progress progress(talk);
  const auto report = verify_all(*view, *rules, progress);
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
  const auto folders = store_folders(settings->store);
  const std::uint64_t before = bytes_of(folders);
  for (const StoreFolder& folder : folders) {
    if (auto done = compact_folder(folder, talk); !done) return done;
  }
  const std::uint64_t after = bytes_of(folders);
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

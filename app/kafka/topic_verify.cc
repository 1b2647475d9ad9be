#include "app/kafka/topic_verify.h"

#include <filesystem>

#include <fmt/format.h>

#include "app/json_text.h"
#include "app/kafka/link.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/store_view.h"
#include "consumer/ledger_reader.h"
#include "consumer/topic_check.h"

namespace yujing::app {

using consumer::LedgerReader;
using consumer::TopicCheck;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// A store and what was found of it.
struct Checked {
  std::int32_t partition = 0;
  TopicCheck found;
};

std::string text_of(const Checked& checked) {
  const TopicCheck& found = checked.found;
  std::string text;
  for (const auto& difference : found.differences)
    text += fmt::format("difference: partition {}: {}\n", checked.partition, difference);
  if (found.difference_count > found.differences.size()) {
    text +=
        fmt::format("… and {} more\n", grouped(found.difference_count - found.differences.size()));
  }
  text +=
      fmt::format("partition {}: the store is as of offset {}; {} records compared: {}",
                  checked.partition, found.stands_for, grouped(found.records),
                  found.difference_count == 0 ? std::string("no difference")
                                              : grouped(found.difference_count) + " differences");
  if (found.left_out > 0)
    text += fmt::format("; {} written since left out", grouped(found.left_out));
  return text + "\n";
}

std::string json_of(const Checked& checked) {
  const TopicCheck& found = checked.found;
  std::string differences = "[";
  for (const auto& difference : found.differences) {
    if (differences.size() > 1) differences += ',';
    append_json(differences, difference);
  }
  differences += ']';
  std::string text;
  JsonLine line(text);
  line.number("partition", checked.partition);
  line.number("offset", found.stands_for);
  line.number("records", static_cast<std::int64_t>(found.records));
  line.number("left_out", static_cast<std::int64_t>(found.left_out));
  line.number("difference_count", static_cast<std::int64_t>(found.difference_count));
  line.raw("differences", differences);
  line.end_line();
  return text;
}

}  // namespace

Result<void> verify_against_topic(const Settings& settings, bool json, Talk& talk) {
  const auto kafka = kafka_options(settings);
  if (!kafka) return tl::unexpected(kafka.error());
  const auto view = StoreView::open(settings.store);
  if (!view) return tl::unexpected(view.error());
  LedgerReader reader(*kafka);
  Progress progress(talk);
  std::uint64_t differing = 0;
  std::string where;
  for (const KeptStore& kept : view->stores()) {
    if (!kept.partition) {
      return fail(ErrorCode::kConfiguration,
                  fmt::format("store {}: belongs to a run that reads files and is on no topic; "
                              "leave --against-topic out",
                              settings.store));
    }
    const std::int32_t partition = *kept.partition;
    const std::string step = fmt::format("partition {}", partition);
    const auto found = consumer::check_against_topic(
        reader, partition, *kept.store, std::filesystem::temp_directory_path().string(),
        [&](const consumer::RestoreProgress& at) {
          progress.update(step, static_cast<std::uint64_t>(at.reached - at.from),
                          static_cast<std::uint64_t>(at.end - at.from), ProgressUnit::kItems);
          return true;
        });
    progress.finish();
    if (!found) return tl::unexpected(found.error());
    const Checked checked{partition, found->value_or(TopicCheck())};
    if (auto done = print(json ? json_of(checked) : text_of(checked)); !done) return done;
    if (checked.found.difference_count == 0) continue;
    differing += checked.found.difference_count;
    if (where.empty()) where = fmt::format("partition {}", partition);
  }
  if (differing == 0) return {};
  return fail(ErrorCode::kCheckFailed,
              fmt::format("{}: {} differences from topic {}, the first in {}; keep a copy of its "
                          "folder, then stop the monitor and remove the folder: the next start "
                          "makes it anew from the topic",
                          settings.store, grouped(differing), kafka->ledger, where));
}

}  // namespace yujing::app

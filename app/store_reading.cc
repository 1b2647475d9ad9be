#include "app/store_reading.h"

#include <sstream>

#include <fmt/format.h>

#include "consumer/file_monitor.h"
#include "consumer/ledger_record.h"
#include "consumer/refolding.h"

namespace yujing::app {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// "CLUSTER PARTITION SETTLEMENTS PERSONS DECISIONS" as it is told.
std::string partition_position(const std::string& note) {
  std::istringstream words(note);
  std::string cluster, partition, settlements, persons, decisions;
  words >> cluster >> partition >> settlements >> persons >> decisions;
  return fmt::format("partition {}: settlements {}, persons {}, decisions {}", partition,
                     settlements, persons, decisions);
}

}  // namespace

Result<void> check_same_rules(const StoreView& view, const Rules& rules) {
  const std::string fingerprint = consumer::rules_fingerprint(rules.book, rules.reference);
  for (const KeptStore& kept : view.stores()) {
    const auto known = kept.store->note(consumer::kRulesNote);
    if (!known) return tl::unexpected(known.error());
    if (!known->has_value() || **known == fingerprint) continue;
    return fail(ErrorCode::kConfiguration,
                "the store was computed with other rules, figures or cities than the settings name "
                "now; name those it was last run with, or run `yujing run` once (restart it) with "
                "the new ones first");
  }
  return {};
}

Result<std::string> read_position(monitor::Store& store) {
  auto of_partition = store.note(consumer::kKafkaPositionNote);
  if (!of_partition) return tl::unexpected(std::move(of_partition.error()));
  if (*of_partition) return partition_position(**of_partition);
  auto position = store.note(consumer::kPositionNote);
  if (!position) return tl::unexpected(std::move(position.error()));
  const std::string text = position->value_or("");
  const auto folder = text.rfind('/', text.rfind(": line "));
  return folder == std::string::npos ? text : text.substr(folder + 1);
}

Result<std::string> read_position(const StoreView& view) {
  std::string all;
  for (const KeptStore& kept : view.stores()) {
    const auto position = read_position(*kept.store);
    if (!position) return position;
    if (!all.empty() && !position->empty()) all += "; ";
    all += *position;
  }
  return all;
}

}  // namespace yujing::app

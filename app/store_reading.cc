#include "app/store_reading.h"

#include "consumer/file_monitor.h"
#include "consumer/refolding.h"

namespace yujing::app {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

Result<void> check_same_rules(monitor::Store& store, const Rules& rules) {
  const auto known = store.note(consumer::kRulesNote);
  if (!known) return tl::unexpected(known.error());
  if (!known->has_value() || **known == consumer::rules_fingerprint(rules.book, rules.reference))
    return {};
  return fail(
      ErrorCode::kConfiguration,
      "the store was computed with other rules, figures or cities than the settings name now; name "
      "those it was last run with, or run `yujing run` once (restart it) with the new ones first");
}

Result<std::string> read_position(monitor::Store& store) {
  auto position = store.note(consumer::kPositionNote);
  if (!position) return tl::unexpected(std::move(position.error()));
  const std::string text = position->value_or("");
  const auto folder = text.rfind('/', text.rfind(": line "));
  return folder == std::string::npos ? text : text.substr(folder + 1);
}

}  // namespace yujing::app

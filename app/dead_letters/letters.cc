#include "app/dead_letters/letters.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "consumer/file_transaction.h"
#include "consumer/line_source.h"
#include "consumer/replay.h"
#include "monitor/refusal.h"

namespace yujing::app {
namespace {

using consumer::LineSource;
using monitor::Store;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

// A refused line of the longest kind kept, in base64, and what stands around it.
constexpr std::uint64_t kLetterBytesMax = 64ULL << 20;

// How many bytes of the file count.
Result<std::uint64_t> bytes_that_count(Store& store) {
  const auto note = store.note(consumer::kDeadLettersNote);
  if (!note) return tl::unexpected(note.error());
  std::uint64_t bytes = 0;
  if (*note) std::from_chars((*note)->data(), (*note)->data() + (*note)->size(), bytes);
  return bytes;
}

Result<std::optional<bool>> in_ledger(Store& store, const consumer::DeadLetter& letter) {
  if (!letter.is_event() || letter.reason == name_of(monitor::RefusalReason::kConflict))
    return std::optional<bool>();
  const auto name = consumer::settlement_name(letter.bytes);
  if (name.psn_no.empty() || name.setl_id.empty()) return std::optional<bool>();
  const auto item = store.item(name.psn_no, name.setl_id);
  if (!item) return tl::unexpected(item.error());
  return std::optional<bool>(item->has_value());
}

bool chosen(const LetterSelection& selection, const Letter& letter) {
  const auto holds = [](const auto& list, const auto& value) {
    return list.empty() || std::ranges::find(list, value) != list.end();
  };
  return holds(selection.reasons, letter.letter.reason) && holds(selection.numbers, letter.number);
}

}  // namespace

Result<void> check_selection(const LetterSelection& selection) {
  for (const auto& reason : selection.reasons) {
    if (std::ranges::find(monitor::kRefusalNames, reason) != monitor::kRefusalNames.end()) continue;
    return fail(ErrorCode::kUsage, fmt::format("--reason `{}`: there is no such reason; known: {}",
                                               reason, fmt::join(monitor::kRefusalNames, ", ")));
  }
  return {};
}

Result<void> read_letters(const Settings& settings, Store& store, const LetterSelection& selection,
                          const std::function<Result<bool>(const Letter&)>& visit) {
  const std::string& path = settings.alerts.dead_letters;
  const auto counts = bytes_that_count(store);
  if (!counts) return tl::unexpected(counts.error());
  consumer::LineSourceOptions options;
  options.path = path;
  options.line_bytes_max = kLetterBytesMax;
  auto source = LineSource::open(std::move(options));
  if (!source) return tl::unexpected(std::move(source.error()));
  std::uint64_t shown = 0;
  LineSource::Line line;
  while (shown < selection.limit.value_or(std::numeric_limits<std::uint64_t>::max())) {
    const auto next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != LineSource::Next::kLine || line.offset >= *counts) return {};
    if (line.number <= selection.after) continue;
    Letter letter;
    letter.number = line.number;
    auto read = consumer::read_dead_letter(line.bytes);
    if (!read) {
      return fail(
          ErrorCode::kInput,
          fmt::format("{}:{}: is no dead letter as yujing writes them; nobody else may write "
                      "to this file: put back the one of the last backup",
                      path, line.number));
    }
    letter.letter = std::move(*read);
    if (!chosen(selection, letter)) continue;
    const auto known = in_ledger(store, letter.letter);
    if (!known) return tl::unexpected(known.error());
    letter.in_ledger = *known;
    if (selection.open && letter.in_ledger.value_or(false)) continue;
    ++shown;
    const auto go_on = visit(letter);
    if (!go_on) return tl::unexpected(go_on.error());
    if (!*go_on) return {};
  }
  return {};
}

}  // namespace yujing::app

#include "app/dead_letters/letters.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/kafka/link.h"
#include "consumer/file_transaction.h"
#include "consumer/kafka_letter.h"
#include "consumer/kafka_reader.h"
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

Result<std::optional<bool>> in_ledger(const StoreView& stores, const Letter& letter) {
  const auto& refused = letter.letter;
  if (!refused.is_event || !letter.closed.empty() ||
      refused.reason == name_of(monitor::RefusalReason::kConflict)) {
    return std::optional<bool>();
  }
  const auto name = consumer::settlement_name(refused.bytes);
  if (name.psn_no.empty() || name.setl_id.empty()) return std::optional<bool>();
  const auto store = stores.store_of(name.psn_no);
  if (!store) return tl::unexpected(store.error());
  const auto item = (*store)->item(name.psn_no, name.setl_id);
  if (!item) return tl::unexpected(item.error());
  return std::optional<bool>(item->has_value());
}

using Visit = std::function<Result<bool>(const Letter&)>;

// Hands on what was asked for.
class Chooser {
 public:
  Chooser(const StoreView& stores, const LetterSelection& selection, const Visit& visit)
      : stores_(stores), selection_(selection), visit_(visit) {}

  [[nodiscard]] bool is_full() const {
    return shown_ >= selection_.limit.value_or(std::numeric_limits<std::uint64_t>::max());
  }
  // False: no more.
  Result<bool> take(Letter letter) {
    if (is_full()) return false;
    if (!is_chosen(letter)) return true;
    const auto known = in_ledger(stores_, letter);
    if (!known) return tl::unexpected(known.error());
    letter.in_ledger = *known;
    if (selection_.open && letter.in_ledger.value_or(false)) return true;
    ++shown_;
    return visit_(letter);
  }

 private:
  [[nodiscard]] bool is_chosen(const Letter& letter) const {
    const auto holds = [](const auto& list, const auto& value) {
      return list.empty() || std::ranges::find(list, value) != list.end();
    };
    return letter.number > selection_.after && holds(selection_.reasons, letter.letter.reason) &&
           holds(selection_.numbers, letter.number);
  }

  const StoreView& stores_;
  const LetterSelection& selection_;
  const Visit& visit_;
  std::uint64_t shown_ = 0;
};

Result<void> read_file_letters(const Settings& settings, Store& store, Chooser& chooser) {
  const std::string& path = settings.alerts.dead_letters;
  const auto counts = bytes_that_count(store);
  if (!counts) return tl::unexpected(counts.error());
  consumer::LineSourceOptions options;
  options.path = path;
  options.line_bytes_max = kLetterBytesMax;
  auto source = LineSource::open(std::move(options));
  if (!source) return tl::unexpected(std::move(source.error()));
  LineSource::Line line;
  while (!chooser.is_full()) {
    const auto next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != LineSource::Next::kLine || line.offset >= *counts) return {};
    auto read = consumer::read_dead_letter(line.bytes);
    if (!read) {
      return fail(
          ErrorCode::kInput,
          fmt::format("{}:{}: is no dead letter as yujing writes them; nobody else may write "
                      "to this file: put back the one of the last backup",
                      path, line.number));
    }
    const auto go_on = chooser.take({line.number, std::move(*read), {}, {}});
    if (!go_on) return tl::unexpected(go_on.error());
    if (!*go_on) return {};
  }
  return {};
}

Result<void> read_topic_letters(const Settings& settings, Chooser& chooser) {
  const auto kafka = kafka_options(settings);
  if (!kafka) return tl::unexpected(kafka.error());
  const auto seal = sealing_keys(settings);
  if (!seal) return tl::unexpected(seal.error());
  const std::string& topic = kafka->dead_letters;
  return consumer::read_topic(
      *kafka, topic, {}, [&](const consumer::TopicMessage& message) -> Result<bool> {
        auto read =
            consumer::read_letter(message.value, message.headers, *seal ? &**seal : nullptr);
        if (!read) {
          return fail(read.error().code,
                      fmt::format("topic {} partition {} offset {}: {}; nobody else may write to "
                                  "this topic",
                                  topic, message.partition, message.offset, read.error().message));
        }
        read->letter.is_event = read->origin.topic == kafka->settlements;
        const auto number =
            static_cast<std::uint64_t>(message.offset * message.partitions + message.partition + 1);
        return chooser.take({number, std::move(read->letter), std::move(read->closed), {}});
      });
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

Result<void> read_letters(const Settings& settings, const StoreView& stores,
                          const LetterSelection& selection, const Visit& visit) {
  Chooser chooser(stores, selection, visit);
  if (settings.stream == Stream::kKafka) return read_topic_letters(settings, chooser);
  return read_file_letters(settings, *stores.stores().front().store, chooser);
}

}  // namespace yujing::app

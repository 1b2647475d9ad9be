#include "app/dead_letters/replay_target.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "app/kafka/link.h"
#include "consumer/file_monitor.h"
#include "consumer/kafka_partition.h"
#include "consumer/kafka_reader.h"
#include "consumer/kafka_sender.h"
#include "consumer/record_file.h"
#include "consumer/replay.h"

namespace yujing::app {
namespace {

using consumer::LineSource;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

// The events file, fit to be added to and held until the lines are in it.
Result<AppendedFile> open_events(const Settings& settings) {
  const std::string& path = settings.source.path;
  if (path.empty()) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}`source.path` is not set: name the events file there or with "
                            "--events FILE",
                            settings.file.empty() ? "" : settings.file + ": "));
  }
  if (path == "-") {
    return fail(ErrorCode::kConfiguration,
                "the events come from standard input, to which nothing can be added: write the "
                "lines with --print and send them the way the events come");
  }
  auto file = AppendedFile::open(path, AppendedFile::Missing::kError);
  if (!file) return file;
  if (file->is_gzip()) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{}: is a gzip file, to which no line can be added: write the lines with "
                    "--print and send them the way the events come",
                    path));
  }
  const auto ended = file->ends_with_newline();
  if (!ended) return tl::unexpected(ended.error());
  if (!*ended) {
    return fail(ErrorCode::kInput,
                fmt::format("{}: its last line is not ended; nothing was added: wait until whoever "
                            "writes it has done so, or end the line",
                            path));
  }
  return file;
}

// The settlements offset a partition's store goes on from; nullopt: it has none yet.
Result<std::optional<std::int64_t>> next_settlement(monitor::Store& store) {
  const auto text = store.note(consumer::kKafkaPositionNote);
  if (!text) return tl::unexpected(text.error());
  if (!*text) return std::optional<std::int64_t>();
  const auto note = consumer::read_position_note(**text);
  if (note) return std::optional(note->next[consumer::KafkaInput::kSettlements]);
  return fail(ErrorCode::kInput,
              fmt::format("the store's note of its position reads `{}`, which is none", **text));
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Result<ReplayTarget> ReplayTarget::open(const Settings& settings) {
  ReplayTarget target;
  if (settings.stream == Stream::kKafka) {
    auto kafka = kafka_options(settings);
    if (!kafka) return tl::unexpected(kafka.error());
    target.name_ = kafka->settlements;
    target.kafka_ = std::move(*kafka);
    return target;
  }
  auto file = open_events(settings);
  if (!file) return tl::unexpected(std::move(file.error()));
  target.name_ = settings.source.path;
  target.file_.emplace(std::move(*file));
  return target;
}

Result<void> ReplayTarget::unread(
    const StoreView& stores, const std::function<Result<void>(std::string_view)>& visit) const {
  if (!kafka_) {
    const auto note = stores.stores().front().store->note(consumer::kEventsNote);
    if (!note) return tl::unexpected(note.error());
    const auto from =
        note->has_value() ? consumer::parse_position(**note) : consumer::FilePosition{};
    return each_line(name_, from, [&](const LineSource::Line& line) { return visit(line.bytes); });
  }
  std::map<std::int32_t, std::int64_t> from;
  for (const auto& kept : stores.stores()) {
    const auto next = next_settlement(*kept.store);
    if (!next) return tl::unexpected(next.error());
    if (kept.partition && *next) from.emplace(*kept.partition, **next);
  }
  return consumer::read_topic(*kafka_, name_, from,
                              [&](const consumer::TopicMessage& message) -> Result<bool> {
                                auto done = visit(message.value.value_or(""));
                                if (!done) return tl::unexpected(std::move(done.error()));
                                return true;
                              });
}

Result<void> ReplayTarget::add(const std::vector<std::string_view>& lines) {
  if (!kafka_) {
    std::string text;
    for (const auto line : lines) {
      text += line;
      text += '\n';
    }
    return file_->append(text);
  }
  auto sender = consumer::KafkaSender::open(*kafka_);
  if (!sender) return tl::unexpected(sender.error());
  for (const auto line : lines) {
    const auto name = consumer::settlement_name(line);
    if (auto done = sender->send(name_, name.psn_no, line); !done) return done;
  }
  const auto sent = sender->finish();
  if (!sent) return tl::unexpected(sent.error());
  return {};
}

Result<void> each_line(const std::string& path, const consumer::FilePosition& from,
                       const std::function<Result<void>(const LineSource::Line&)>& visit) {
  consumer::LineSourceOptions options;
  options.path = path;
  options.from = from;
  auto source = LineSource::open(std::move(options));
  if (!source) return tl::unexpected(std::move(source.error()));
  LineSource::Line line;
  while (true) {
    const auto next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != LineSource::Next::kLine) return {};
    if (is_blank(line.bytes)) continue;
    if (auto done = visit(line); !done) return done;
  }
}

}  // namespace yujing::app

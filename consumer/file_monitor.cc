#include "consumer/file_monitor.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "consumer/event_feed.h"
#include "consumer/file_transaction.h"
#include "consumer/intake.h"
#include "consumer/line_source.h"
#include "consumer/record_file.h"
#include "consumer/refolding.h"
#include "monitor/engine.h"

namespace yujing::consumer {

using monitor::Engine;
using monitor::RecordKind;
using monitor::Refusal;
using monitor::Store;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

constexpr std::size_t kBatchBytesMax = 256U << 20;
constexpr auto kIdle = std::chrono::milliseconds(200);
constexpr auto kLookAtRecords = std::chrono::seconds(5);

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool is_plain_or_absent(const std::string& path) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  return kind == std::filesystem::file_type::regular ||
         kind == std::filesystem::file_type::not_found;
}

class FileMonitor {
 public:
  FileMonitor(const thresholds::RuleBook& rules, const thresholds::Reference& reference,
              monitor::AlertPort& alert_port, const RenderAlert& render,
              const FileMonitorOptions& options, const MonitorObserver& observer,
              const std::atomic<bool>& stop)
      : rules_(rules),
        reference_(reference),
        alert_port_(alert_port),
        render_(render),
        options_(options),
        observer_(observer),
        stop_(stop),
        intake_(rules, observer) {}

  Result<MonitorSummary> run() {
    for (auto step : {&FileMonitor::open, &FileMonitor::refold_if_rules_changed,
                      &FileMonitor::read_all_records, &FileMonitor::read_events}) {
      Result<void> done = (this->*step)();
      if (!done) return tl::unexpected(std::move(done.error()));
      if (stop_) break;
    }
    return intake_.summary();
  }

 private:
  Result<void> open();
  Result<void> refold_if_rules_changed();
  Result<void> read_all_records();
  Result<void> read_records(RecordFile& file, RecordKind kind, std::string_view name);
  Result<void> read_record(RecordFile& file, RecordKind kind, std::string_view name,
                           const LineSource::Line& line);
  Result<void> read_events();
  Result<void> take_event(const FedEvent& event);
  Result<void> commit();
  Result<void> begin_commit();
  Result<void> finish_commit();
  void tell_committed(const FileTransaction::Committed& batch);
  void tell_state();

  [[nodiscard]] Store& store() { return transaction_->store(); }
  [[nodiscard]] Engine& engine() { return transaction_->engine(); }
  void refuse(const Refusal& refusal, const std::string& position, std::string_view bytes);
  void progress(const char* stage, std::uint64_t done, std::uint64_t all) const {
    if (observer_.progress) observer_.progress(stage, done, all);
  }

  const thresholds::RuleBook& rules_;
  const thresholds::Reference& reference_;
  monitor::AlertPort& alert_port_;
  const RenderAlert& render_;
  const FileMonitorOptions& options_;
  const MonitorObserver& observer_;
  const std::atomic<bool>& stop_;

  Intake intake_;
  std::unique_ptr<FileTransaction> transaction_;
  std::optional<RecordFile> persons_;
  std::optional<RecordFile> decisions_;
  std::size_t batch_events_ = 0;
  std::size_t batch_records_ = 0;  // of persons and decisions
  std::size_t batch_bytes_ = 0;
  std::chrono::steady_clock::time_point batch_since_;
  // Of the batch that is being made durable.
  std::size_t closed_events_ = 0;
  std::chrono::steady_clock::time_point closed_since_;
};

Result<void> FileMonitor::open() {
  Result<std::unique_ptr<FileTransaction>> opened = FileTransaction::open(
      {options_.store, options_.memtable_bytes, options_.alerts, options_.dead_letters}, rules_,
      reference_, alert_port_, render_);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  transaction_ = std::move(*opened);
  tell_state();
  return {};
}

Result<void> FileMonitor::refold_if_rules_changed() {
  Result<Refolding> refolding = Refolding::begin(store(), rules_fingerprint(rules_, reference_));
  if (!refolding) return tl::unexpected(std::move(refolding.error()));
  if (refolding->folds() && observer_.notice)
    observer_.notice("rules or reference figures have changed: folding every person again");
  while (!stop_) {
    Result<bool> more = refolding->next(store(), engine());
    if (!more) return tl::unexpected(std::move(more.error()));
    if (!*more) return {};
    Result<void> committed = commit();
    if (!committed) return committed;
    if (refolding->folds()) progress("refolding", refolding->persons_done(), 0);
  }
  return {};
}

Result<void> FileMonitor::read_all_records() {
  if (!persons_ && !options_.persons.empty()) {
    if (!std::filesystem::exists(options_.persons)) {
      return fail(ErrorCode::kConfiguration,
                  fmt::format("{}: the persons file (`source.persons`) is not there; put it in "
                              "place, or leave the key "
                              "out to run without categories",
                              options_.persons));
    }
    persons_.emplace(options_.persons);
  }
  for (const auto& [path, key] : {std::pair(&options_.persons, "source.persons"),
                                  std::pair(&options_.decisions, "source.decisions")}) {
    if (path->empty() || is_plain_or_absent(*path)) continue;
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}: is no plain file (`{}`); it is read again whenever it changes, so "
                            "name a file",
                            *path, key));
  }
  if (!decisions_ && !options_.decisions.empty()) decisions_.emplace(options_.decisions);
  if (persons_) {
    Result<void> read = read_records(*persons_, RecordKind::kPerson, "persons");
    if (!read) return read;
  }
  if (decisions_ && !stop_) return read_records(*decisions_, RecordKind::kDecision, "decisions");
  return {};
}

// Reads a records file whole, unless its very bytes were read before; a kill in the middle goes on
// there.
Result<void> FileMonitor::read_records(RecordFile& file, RecordKind kind, std::string_view name) {
  Result<bool> fresh = file.begin(store(), name);
  if (!fresh) return tl::unexpected(std::move(fresh.error()));
  if (!*fresh) return {};
  LineSource::Line line;
  while (!stop_) {
    Result<LineSource::Next> next = file.source().next(line);
    if (!next) return tl::unexpected(std::move(next.error()));
    const bool end = *next != LineSource::Next::kLine;
    if (end || (batch_records_ > 0 && line.number % options_.batch_events == 0) ||
        batch_bytes_ >= kBatchBytesMax) {
      file.keep(store(), end);
      Result<void> committed = commit();
      if (!committed) return committed;
      progress(name.data(), file.source().consumed(), file.source().size());
    }
    if (end) return {};
    if (blank(line.bytes)) continue;
    Result<void> read = read_record(file, kind, name, line);
    if (!read) return read;
    ++batch_records_;
    batch_bytes_ += line.bytes.size();
    file.passed(line);
  }
  file.keep(store(), false);
  return commit();
}

Result<void> FileMonitor::read_record(RecordFile& file, RecordKind kind, std::string_view name,
                                      const LineSource::Line& line) {
  Result<Intake::Refused> refused = intake_.record(
      engine(), kind, line.bytes, [&] { return fmt::format("{}:{}", file.path(), line.number); });
  if (!refused) return tl::unexpected(std::move(refused.error()));
  if (!*refused) return {};
  Result<bool> reported = file.reported_before(store(), name, line.bytes);
  if (!reported) return tl::unexpected(std::move(reported.error()));
  if (!*reported) {
    refuse(
        **refused,
        fmt::format("{}:{}", std::filesystem::path(file.path()).filename().string(), line.number),
        line.bytes);
  }
  return {};
}

Result<void> FileMonitor::read_events() {
  LineSourceOptions source;
  source.path = options_.events;
  source.follow = options_.follow;
  Result<std::optional<std::string>> note = store().note(kEventsNote);
  if (!note) return tl::unexpected(std::move(note.error()));
  if (*note && options_.events != "-") source.from = parse_position(**note);
  Result<EventFeed> opened = EventFeed::open(std::move(source), codec_options(rules_));
  if (!opened) return tl::unexpected(std::move(opened.error()));
  EventFeed& feed = *opened;
  const std::uint64_t backlog = feed.size();  // what was there at the start
  bool ready = false;
  FilePosition position;  // after the last event taken
  std::uint64_t consumed = 0;

  auto looked_at_records = std::chrono::steady_clock::now();
  while (true) {
    Result<LineSource::Next> next = feed.next(stop_);
    if (!next) return tl::unexpected(std::move(next.error()));
    const bool got = *next == LineSource::Next::kLine;
    if (got) {
      if (batch_events_ == 0) batch_since_ = std::chrono::steady_clock::now();
      ++batch_events_;
      batch_bytes_ += feed.event().bytes.size();
      Result<void> taken = take_event(feed.event());
      if (!taken) return taken;
      position = feed.event().after;
      consumed = feed.event().consumed;
    }
    if (!ready && (!got || consumed >= backlog)) {
      ready = true;
      if (observer_.ready) observer_.ready(true);
    }
    const bool full =
        got && (position.line % options_.batch_events == 0 || batch_bytes_ >= kBatchBytesMax);
    if (full || ((!got || stop_) && batch_events_ > 0)) {
      store().put_note(kEventsNote, position_text(position));
      store().put_note(kPositionNote, fmt::format("{}: line {}, byte {}", options_.events,
                                                  position.line, position.offset));
      Result<void> begun = begin_commit();
      if (!begun) return begun;
      progress("events", consumed, feed.size());
    }
    if (!got || stop_) {  // there is nothing to work on meanwhile
      Result<void> finished = finish_commit();
      if (!finished) return finished;
    }
    if (stop_) return {};
    if (*next == LineSource::Next::kEnd) {
      intake_.summary().unfinished_bytes = feed.unfinished();
      return {};
    }
    if (*next == LineSource::Next::kNothingYet) {
      std::this_thread::sleep_for(kIdle);
      if (std::chrono::steady_clock::now() - looked_at_records > kLookAtRecords) {
        looked_at_records = std::chrono::steady_clock::now();
        const bool changed =
            (persons_ && persons_->touched()) || (decisions_ && decisions_->touched());
        Result<void> read = changed ? read_all_records() : Result<void>();
        if (!read) return read;
      }
    }
  }
}

Result<void> FileMonitor::take_event(const FedEvent& event) {
  ++intake_.summary().lines;
  Result<Intake::Refused> refused = Intake::Refused();
  switch (event.kind) {
    case FedEvent::Kind::kBlank:
      return {};
    case FedEvent::Kind::kRefused:
      *refused = event.refusal;
      break;
    case FedEvent::Kind::kPreSettlement:
      intake_.ignore();
      return {};
    case FedEvent::Kind::kSettlement:
      refused = intake_.settlement(engine(), event.delivery);
      break;
  }
  if (!refused) return tl::unexpected(std::move(refused.error()));
  if (*refused) {
    refuse(
        **refused,
        fmt::format("{}:{} (byte {})", std::filesystem::path(options_.events).filename().string(),
                    event.after.line, event.offset),
        event.bytes);
  }
  return {};
}

void FileMonitor::refuse(const Refusal& refusal, const std::string& position,
                         std::string_view bytes) {
  transaction_->refuse(refusal, position, bytes);
  intake_.refuse(refusal);
}

// Until the batch is durable.
Result<void> FileMonitor::commit() {
  Result<void> done = begin_commit();
  return done ? finish_commit() : done;
}

// Lets the batch become durable while the next is worked on.
Result<void> FileMonitor::begin_commit() {
  Result<std::optional<FileTransaction::Committed>> before = transaction_->begin_commit();
  if (!before) return tl::unexpected(std::move(before.error()));
  if (*before) tell_committed(**before);
  closed_events_ = std::exchange(batch_events_, 0);
  closed_since_ = batch_since_;
  batch_records_ = 0;
  batch_bytes_ = 0;
  return {};
}

Result<void> FileMonitor::finish_commit() {
  Result<std::optional<FileTransaction::Committed>> finished = transaction_->finish_commit();
  if (!finished) return tl::unexpected(std::move(finished.error()));
  if (*finished) tell_committed(**finished);
  return {};
}

void FileMonitor::tell_committed(const FileTransaction::Committed& batch) {
  intake_.committed(batch.messages);
  if (observer_.batch && closed_events_ > 0) {
    const std::chrono::duration<double> taken = batch.at - closed_since_;
    observer_.batch(closed_events_, taken.count());
  }
  tell_state();
  intake_.tell_missing_figures(engine());
}

void FileMonitor::tell_state() {
  if (!observer_.state) return;
  const std::chrono::duration<double> stall = store().write_stall();
  observer_.state(engine().statistics(), {store().bytes(), engine().refolds(), stall.count()});
}

}  // namespace

Result<MonitorSummary> run_file_monitor(const thresholds::RuleBook& rules,
                                        const thresholds::Reference& reference,
                                        monitor::AlertPort& alerts, const RenderAlert& render,
                                        const FileMonitorOptions& options,
                                        const MonitorObserver& observer,
                                        const std::atomic<bool>& stop) {
  return FileMonitor(rules, reference, alerts, render, options, observer, stop).run();
}

}  // namespace yujing::consumer

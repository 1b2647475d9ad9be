#include "consumer/file_monitor.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "consumer/event_feed.h"
#include "consumer/file_transaction.h"
#include "consumer/line_source.h"
#include "consumer/person_codec.h"
#include "consumer/record_file.h"
#include "monitor/engine.h"
#include "thresholds/policy_file.h"

namespace yujing::consumer {

using monitor::Engine;
using monitor::Outcome;
using monitor::RecordKind;
using monitor::Refusal;
using monitor::Store;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// A batch ends where the line number is a multiple of this, when it holds this many bytes, or when
// there is nothing more to read. Alerts are judged per batch: ends that hang on the file alone, not
// on when the program was started, make a run after a kill say what the uninterrupted run says.
constexpr std::size_t kBatchLinesMax = 65536;
constexpr std::size_t kBatchBytesMax = 64U << 20;
constexpr std::size_t kRefoldPersonsMax = 2048;
constexpr auto kIdle = std::chrono::milliseconds(200);
constexpr auto kLookAtRecords = std::chrono::seconds(5);

constexpr std::string_view kRefoldNote = "refolding";  // fingerprint, newline, last person done

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
              const FileMonitorOptions& options, const FileMonitorObserver& observer,
              const std::atomic<bool>& stop)
      : rules_(rules),
        reference_(reference),
        alert_port_(alert_port),
        render_(render),
        options_(options),
        observer_(observer),
        stop_(stop) {}

  Result<FileMonitorSummary> run() {
    for (auto step : {&FileMonitor::open, &FileMonitor::refold_if_rules_changed,
                      &FileMonitor::read_all_records, &FileMonitor::read_events}) {
      Result<void> done = (this->*step)();
      if (!done) return tl::unexpected(std::move(done.error()));
      if (stop_) break;
    }
    return summary_;
  }

 private:
  Result<void> open();
  Result<void> refold_if_rules_changed();
  Result<void> read_all_records();
  Result<void> read_records(RecordFile& file, RecordKind kind, std::string_view name);
  void look_at(const monitor::HeldCategory& held, const std::string& where);
  Result<void> read_record(RecordFile& file, RecordKind kind, std::string_view name,
                           const LineSource::Line& line);
  Result<void> read_events();
  Result<void> take_event(const FedEvent& event);
  Result<void> commit();
  Result<void> begin_commit();
  Result<void> finish_commit();
  void tell_committed(const FileTransaction::Committed& batch);
  void tell_state();
  void tell_missing_figures();

  [[nodiscard]] Store& store() { return transaction_->store(); }
  [[nodiscard]] Engine& engine() { return transaction_->engine(); }
  void refuse(const Refusal& refusal, const std::string& position, std::string_view bytes);
  void count(Outcome outcome);
  void tell(const char* result) const {
    if (observer_.event) observer_.event(result);
  }
  void progress(const char* stage, std::uint64_t done, std::uint64_t all) const {
    if (observer_.progress) observer_.progress(stage, done, all);
  }

  const thresholds::RuleBook& rules_;
  const thresholds::Reference& reference_;
  monitor::AlertPort& alert_port_;
  const RenderAlert& render_;
  const FileMonitorOptions& options_;
  const FileMonitorObserver& observer_;
  const std::atomic<bool>& stop_;

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
  FileMonitorSummary summary_;
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

// Kept accounts were folded with the rules and figures of then. Where these have changed, every
// person is folded again, in order of psn_no; the last one done is kept, so that a kill costs
// nothing.
Result<void> FileMonitor::refold_if_rules_changed() {
  const std::string now = rules_fingerprint(rules_, reference_);
  Result<std::optional<std::string>> known = store().note(kRulesNote);
  if (!known) return tl::unexpected(std::move(known.error()));
  Result<std::optional<std::string>> begun = store().note(kRefoldNote);
  if (!begun) return tl::unexpected(std::move(begun.error()));
  // A kill may have left a part of the persons folded for rules that were taken back since.
  if (*known == now && begun->value_or("").empty()) return {};
  if (!*known) {
    store().put_note(kRulesNote, now);
    return commit();
  }
  std::string after;
  if (*begun && (*begun)->starts_with(now + "\n")) after = (*begun)->substr(now.size() + 1);
  if (observer_.notice)
    observer_.notice("rules or reference figures have changed: folding every person again");
  std::uint64_t done = 0;
  while (!stop_) {
    std::vector<std::string> persons;
    Result<void> listed = store().persons(after, [&](const monitor::PersonState& state) {
      persons.push_back(state.psn_no);
      return persons.size() < kRefoldPersonsMax;
    });
    if (!listed) return listed;
    if (persons.empty()) {
      store().put_note(kRulesNote, now);
      store().put_note(kRefoldNote, "");
      return commit();
    }
    for (const std::string& psn_no : persons) {
      Result<void> folded = engine().refold(psn_no);
      if (!folded) return folded;
    }
    after = persons.back();
    done += persons.size();
    store().put_note(kRefoldNote, now + "\n" + after);
    Result<void> committed = commit();
    if (!committed) return committed;
    progress("refolding", done, 0);
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
    if (end || (batch_records_ > 0 && line.number % kBatchLinesMax == 0) ||
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
  ++summary_.records_read;
  tl::expected<monitor::PersonRecord, Refusal> record = decode_person(line.bytes);
  if (!record) {
    Result<bool> reported = file.reported_before(store(), name, line.bytes);
    if (!reported) return tl::unexpected(std::move(reported.error()));
    if (!*reported) {
      refuse(
          record.error(),
          fmt::format("{}:{}", std::filesystem::path(file.path()).filename().string(), line.number),
          line.bytes);
    }
    return {};
  }
  for (const monitor::HeldCategory& held : record->categories)
    look_at(held, fmt::format("{}:{}", file.path(), line.number));
  Result<bool> applied = engine().apply(kind, *record);
  if (!applied) return tl::unexpected(std::move(applied.error()));
  return {};
}

// Counts what is odd about a category, and tells of the first of its kind.
void FileMonitor::look_at(const monitor::HeldCategory& held, const std::string& where) {
  const bool known = std::any_of(rules_.cities.begin(), rules_.cities.end(), [&](const auto& city) {
    return city.category_bit(held.category).has_value();
  });
  if (!known && ++summary_.unknown_categories == 1 && observer_.notice) {
    observer_.notice(
        fmt::format("{}: category `{}` is known to no policy in use; it is kept and "
                    "decides nothing (more of the kind are only counted)",
                    where, held.category));
  }
  const thresholds::CityRules* city = monitor::certified_elsewhere(rules_, held);
  if (city != nullptr && ++summary_.certified_elsewhere == 1 && observer_.notice) {
    const thresholds::Category& category = city->categories[*city->category_bit(held.category)];
    observer_.notice(fmt::format(
        "{}: category `{}` is certified by `{}`, by the rules of {} it is by {}; it is kept and "
        "counts all the same (more of the kind are only counted)",
        where, held.category, held.certified_by, city->id, fmt::join(category.certified_by, ", ")));
  }
}

Result<void> FileMonitor::read_events() {
  LineSourceOptions source;
  source.path = options_.events;
  source.follow = options_.follow;
  Result<std::optional<std::string>> note = store().note(kEventsNote);
  if (!note) return tl::unexpected(std::move(note.error()));
  if (*note && options_.events != "-") source.from = parse_position(**note);
  CodecOptions codec;
  for (const thresholds::CityRules& city : rules_.cities)
    codec.cities.push_back(city.code);
  Result<EventFeed> opened = EventFeed::open(std::move(source), std::move(codec));
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
        got && (position.line % kBatchLinesMax == 0 || batch_bytes_ >= kBatchBytesMax);
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
      summary_.unfinished_bytes = feed.unfinished();
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
  ++summary_.lines;
  const auto position = [&] {
    return fmt::format("{}:{} (byte {})",
                       std::filesystem::path(options_.events).filename().string(), event.after.line,
                       event.offset);
  };
  switch (event.kind) {
    case FedEvent::Kind::kBlank:
      return {};
    case FedEvent::Kind::kRefused:
      refuse(event.refusal, position(), event.bytes);
      return {};
    case FedEvent::Kind::kPreSettlement:
      ++summary_.ignored;
      tell("ignored");
      return {};
    case FedEvent::Kind::kSettlement:
      break;
  }
  Result<Outcome> outcome = engine().apply(event.delivery);
  if (!outcome) return tl::unexpected(std::move(outcome.error()));
  if (*outcome == Outcome::kConflict) {
    refuse({monitor::RefusalReason::kConflict,
            fmt::format("settlement {}: other content under the same id and the same updt_time (or "
                        "none on both); the "
                        "first comer stays. Send the right one again with a later updt_time",
                        event.delivery.settlement.setl_id)},
           position(), event.bytes);
    return {};
  }
  count(*outcome);
  return {};
}

void FileMonitor::refuse(const Refusal& refusal, const std::string& position,
                         std::string_view bytes) {
  transaction_->refuse(refusal, position, bytes);
  ++summary_.refused;
  ++summary_.refused_by_reason[std::string(name_of(refusal.reason))];
  tell("dead_letter");
  if (observer_.refused) observer_.refused(refusal.reason);
}

void FileMonitor::count(Outcome outcome) {
  switch (outcome) {
    case Outcome::kApplied:
      ++summary_.applied;
      return tell("applied");
    case Outcome::kDuplicate:
      ++summary_.duplicates;
      return tell("duplicate");
    case Outcome::kReplaced:
      ++summary_.replaced;
      return tell("replaced");
    case Outcome::kOutdated:
      ++summary_.outdated;
      return tell("outdated");
    case Outcome::kReversed:
      ++summary_.reversals;
      return tell("reversed");
    case Outcome::kConflict:
      return;  // refused by the caller
  }
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
  for (const monitor::AlertMessage& message : batch.messages) {
    if (message.type.ends_with("raised")) ++summary_.alerts_raised;
    if (message.type.ends_with("changed")) ++summary_.alerts_changed;
    if (message.type.ends_with("cleared")) ++summary_.alerts_cleared;
    if (observer_.alert) observer_.alert(message);
  }
  if (observer_.batch && closed_events_ > 0) {
    const std::chrono::duration<double> taken = batch.at - closed_since_;
    observer_.batch(closed_events_, taken.count());
  }
  tell_state();
  tell_missing_figures();
}

void FileMonitor::tell_state() {
  if (observer_.state) observer_.state(engine().statistics(), store().bytes(), engine().refolds());
}

// Says once of each figure that some bill's year needs and the reference table lacks.
void FileMonitor::tell_missing_figures() {
  for (const std::string& figure : engine().missing_figures()) {
    if (!summary_.missing_figures.insert(figure).second || !observer_.notice) continue;
    observer_.notice(
        fmt::format("the reference figures lack {}: what needs it is not paid and not "
                    "judged until the figure is there; add it with its source",
                    figure));
  }
}

}  // namespace

Result<FileMonitorSummary> run_file_monitor(const thresholds::RuleBook& rules,
                                            const thresholds::Reference& reference,
                                            monitor::AlertPort& alerts, const RenderAlert& render,
                                            const FileMonitorOptions& options,
                                            const FileMonitorObserver& observer,
                                            const std::atomic<bool>& stop) {
  return FileMonitor(rules, reference, alerts, render, options, observer, stop).run();
}

std::string rules_fingerprint(const thresholds::RuleBook& rules,
                              const thresholds::Reference& reference) {
  return thresholds::fingerprint(rules) + "/" + reference.fingerprint();
}

}  // namespace yujing::consumer

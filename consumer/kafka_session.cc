#include "consumer/kafka_session.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "consumer/kafka_letter.h"
#include "consumer/kill_point.h"
#include "consumer/ledger_record.h"
#include "consumer/refolding.h"

namespace yujing::consumer {

using monitor::AlertMessage;
using monitor::RecordKind;
using monitor::Refusal;
using monitor::RefusalReason;
using std::chrono::milliseconds;
using thresholds::Error;
using thresholds::ErrorCode;
using thresholds::Result;

namespace {

constexpr std::size_t kBatchEventsMax = 65536;
constexpr std::size_t kBatchBytesMax = 64U << 20;
constexpr auto kBehindCommitEvery = std::chrono::seconds(2);
constexpr auto kIdle = milliseconds(100);
constexpr auto kWaitSilently = std::chrono::seconds(5);
constexpr auto kFlushEvery = std::chrono::seconds(60);  // each store
constexpr auto kLookEvery = std::chrono::seconds(1);
constexpr int kWarning = 4;  // of syslog
constexpr std::size_t kLogLinesMax = 20;
constexpr std::size_t kCutDeadLetterBytes = 512U << 10;
constexpr std::size_t kCacheBytes = 2ULL << 30;  // of all partitions
constexpr int kAbortsMax = 5;
constexpr auto kPutOutApart = std::chrono::minutes(10);

// Those of a partition to those of the others.
void add(monitor::Statistics& sum, const monitor::Statistics& other) {
  sum.persons += other.persons;
  for (const auto& [city, more] : other.paid) {
    monitor::Statistics::Paid& paid = sum.paid[city];
    for (std::size_t i = 0; i < thresholds::kPayers; ++i)
      paid.by_payer[i] += more.by_payer[i];
    paid.burden += more.burden;
    paid.settlements += more.settlements;
  }
  for (const auto& [key, count] : other.open_alerts)
    sum.open_alerts[key] += count;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

KafkaSession::KafkaSession(KafkaLife& life) : life_(life), options_(life.options) {}
KafkaSession::~KafkaSession() = default;

KafkaDone KafkaSession::run() {
  Done done = open();
  if (done) done = loop();
  tell_logs();
  if (done) return {};
  KafkaTrouble trouble = std::move(done.error());
  if (trouble.action == FaultAction::kStop && !comes_back(trouble))
    return tl::unexpected(std::move(trouble));
  trouble.action = FaultAction::kNewClients;
  // Nothing that was not committed counts; the log tells what was.
  Done dropped = drop_batch();
  if (!dropped) return dropped;
  if (is_fence(trouble) && consumer_ != nullptr) {
    const std::optional<KafkaTrouble> stop = hear_of_a_double();
    if (stop && !comes_back(*stop)) return tl::unexpected(*stop);
  }
  return tl::unexpected(std::move(trouble));
}

// When the broker that coordinates the group goes down while a member joins, the group may take the
// member's second try for another process of its name. Whoever is put out again has a double.
bool KafkaSession::comes_back(const KafkaTrouble& trouble) {
  if (!is_put_out(trouble)) return false;
  const auto before = std::exchange(life_.put_out, Clock::now());
  return !before || Clock::now() - *before > kPutOutApart;
}

// Two processes of one identity fence each other for ever, unless one of them hears that the group
// has put it out.
std::optional<KafkaTrouble> KafkaSession::hear_of_a_double() {
  const auto until = Clock::now() + options_.kafka.session_timeout / 10 + std::chrono::seconds(1);
  while (Clock::now() < until && !life_.stop) {
    const auto polled = consumer_->poll(kIdle);
    if (!polled && polled.error().action == FaultAction::kStop) return polled.error();
  }
  return std::nullopt;
}

KafkaDone KafkaSession::open() {
  auto producer =
      KafkaProducer::make(options_.kafka, options_.kafka.group + "-" + life_.instance, life_.watch,
                          [this](int level, std::string_view text) { kafka_log(level, text); });
  if (!producer) return tl::unexpected(stop_with(std::move(producer.error())));
  producer_ = std::move(*producer);
  Done done = producer_->init();
  if (!done) return done;
  auto consumer = KafkaConsumer::join(options_.kafka, life_.instance, life_.watch, *this);
  if (!consumer) return tl::unexpected(stop_with(std::move(consumer.error())));
  consumer_ = std::move(*consumer);
  KafkaResult<std::string> cluster = consumer_->cluster_id();
  if (!cluster) return tl::unexpected(std::move(cluster.error()));
  cluster_ = std::move(*cluster);
  const KafkaResult<std::int32_t> count = consumer_->partition_count();
  if (!count) return tl::unexpected(count.error());
  partition_count_ = *count;
  if (!options_.once || life_.ends) return {};
  std::vector<KafkaPositions> ends(static_cast<std::size_t>(*count));
  for (std::int32_t number = 0; number < *count; ++number) {
    for (const KafkaInput input : kAllKafkaInputs) {
      const auto bounds = consumer_->bounds(input, number);
      if (!bounds) return tl::unexpected(bounds.error());
      ends[static_cast<std::size_t>(number)][input] = bounds->end;
    }
  }
  life_.ends = std::move(ends);
  return {};
}

KafkaDone KafkaSession::loop() {
  while (true) {
    tell_logs();
    if (life_.stop) return finish();
    if (has_assignment_ && !taken_up_) {
      Done taken = take_up();
      if (!taken) return taken;
      continue;
    }
    const auto arrivals = consumer_->poll(patience());
    if (!arrivals) return tl::unexpected(arrivals.error());
    if (trouble_) return tl::unexpected(*std::exchange(trouble_, std::nullopt));
    Done done = take(*arrivals);
    if (done && std::exchange(rearrange_, false)) done = read_on();
    if (done && batch_is_due()) done = commit_or_go_back();
    if (done && settlements_wait_ && all_caught_up(KafkaInput::kPersons) &&
        all_caught_up(KafkaInput::kDecisions)) {
      settlements_wait_ = false;
      done = read_on();
    }
    if (!done) return done;
    tell_of_waiting();
    look_after();
    done = flush_next();
    if (!done) return done;
    if (options_.once && batch_arrivals_ == 0 && reached_ends()) {
      const KafkaResult<bool> all = others_reached_ends();
      if (!all) return tl::unexpected(all.error());
      if (*all) return finish();
    }
  }
}

// ---- what the group says

void KafkaSession::assigned(const std::vector<std::int32_t>& partitions) {
  assigned_ = partitions;
  has_assignment_ = true;
  waits_since_.reset();
  taken_up_ = false;
  ++generation_;
}

void KafkaSession::revoked(bool lost) {
  if (life_.kafka.rebalance) life_.kafka.rebalance();
  if (batch_arrivals_ > 0) {
    // Whoever gets the partitions begins where this batch ends, or where it began.
    Done done = lost ? drop_batch() : commit();
    if (!done && done.error().action == FaultAction::kAbort) {
      tell_transaction("aborted");
      done = producer_->abort();
      if (done) done = drop_batch();
    }
    if (!done) trouble_ = std::move(done.error());
  }
  has_assignment_ = taken_up_ = settlements_wait_ = false;
  waits_since_ = Clock::now();
  ++generation_;
}

void KafkaSession::kafka_log(int level, std::string_view text) {
  if (level > kWarning) return;
  const std::lock_guard lock(log_mutex_);
  if (log_.size() < kLogLinesMax) log_.emplace_back(text);
}

// Whether the group or a signal wants something else than what is being done now.
KafkaResult<bool> KafkaSession::interrupted() {
  const auto polled = consumer_->poll(milliseconds(0));
  if (!polled) return tl::unexpected(polled.error());
  if (trouble_) return tl::unexpected(*std::exchange(trouble_, std::nullopt));
  tell_logs();
  return generation_ != taking_up_ || life_.stop;
}

// The same as an answer to who asks whether to go on.
bool KafkaSession::goes_on(std::optional<KafkaTrouble>& trouble) {
  const KafkaResult<bool> other = interrupted();
  if (!other) trouble = other.error();
  return other && !*other;
}

// ---- from an assignment to the first event

KafkaDone KafkaSession::take_up() {
  taking_up_ = generation_;
  life_.ready = false;
  if (life_.observer.ready) life_.observer.ready(false);
  // What did not come back is closed; what stays, stays open.
  for (auto it = life_.partitions.begin(); it != life_.partitions.end();) {
    if (std::ranges::binary_search(assigned_, it->first)) {
      ++it;
      continue;
    }
    const Result<void> flushed = it->second->store().flush();
    if (!flushed) return tl::unexpected(stop_with(flushed.error()));
    it = life_.partitions.erase(it);
  }
  const Result<void> aside = KafkaPartition::set_aside(options_.store, assigned_);
  if (!aside) return tl::unexpected(stop_with(aside.error()));
  for (const std::int32_t number : assigned_) {
    Done done = open_and_restore(number);
    if (!done) return done;
    const KafkaResult<bool> other = interrupted();
    if (!other) return tl::unexpected(other.error());
    if (*other) return {};
  }
  kill_point(KillPoint::kAfterRestore);
  Done done = check_positions();
  if (done) done = look_where_topics_end();
  if (!done) return done;
  for (const std::int32_t number : assigned_) {
    const KafkaResult<bool> whole = refold(partition(number));
    if (!whole) return tl::unexpected(whole.error());
    if (!*whole) return {};
  }
  settlements_wait_ =
      !all_caught_up(KafkaInput::kPersons) || !all_caught_up(KafkaInput::kDecisions);
  taken_up_ = true;
  tell_state();
  return read_on();
}

KafkaDone KafkaSession::open_and_restore(std::int32_t number) {
  std::unique_ptr<KafkaPartition>& slot = life_.partitions[number];
  if (slot == nullptr) {
    KafkaPartition::Home home;
    home.folder = (std::filesystem::path(options_.store) / std::to_string(number)).string();
    home.memtable_bytes = options_.memtable_bytes;
    home.cache_bytes = kCacheBytes / static_cast<std::size_t>(std::max(1, partition_count_));
    home.cluster = cluster_;
    home.number = number;
    auto opened = KafkaPartition::open(std::move(home), life_.rules,
                                       [this](const std::string& line) { tell(line); });
    if (!opened) {
      life_.partitions.erase(number);
      return tl::unexpected(stop_with(std::move(opened.error())));
    }
    slot = std::move(*opened);
  }
  // Asked for after init() and after the group gave the partition to us: whatever an earlier owner
  // may still have committed lies before it.
  std::optional<KafkaTrouble> trouble;
  const auto bounds = life_.reader.bounds(number, [&] { return goes_on(trouble); });
  if (!bounds) return tl::unexpected(stop_with(bounds.error()));
  if (trouble) return tl::unexpected(std::move(*trouble));
  if (!*bounds) return {};
  const std::int64_t end = (*bounds)->end;
  const Result<std::int64_t> offset = slot->ledger_offset();
  if (!offset) return tl::unexpected(store_trouble(*slot, offset.error()));
  // Behind the last record lies at most the marker of its own commit. A store that is ahead of the
  // topic is for the reader to refuse.
  const bool is_whole = end == *offset || (*offset > 0 && end == *offset + 1);
  if (!is_whole) {
    const KafkaResult<bool> whole = restore(*slot, end);
    if (!whole) return tl::unexpected(whole.error());
    if (!*whole) return {};
  }
  if (slot->is_started()) return {};
  const Result<void> started = slot->start();
  if (!started) return tl::unexpected(store_trouble(*slot, started.error()));
  return {};
}

// False: interrupted; what was copied is kept.
KafkaResult<bool> KafkaSession::restore(KafkaPartition& part, std::int64_t end) {
  const auto began = Clock::now();
  std::optional<KafkaTrouble> trouble;
  part.restoring();
  const auto restored =
      life_.reader.restore(part.number(), part.store(), end, [&](const RestoreProgress& progress) {
        if (progress.records > 0) kill_point(KillPoint::kInRestore);
        if (life_.observer.progress) {
          life_.observer.progress("restoring",
                                  static_cast<std::uint64_t>(progress.reached - progress.from),
                                  static_cast<std::uint64_t>(progress.end - progress.from));
        }
        return goes_on(trouble);
      });
  if (!restored) return tl::unexpected(stop_with(restored.error()));
  if (trouble) return tl::unexpected(std::move(*trouble));
  if (restored->reached < end) return false;
  if (life_.kafka.restored) {
    const std::chrono::duration<double> taken = Clock::now() - began;
    life_.kafka.restored(taken.count(), restored->records);
  }
  return true;
}

// The ledger and the group's positions were written in the same transactions: they agree, or one of
// them is not what it was.
std::optional<Error> KafkaSession::disagreement(const KafkaPartition& part,
                                                const KafkaPositions& of_group) const {
  const auto text = [](std::int64_t offset) {
    return offset < 0 ? std::string("none") : std::to_string(offset);
  };
  for (const KafkaInput input : kAllKafkaInputs) {
    const std::int64_t group = of_group[input];
    const std::int64_t ledger = part.has_position() ? part.committed()[input] : -1;
    if (group == ledger) continue;
    return Error{
        ErrorCode::kInput,
        fmt::format(
            "topic {} partition {}: the position of group {} is {}, by the ledger topic {} it is "
            "{}. They are written together, so one of the two was deleted, reset or expired; see "
            "docs/exactly-once.md, \"When positions disagree\"",
            topic_of(options_.kafka, input), part.number(), options_.kafka.group, text(group),
            options_.kafka.ledger, text(ledger))};
  }
  return std::nullopt;
}

// Between the two looks another process of this name may have committed, before we hear that we are
// put out: what disagrees must do so a second time, in the same way.
KafkaDone KafkaSession::check_positions() {
  if (assigned_.empty()) return {};
  const auto committed = consumer_->committed(assigned_);
  if (!committed) return tl::unexpected(committed.error());
  for (std::size_t i = 0; i < assigned_.size(); ++i) {
    const auto found = disagreement(partition(assigned_[i]), (*committed)[i]);
    if (!found) continue;
    KafkaTrouble trouble = stop_with(*found);
    if (std::exchange(life_.disagreed, found->message) != found->message)
      trouble.action = FaultAction::kNewClients;
    return tl::unexpected(std::move(trouble));
  }
  return {};
}

KafkaDone KafkaSession::look_where_topics_end() {
  ends_.clear();
  begun_ = 0;
  for (const std::int32_t number : assigned_) {
    KafkaPartition& part = partition(number);
    KafkaPositions begins;
    for (const KafkaInput input : kAllKafkaInputs) {
      const auto bounds = consumer_->bounds(input, number);
      if (!bounds) return tl::unexpected(bounds.error());
      begins[input] = bounds->begin;
      ends_[number][input] = bounds->end;
      const std::int64_t next = part.committed()[input];
      if (!part.has_position() || (next >= bounds->begin && next <= bounds->end)) continue;
      return tl::unexpected(stop_with(
          {ErrorCode::kInput,
           fmt::format("topic {} partition {}: the next message to read is {}, but the topic holds "
                       "{} to {}: {}; see docs/exactly-once.md, \"When positions disagree\"",
                       topic_of(options_.kafka, input), number, next, bounds->begin, bounds->end,
                       next < bounds->begin ? "what lies between was removed unread"
                                            : "it was cut or made anew")}));
    }
    if (!part.has_position()) part.begin_at(begins);
    begun_ += part.next[KafkaInput::kSettlements];
  }
  return {};
}

// False: interrupted; what was done is kept.
KafkaResult<bool> KafkaSession::refold(KafkaPartition& part) {
  Result<Refolding> refolding = Refolding::begin(part.store(), life_.fingerprint);
  if (!refolding) return tl::unexpected(store_trouble(part, refolding.error()));
  if (refolding->folds()) {
    tell(
        fmt::format("partition {}: rules or reference figures have changed: folding every person "
                    "again",
                    part.number()));
  }
  while (true) {
    const Result<bool> more = refolding->next(part.store(), part.engine());
    if (!more) return tl::unexpected(store_trouble(part, more.error()));
    if (!*more) return true;
    part.in_batch = true;
    Done committed = commit();
    if (!committed) return tl::unexpected(committed.error());
    if (refolding->folds() && life_.observer.progress)
      life_.observer.progress("refolding", refolding->persons_done(), 0);
    const KafkaResult<bool> other = interrupted();
    if (!other) return tl::unexpected(other.error());
    if (*other) return false;
  }
}

// Reads on from where it stands; settlements only when persons and decisions have been read.
KafkaDone KafkaSession::read_on() {
  std::vector<KafkaPlace> places;
  for (const std::int32_t number : assigned_) {
    const KafkaPartition& part = partition(number);
    for (const KafkaInput input : kAllKafkaInputs) {
      if (input == KafkaInput::kSettlements && !reads_settlements(number)) continue;
      places.push_back({input, number, part.next[input]});
    }
  }
  return consumer_->assign(places);
}

bool KafkaSession::reads_settlements(std::int32_t number) const {
  return !settlements_wait_ && !life_.stopped.contains(number);
}

bool KafkaSession::all_caught_up(KafkaInput input) const {
  return std::ranges::all_of(assigned_, [&](std::int32_t number) {
    const auto end = ends_.find(number);
    return end != ends_.end() && partition(number).next[input] >= end->second[input];
  });
}

// Whether what is assigned here was read to where it ended at the program's start.
bool KafkaSession::reached_ends() const {
  if (!taken_up_ || !life_.ends) return false;
  return std::ranges::all_of(assigned_, [&](std::int32_t number) {
    const KafkaPositions& ends = (*life_.ends)[static_cast<std::size_t>(number)];
    return std::ranges::all_of(kAllKafkaInputs, [&](KafkaInput input) {
      const bool stopped = input == KafkaInput::kSettlements && life_.stopped.contains(number);
      return stopped || partition(number).next[input] >= ends[input];
    });
  });
}

// Whether the group's other members have committed up to there, too. What nobody has comes to us.
KafkaResult<bool> KafkaSession::others_reached_ends() {
  if (Clock::now() - looked_at_others_ < kLookEvery) return false;
  looked_at_others_ = Clock::now();
  std::vector<std::int32_t> others;
  for (std::int32_t number = 0; number < partition_count_; ++number) {
    if (!std::ranges::binary_search(assigned_, number)) others.push_back(number);
  }
  if (others.empty()) return true;
  const auto committed = consumer_->committed(others);
  if (!committed) return tl::unexpected(committed.error());
  for (std::size_t i = 0; i < others.size(); ++i) {
    const KafkaPositions& ends = (*life_.ends)[static_cast<std::size_t>(others[i])];
    for (const KafkaInput input : kAllKafkaInputs) {
      if (std::max<std::int64_t>(0, (*committed)[i][input]) < ends[input]) return false;
    }
  }
  return true;
}

KafkaPartition& KafkaSession::partition(std::int32_t number) const {
  return *life_.partitions.at(number);
}

// ---- a batch

namespace {

// Has the processor fetch what the events after the first of `arrivals` will need: the message of
// one, and what the store knows of the person of another who comes sooner.
void expect(KafkaPartition& part, std::span<const KafkaArrival> arrivals) {
  constexpr std::size_t kPerson = monitor::Store::kExpected;
  constexpr std::size_t kMessage = 2 * kPerson;
  if (kMessage < arrivals.size() && arrivals[kMessage].key)
    __builtin_prefetch(arrivals[kMessage].key->data());
  if (kPerson >= arrivals.size()) return;
  const KafkaArrival& person = arrivals[kPerson];
  if (person.key && person.place.partition == part.number()) part.store().expect(*person.key);
}

}  // namespace

KafkaDone KafkaSession::take(std::span<const KafkaArrival> arrivals) {
  // What persons and decisions say counts for the settlements that came with it.
  for (const bool settlements : {false, true}) {
    for (std::size_t i = 0; i < arrivals.size(); ++i) {
      const KafkaArrival& arrival = arrivals[i];
      if ((arrival.place.input == KafkaInput::kSettlements) != settlements) continue;
      const auto found = life_.partitions.find(arrival.place.partition);
      if (found == life_.partitions.end()) continue;
      expect(*found->second, arrivals.subspan(i));
      Done done = take(*found->second, arrival);
      if (!done) return done;
    }
  }
  return {};
}

KafkaDone KafkaSession::take(KafkaPartition& part, const KafkaArrival& arrival) {
  const auto& [input, number, offset] = arrival.place;
  const bool is_event = input == KafkaInput::kSettlements && !arrival.is_end;
  // A log may end behind its last message, with what a transaction leaves there: that is read, too.
  const std::int64_t after = arrival.is_end ? offset : offset + 1;
  if (after <= part.next[input]) return {};
  if (input == KafkaInput::kSettlements && life_.stopped.contains(number)) return {};
  if (batch_arrivals_ == 0) {
    batch_since_ = Clock::now();
    before_batch_ = life_.intake.summary();
  }
  ++batch_arrivals_;
  batch_bytes_ += arrival.value.value_or("").size();
  part.in_batch = true;
  part.next[input] = after;
  if (arrival.is_end) return {};
  Result<Intake::Refused> refused = is_event ? event(part, arrival) : record(part, arrival);
  if (!refused) return tl::unexpected(store_trouble(part, refused.error()));
  if (*refused) refuse(part, arrival, **refused);
  if (is_event) watch_refusals(number, refused->has_value());
  return {};
}

Result<Intake::Refused> KafkaSession::event(KafkaPartition& part, const KafkaArrival& arrival) {
  ++life_.intake.summary().lines;
  ++batch_events_;
  last_event_ms_[part.number()] = arrival.timestamp_ms;
  if (arrival.value) return life_.intake.event(part.engine(), *arrival.value);
  return Intake::Refused(
      Refusal{RefusalReason::kNotJson,
              "the message has no value (null); a settlement is taken back by a reversal"});
}

Result<Intake::Refused> KafkaSession::record(KafkaPartition& part, const KafkaArrival& arrival) {
  if (arrival.value.value_or("").empty()) {
    ++life_.intake.summary().records_read;  // forgets the person's names, of which we keep none
    return Intake::Refused();
  }
  const KafkaPlace& place = arrival.place;
  const auto kind =
      place.input == KafkaInput::kPersons ? RecordKind::kPerson : RecordKind::kDecision;
  return life_.intake.record(part.engine(), kind, *arrival.value, [&] {
    return fmt::format("{} partition {} offset {}", topic_of(options_.kafka, place.input),
                       place.partition, place.offset);
  });
}

void KafkaSession::refuse(KafkaPartition& part, const KafkaArrival& arrival,
                          const Refusal& refusal) {
  KafkaDeadLetter letter;
  if (arrival.key) letter.key = *arrival.key;
  const auto& place = arrival.place;
  const LetterOrigin origin{topic_of(options_.kafka, place.input), place.partition, place.offset,
                            arrival.timestamp_ms};
  Refusal told = refusal;
  if (arrival.value) {
    const std::string_view bytes = arrival.value->substr(0, life_.dead_letter_bytes_max);
    letter.value = letter_value(bytes, origin, options_.seal);
    if (bytes.size() < arrival.value->size()) {
      told.message +=
          fmt::format(" (of {} bytes the first {} are kept here, the whole is in the source)",
                      arrival.value->size(), bytes.size());
    }
  }
  letter.headers = consumer_->headers(arrival);
  add_letter_headers(letter.headers, origin, told);
  part.dead_letters.push_back(std::move(letter));
  life_.intake.refuse(refusal);
}

void KafkaSession::watch_refusals(std::int32_t number, bool refused) {
  const RefusalLimit& limit = options_.refusals;
  Window& window = windows_[number];
  ++window.events;
  window.refused += refused ? 1 : 0;
  const bool too_many =
      std::uint64_t{window.refused} * 100 > std::uint64_t{limit.window} * limit.percent;
  if (too_many) {
    life_.stopped.insert(number);
    tell(fmt::format(
        "topic {} partition {}: stopped, because {} of the last {} events were refused (limit: {} "
        "of {}, `kafka.refusal_percent`). Look at the dead letters; when what is sent, or the "
        "policies, "
        "are mended, start again: it goes on where it stands",
        options_.kafka.settlements, number, window.refused, window.events,
        std::uint64_t{limit.window} * limit.percent / 100, limit.window));
    if (life_.kafka.stopped) life_.kafka.stopped({life_.stopped.begin(), life_.stopped.end()});
    rearrange_ = true;
  }
  if (window.events >= limit.window || too_many) window = {};
}

milliseconds KafkaSession::patience() const {
  if (batch_arrivals_ == 0) return kIdle;
  const auto due = commit_began_ + options_.kafka.commit_every - Clock::now();
  return std::clamp(std::chrono::duration_cast<milliseconds>(due), milliseconds(1), kIdle);
}

bool KafkaSession::batch_is_due() const {
  if (batch_arrivals_ == 0) return false;
  if (batch_arrivals_ >= kBatchEventsMax || batch_bytes_ >= kBatchBytesMax) return true;
  if (options_.once && reached_ends()) return true;
  // What has come while the last one was under way has waited since.
  const auto since = Clock::now() - commit_began_;
  if (since < options_.kafka.commit_every) return false;
  return since >= kBehindCommitEvery || !is_behind();
}

// A whole batch waits: then nobody has an alert sooner by commits of parts of it, which cost more.
bool KafkaSession::is_behind() const {
  std::int64_t waiting = 0;
  for (const std::int32_t number : assigned_) {
    for (const KafkaInput input : kAllKafkaInputs) {
      if (input == KafkaInput::kSettlements && !reads_settlements(number)) continue;
      const std::int64_t end = consumer_->seen_end(input, number);
      waiting += std::max<std::int64_t>(0, end - partition(number).next[input]);
    }
  }
  return waiting >= static_cast<std::int64_t>(kBatchEventsMax);
}

KafkaDone KafkaSession::commit() {
  commit_began_ = Clock::now();
  std::vector<Share> shares;
  for (auto& [number, part] : life_.partitions) {
    if (!part->in_batch) continue;
    const Result<void> flushed = part->flush();
    if (!flushed) return tl::unexpected(store_trouble(*part, flushed.error()));
    shares.push_back({part.get(), part->engine().take_messages()});
  }
  Done written = write_transaction(shares);
  if (!written) {
    if (written.error().action != FaultAction::kAbort) tell_transaction("in_doubt");
    return written;
  }
  kill_point(KillPoint::kAfterCommit);
  tell_transaction("committed");
  for (const Share& share : shares) {
    const Result<void> kept =
        share.partition->keep(producer_->ledger_end(share.partition->number()));
    if (!kept) return tl::unexpected(stop_with(kept.error()));
    kill_point(KillPoint::kMidStore);
  }
  kill_point(KillPoint::kAfterStore);
  for (const Share& share : shares) {
    life_.intake.committed(share.alerts);
    life_.intake.tell_missing_figures(share.partition->engine());
  }
  if (life_.observer.batch && batch_events_ > 0) {
    const std::chrono::duration<double> taken = Clock::now() - batch_since_;
    life_.observer.batch(batch_events_, taken.count());
  }
  batch_events_ = batch_arrivals_ = batch_bytes_ = 0;
  aborts_ = 0;
  return {};
}

KafkaDone KafkaSession::write_transaction(const std::vector<Share>& shares) {
  kill_point(KillPoint::kBeforeProduce);
  Done done = producer_->begin();
  std::vector<KafkaPlace> next;
  for (const Share& share : shares) {
    if (done) done = write_share(share);
    if (!done) return done;
    kill_point(KillPoint::kMidProduce);
    const KafkaPartition& part = *share.partition;
    for (const KafkaInput input : kAllKafkaInputs)
      next.push_back({input, part.number(), part.next[input]});
  }
  kill_point(KillPoint::kAfterProduce);
  done = producer_->send_offsets(next, *consumer_);
  if (!done) return done;
  kill_point(KillPoint::kAfterOffsets);
  kill_point(KillPoint::kInCommit);
  return producer_->commit();
}

// What one partition has to say: alerts, dead letters, and everything its store is going to write.
KafkaDone KafkaSession::write_share(const Share& share) {
  Done done;
  for (const AlertMessage& alert : share.alerts) {
    const KafkaHeaderTexts headers = life_.headers(alert);
    done = producer_->produce({KafkaOutput::kAlerts, alert.psn_no, alert.data, &headers});
    if (!done) return done;
  }
  for (const KafkaDeadLetter& letter : share.partition->dead_letters) {
    done =
        producer_->produce({KafkaOutput::kDeadLetters, letter.key, letter.value, &letter.headers});
    if (!done) return done;
  }
  const std::int32_t number = share.partition->number();
  const Result<void> read = share.partition->store().pending([&](const monitor::StoreWrite& write) {
    const auto value = ledger_value(write, ledger_bytes_);
    if (done) done = producer_->produce_ledger(number, write.key, value);
  });
  if (!read) return tl::unexpected(stop_with(read.error()));
  return done;
}

KafkaDone KafkaSession::commit_or_go_back() {
  Done done = commit();
  if (done || done.error().action != FaultAction::kAbort) return done;
  tell_transaction("aborted");
  tell(fmt::format("a transaction was aborted and is done again: {}", done.error().error.message));
  if (++aborts_ > kAbortsMax) {
    done.error().action = FaultAction::kNewClients;
    return done;
  }
  if (producer_->was_too_large()) {
    if (life_.dead_letter_bytes_max == kCutDeadLetterBytes) {
      done.error().action = FaultAction::kStop;
      return done;
    }
    life_.dead_letter_bytes_max = kCutDeadLetterBytes;
  }
  done = producer_->abort();
  if (done) done = drop_batch();
  if (done) done = read_on();
  return done;
}

KafkaDone KafkaSession::drop_batch() {
  if (batch_arrivals_ > 0) life_.intake.summary() = before_batch_;
  batch_events_ = batch_arrivals_ = batch_bytes_ = 0;
  for (auto& [number, part] : life_.partitions) {
    if (!part->in_batch) continue;
    const Result<void> discarded = part->discard();
    if (!discarded) return tl::unexpected(store_trouble(*part, discarded.error()));
  }
  return {};
}

KafkaDone KafkaSession::finish() {
  Done done = batch_arrivals_ > 0 ? commit_or_go_back() : Done();
  Done flushed = flush_stores();
  look_after();
  return done ? flushed : done;
}

// Brings what was committed to the disk, where readers beside us see it and the next start finds
// it.
KafkaDone KafkaSession::flush_stores() {
  for (auto& [number, part] : life_.partitions) {
    const Result<void> done = part->store().flush();
    if (!done) return tl::unexpected(stop_with(done.error()));
  }
  return {};
}

// The same of one store after the other, while events go on.
KafkaDone KafkaSession::flush_next() {
  if (!taken_up_ || life_.partitions.empty()) return {};
  if (Clock::now() - flushed_ < kFlushEvery / life_.partitions.size()) return {};
  flushed_ = Clock::now();
  auto next = life_.partitions.upper_bound(flushed_last_);
  if (next == life_.partitions.end()) next = life_.partitions.begin();
  flushed_last_ = next->first;
  const Result<void> done = next->second->store().flush_soon();
  if (!done) return tl::unexpected(stop_with(done.error()));
  return {};
}

// A damaged store is made anew, once: the ledger topic holds all that was in it.
KafkaTrouble KafkaSession::store_trouble(KafkaPartition& part, Error error) {
  if (error.code != ErrorCode::kInput || !life_.made_anew.insert(part.number()).second)
    return stop_with(std::move(error));
  tell(fmt::format("{}; it is made anew from the ledger topic", error.message));
  const std::filesystem::path folder = part.folder();  // of its own: the partition goes
  life_.partitions.erase(part.number());
  std::error_code failed;
  std::filesystem::remove_all(folder, failed);
  if (failed) return stop_with(std::move(error));
  return {FaultAction::kNewClients, std::move(error)};
}

// ---- what is told

void KafkaSession::look_after() {
  if (!taken_up_) return;
  if (!life_.ready && !settlements_wait_ && std::ranges::all_of(kAllKafkaInputs, [&](KafkaInput i) {
        return all_caught_up(i) || (i == KafkaInput::kSettlements && !life_.stopped.empty());
      })) {
    life_.ready = true;
    if (life_.observer.ready) life_.observer.ready(true);
  }
  if (Clock::now() - looked_ < kLookEvery) return;
  looked_ = Clock::now();
  tell_state();
  tell_lag();
}

void KafkaSession::tell(const std::string& line) const {
  if (life_.observer.notice) life_.observer.notice(line);
}

// Once, when the group takes its time.
void KafkaSession::tell_of_waiting() {
  if (!waits_since_ || Clock::now() - *waits_since_ < kWaitSilently) return;
  waits_since_.reset();
  tell(fmt::format(
      "waiting for group {} to deal out the partitions: a member that is gone keeps its own for {} "
      "ms (`kafka.session_timeout_ms`), unless it comes back under its name (`kafka.instance`; "
      "where that is not set, the file INSTANCE of the store folder)",
      options_.kafka.group, options_.kafka.session_timeout.count()));
}

void KafkaSession::tell_logs() {
  std::vector<std::string> lines;
  {
    const std::lock_guard lock(log_mutex_);
    lines.swap(log_);
  }
  for (const std::string& line : lines)
    tell("Kafka: " + line);
}

void KafkaSession::tell_transaction(const char* result) const {
  if (life_.kafka.transaction) life_.kafka.transaction(result);
}

void KafkaSession::tell_state() {
  if (!life_.observer.state) return;
  monitor::Statistics sum = life_.none;  // what went with a partition is 0 here now
  StoreFigures store;
  for (const auto& [number, part] : life_.partitions) {
    add(sum, part->engine().statistics());
    store.bytes += part->store().bytes();
    store.refolds += part->refolds();
    store.write_stall_seconds += std::chrono::duration<double>(part->store().write_stall()).count();
  }
  for (const auto& [city, paid] : sum.paid)
    life_.none.paid[city] = {};
  for (const auto& [key, count] : sum.open_alerts)
    life_.none.open_alerts[key] = 0;
  life_.observer.state(sum, store);
}

void KafkaSession::tell_lag() {
  std::vector<KafkaLag> lags;
  double oldest = 0;
  std::uint64_t done = 0;
  std::uint64_t all = 0;
  for (const std::int32_t number : assigned_) {
    const KafkaPartition& part = partition(number);
    for (const KafkaInput input : kAllKafkaInputs) {
      const std::int64_t end =
          std::max(consumer_->seen_end(input, number), ends_.at(number)[input]);
      const std::int64_t waiting = std::max<std::int64_t>(0, end - part.next[input]);
      lags.push_back({topic_of(options_.kafka, input), number, waiting});
      if (input != KafkaInput::kSettlements) continue;
      done += static_cast<std::uint64_t>(part.next[input]);
      all += static_cast<std::uint64_t>(std::max(end, part.next[input]));
      const auto last = last_event_ms_.find(number);
      if (waiting > 0 && last != last_event_ms_.end() && last->second > 0) {
        constexpr double kMsPerSecond = 1000;
        oldest = std::max(oldest, static_cast<double>(now_ms() - last->second) / kMsPerSecond);
      }
    }
  }
  if (life_.kafka.lag) life_.kafka.lag(lags, oldest);
  if (!life_.ready && life_.observer.progress) {
    const auto from = static_cast<std::uint64_t>(begun_);
    life_.observer.progress("events", done - from, all - from);
  }
}

}  // namespace yujing::consumer

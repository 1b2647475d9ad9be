#include "consumer/ledger_reader.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "consumer/kafka_fault.h"
#include "consumer/kafka_handle.h"
#include "consumer/ledger_record.h"

namespace yujing::consumer {

using monitor::Store;
using monitor::StoreWrite;
using thresholds::Error;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

constexpr int kCallMs = 5'000;
constexpr auto kPause = std::chrono::milliseconds(100);  // before a call is made again
constexpr std::size_t kMessagesMax = 16'384;             // of a batch
constexpr int kPatienceMs = 50;                          // for a message

std::optional<std::string_view> bytes_of(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(bytes), size);
}

// The offset a store stands for; nullopt: of nothing yet.
Result<std::optional<std::int64_t>> offset_of(Store& store) {
  Result<std::optional<std::string>> note = store.note(kKafkaLedgerNote);
  if (!note) return tl::unexpected(std::move(note.error()));
  if (!*note) return std::optional<std::int64_t>();
  std::int64_t offset = 0;
  const char* const end = (*note)->data() + (*note)->size();
  const auto [stop, failed] = std::from_chars((*note)->data(), end, offset);
  if (failed == std::errc() && stop == end && offset >= 0)
    return std::optional<std::int64_t>(offset);
  return fail(ErrorCode::kInput, fmt::format("the store's note `{}` reads `{}`, which is no offset",
                                             kKafkaLedgerNote, **note));
}

// What has come, destroyed together.
class Messages {
 public:
  Messages(rd_kafka_t* handle, rd_kafka_queue_t* queue) {
    // The batch call alone would wait for the whole patience, whatever has come.
    rd_kafka_message_t* const first = rd_kafka_consumer_poll(handle, kPatienceMs);
    if (first == nullptr) return;
    messages_.resize(kMessagesMax);
    messages_.front() = first;
    const ssize_t more =
        rd_kafka_consume_batch_queue(queue, 0, messages_.data() + 1, messages_.size() - 1);
    messages_.resize(1 + static_cast<std::size_t>(std::max<ssize_t>(0, more)));
  }
  ~Messages() {
    for (rd_kafka_message_t* message : messages_)
      rd_kafka_message_destroy(message);
  }
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  [[nodiscard]] auto begin() const { return messages_.begin(); }
  [[nodiscard]] auto end() const { return messages_.end(); }

 private:
  std::vector<rd_kafka_message_t*> messages_;
};

}  // namespace

struct LedgerReader::Impl final : KafkaListener {
  const KafkaOptions options;
  const Log log;
  std::optional<Error> trouble;  // that waiting does not mend; found by a callback
  // Each handle is made when it is first needed.
  KafkaHandle committed;    // reads what is committed
  KafkaQueue queue;         // of `committed`
  KafkaHandle uncommitted;  // knows where all ends, also what is undecided

  Impl(KafkaOptions how, Log to) : options(std::move(how)), log(std::move(to)) {}

  void on_log(int level, std::string_view text) override {
    if (log) log(level, text);
  }
  void on_error(rd_kafka_resp_err_t code, std::string_view reason) override {
    if (action_of(code, {}) == FaultAction::kStop)
      trouble = fault_error(code, options.brokers, "reading the ledger topic", reason);
    else if (log)
      log(5, reason);
  }

  [[nodiscard]] std::string where(std::int32_t partition) const {
    return fmt::format("{}, topic {} partition {}", options.brokers, options.ledger, partition);
  }

  Result<void> connect();
  Result<KafkaHandle> make(const char* isolation);
  template <class GoOnCall, class Call>
  Result<bool> ask(const std::string& where, const char* doing, const GoOnCall& go_on, Call call);
  Result<std::int64_t> first_offset(std::int32_t partition, Store& store, const Bounds& bounds);
  Result<void> assign(std::int32_t partition, std::int64_t offset);
  Result<void> copy_batch(std::int32_t partition, Store& store, RestoreProgress& progress);
};

LedgerReader::LedgerReader(KafkaOptions options, Log log)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(log))) {}
LedgerReader::~LedgerReader() = default;

Result<KafkaHandle> LedgerReader::Impl::make(const char* isolation) {
  Result<KafkaConf> conf = base_conf(options);
  if (!conf) return tl::unexpected(std::move(conf.error()));
  // No group is joined: the library wants a name to assign partitions at all.
  const std::string group = options.group + ".ledger";
  Result<void> done = set(**conf, {{"group.id", group},
                                   {"isolation.level", isolation},
                                   {"enable.auto.commit", "false"},
                                   {"enable.auto.offset.store", "false"},
                                   {"auto.offset.reset", "error"},
                                   {"enable.partition.eof", "true"},
                                   {"check.crcs", "true"},
                                   {"fetch.wait.max.ms", "50"},
                                   {"fetch.message.max.bytes", "4194304"},
                                   {"queued.min.messages", "1000000"},
                                   {"queued.max.messages.kbytes", "131072"}});
  if (!done) return tl::unexpected(std::move(done.error()));
  return make_consumer(std::move(*conf), *this);
}

Result<void> LedgerReader::Impl::connect() {
  if (uncommitted == nullptr) {
    Result<KafkaHandle> made = make("read_uncommitted");
    if (!made) return tl::unexpected(std::move(made.error()));
    uncommitted = std::move(*made);
  }
  if (committed == nullptr) {
    Result<KafkaHandle> made = make("read_committed");
    if (!made) return tl::unexpected(std::move(made.error()));
    committed = std::move(*made);
    queue.reset(rd_kafka_queue_get_consumer(committed.get()));
  }
  return {};
}

// Makes a call until it is answered; false: `go_on` said stop.
template <class GoOnCall, class Call>
Result<bool> LedgerReader::Impl::ask(const std::string& where, const char* doing,
                                     const GoOnCall& go_on, Call call) {
  Result<void> connected = connect();
  if (!connected) return tl::unexpected(std::move(connected.error()));
  while (true) {
    trouble.reset();
    const rd_kafka_resp_err_t answer = call();
    if (answer == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
    if (action_of(answer, {}) == FaultAction::kStop)
      return tl::unexpected(fault_error(answer, where, doing));
    // Lets the library say what else it knows: a refused password shows nowhere but there.
    for (const KafkaHandle* handle : {&uncommitted, &committed})
      KafkaMessage(rd_kafka_consumer_poll(handle->get(), 0)).reset();
    if (trouble) return tl::unexpected(std::move(*trouble));
    if (!go_on()) return false;
    std::this_thread::sleep_for(kPause);
  }
}

Result<std::optional<std::int32_t>> LedgerReader::partition_count(
    const std::function<bool()>& go_on) {
  std::int32_t count = 0;
  const std::string where =
      fmt::format("{}, topic {}", impl_->options.brokers, impl_->options.ledger);
  const Result<bool> asked =
      impl_->ask(where, "asking for its partitions", go_on, [&]() -> rd_kafka_resp_err_t {
        rd_kafka_t* const handle = impl_->uncommitted.get();
        const KafkaOwner<rd_kafka_topic_t, rd_kafka_topic_destroy> topic(
            rd_kafka_topic_new(handle, impl_->options.ledger.c_str(), nullptr));
        const rd_kafka_metadata_t* answer = nullptr;
        const rd_kafka_resp_err_t done =
            rd_kafka_metadata(handle, 0, topic.get(), &answer, kCallMs);
        if (done != RD_KAFKA_RESP_ERR_NO_ERROR) return done;
        const KafkaMetadata owned(answer);
        if (answer->topic_cnt != 1) return RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
        count = answer->topics[0].partition_cnt;
        return answer->topics[0].err;
      });
  if (!asked) return tl::unexpected(asked.error());
  return *asked ? std::optional<std::int32_t>(count) : std::nullopt;
}

Result<std::optional<LedgerReader::Bounds>> LedgerReader::bounds(
    std::int32_t partition, const std::function<bool()>& go_on) {
  Bounds bounds;
  const auto query = [&](const KafkaHandle& handle, std::int64_t& end) {
    return impl_->ask(impl_->where(partition), "asking where it ends", go_on, [&] {
      return rd_kafka_query_watermark_offsets(handle.get(), impl_->options.ledger.c_str(),
                                              partition, &bounds.begin, &end, kCallMs);
    });
  };
  // Asked first, so that it does not lie behind the other.
  Result<bool> asked = query(impl_->committed, bounds.decided);
  if (asked && *asked) asked = query(impl_->uncommitted, bounds.end);
  if (!asked) return tl::unexpected(std::move(asked.error()));
  return *asked ? std::optional<Bounds>(bounds) : std::nullopt;
}

// From where the store has to be brought forward.
Result<std::int64_t> LedgerReader::Impl::first_offset(std::int32_t partition, Store& store,
                                                      const Bounds& bounds) {
  Result<std::optional<std::int64_t>> kept = offset_of(store);
  if (!kept) return tl::unexpected(std::move(kept.error()));
  const std::int64_t from = kept->value_or(0);
  if (from > bounds.end) {
    return fail(ErrorCode::kInput,
                fmt::format("topic {} partition {}: ends at offset {}, but the store has what was "
                            "committed up to {}: the topic lost its end, or was made anew; see "
                            "docs/exactly-once.md before removing anything",
                            options.ledger, partition, bounds.end, from));
  }
  if (from < bounds.begin) {
    return fail(ErrorCode::kInput,
                fmt::format("topic {} partition {}: begins at offset {}, but the store goes on at "
                            "{}: what lies between was deleted; the topic must have "
                            "cleanup.policy=compact. Put a copy of the store back that is newer",
                            options.ledger, partition, bounds.begin, from));
  }
  return from;
}

Result<void> LedgerReader::Impl::assign(std::int32_t partition, std::int64_t offset) {
  const KafkaPartitions one(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(one.get(), options.ledger.c_str(), partition)->offset = offset;
  const rd_kafka_resp_err_t done = reassign(*committed, one.get());
  if (done == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return tl::unexpected(fault_error(done, where(partition), "starting to read"));
}

Result<RestoreProgress> LedgerReader::restore(std::int32_t partition, Store& store,
                                              std::int64_t end, const GoOn& go_on) {
  RestoreProgress progress;
  progress.end = end;
  const Result<std::optional<Bounds>> bounds =
      this->bounds(partition, [&] { return go_on(progress); });
  if (!bounds) return tl::unexpected(bounds.error());
  if (!*bounds) return progress;
  const Result<std::int64_t> from = impl_->first_offset(partition, store, **bounds);
  if (!from) return tl::unexpected(from.error());
  progress.from = progress.reached = *from;
  if (*from >= end) return progress;
  Result<void> done = impl_->assign(partition, *from);
  while (done && progress.reached < end) {
    done = impl_->copy_batch(partition, store, progress);
    if (done && !go_on(progress)) break;
  }
  reassign(*impl_->committed, nullptr);
  if (!done) {
    store.discard();
    return tl::unexpected(std::move(done.error()));
  }
  return progress;
}

// Copies what has come, as far as it lies below the end.
Result<void> LedgerReader::Impl::copy_batch(std::int32_t partition, Store& store,
                                            RestoreProgress& progress) {
  const Messages messages(committed.get(), queue.get());
  std::vector<StoreWrite> writes;
  std::int64_t reached = progress.reached;
  for (const rd_kafka_message_t* message : messages) {
    if (message->rkt != nullptr && message->partition != partition) continue;  // asked for before
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      reached = std::max(reached, message->offset);
      continue;
    }
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      on_error(message->err, rd_kafka_message_errstr(message));
      continue;
    }
    reached = message->offset + 1;
    if (message->offset >= progress.end) break;
    const Result<StoreWrite> write = read_ledger_record(bytes_of(message->key, message->key_len),
                                                        bytes_of(message->payload, message->len));
    if (!write) {
      return fail(write.error().code,
                  fmt::format("topic {} partition {} offset {}: {}", options.ledger, partition,
                              message->offset, write.error().message));
    }
    writes.push_back(*write);
  }
  if (trouble) return tl::unexpected(*std::exchange(trouble, std::nullopt));
  reached = std::min(reached, progress.end);
  if (reached == progress.reached) return {};
  Result<void> done = store.restore(writes);
  if (!done) {
    return fail(done.error().code,
                fmt::format("topic {} partition {}, offsets {} to {}: {}", options.ledger,
                            partition, progress.reached, reached - 1, done.error().message));
  }
  store.put_note(kKafkaLedgerNote, std::to_string(reached));
  done = store.commit();
  if (!done) return done;
  progress.reached = reached;
  progress.records += writes.size();
  return {};
}

}  // namespace yujing::consumer

#include "consumer/kafka_producer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <span>
#include <thread>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "consumer/kafka_handle.h"

namespace yujing::consumer {

using thresholds::Result;

namespace {

constexpr int kNoLimit = -1;  // other times for commit and abort may leave library and broker apart
constexpr int kInitMs = 15'000;
constexpr int kOffsetsMs = 30'000;
constexpr int kRoomMs = 50;  // to wait for room in the queue
constexpr auto kRetryPause = std::chrono::milliseconds(20);
constexpr auto kRetriesLast = std::chrono::seconds(30);
constexpr std::size_t kOutputs = 3;
constexpr std::size_t kInHandBytes = 64U << 10;

using Topic = KafkaOwner<rd_kafka_topic_t, rd_kafka_topic_destroy>;

}  // namespace

struct KafkaProducer::Impl : KafkaListener {
  const KafkaOptions& options;
  CallWatch& watch;
  Log log;
  std::unordered_map<std::int32_t, std::int64_t> ledger_ends;
  bool too_large = false;
  KafkaHandle handle;
  std::array<Topic, kOutputs> topics;
  // Records for one partition of the ledger topic; handed over one by one they cost twice as much.
  struct InHand {
    std::int32_t partition = -1;
    std::string bytes;  // its room does not move while there are records
    std::vector<rd_kafka_message_t> records;
  };
  InHand in_hand;

  Impl(const KafkaOptions& how, CallWatch& guard, Log words)
      : options(how), watch(guard), log(std::move(words)) {}

  void on_log(int level, std::string_view text) override { log(level, text); }
  void on_error(rd_kafka_resp_err_t /*code*/, std::string_view reason) override {
    log(5, reason);  // the call that it touches says so too
  }
  void on_delivery(const rd_kafka_message_t& message) override {
    if (message.err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) too_large = true;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return;  // the commit fails by it
    if (message.rkt != topics[static_cast<std::size_t>(KafkaOutput::kLedger)].get()) return;
    std::int64_t& end = ledger_ends[message.partition];
    end = std::max(end, message.offset + 1);
  }

  // Makes a call until it is not told to try again, or for too long: then new clients may do
  // better.
  template <class Call>
  KafkaDone done(const char* doing, FaultStep step, Call call) {
    const auto until = std::chrono::steady_clock::now() + kRetriesLast;
    const CallWatch::Span span(watch, doing);
    while (true) {
      const KafkaError error(call());
      if (!error) return {};
      KafkaTrouble trouble = trouble_of(*error, options.brokers, doing, step);
      if (trouble.action == FaultAction::kNothing) return {};
      if (trouble.action != FaultAction::kRetry) return tl::unexpected(std::move(trouble));
      if (std::chrono::steady_clock::now() > until) {
        trouble.action = FaultAction::kNewClients;
        return tl::unexpected(std::move(trouble));
      }
      std::this_thread::sleep_for(kRetryPause);
    }
  }

  // Null where there are none.
  static KafkaHeaders headers_of(const KafkaHeaderTexts* texts) {
    if (texts == nullptr) return nullptr;
    KafkaHeaders headers(rd_kafka_headers_new(texts->size()));
    for (const auto& [name, value] : *texts) {
      rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()),
                          value.data(), static_cast<ssize_t>(value.size()));
    }
    return headers;
  }

  [[nodiscard]] rd_kafka_topic_t* topic(KafkaOutput output) const {
    return topics[static_cast<std::size_t>(output)].get();
  }

  rd_kafka_resp_err_t put(const KafkaOutgoing& outgoing) {
    KafkaHeaders headers = headers_of(outgoing.headers);
    const auto bytes = [](const std::optional<std::string_view>& text) {
      // An empty text is not null.
      return text ? const_cast<char*>(text->empty() ? "" : text->data()) : nullptr;
    };
    const rd_kafka_resp_err_t put = rd_kafka_producev(
        handle.get(), RD_KAFKA_V_RKT(topic(outgoing.output)),
        RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(bytes(outgoing.key), outgoing.key.value_or("").size()),
        RD_KAFKA_V_VALUE(bytes(outgoing.value), outgoing.value.value_or("").size()),
        RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_END);
    if (put == RD_KAFKA_RESP_ERR_NO_ERROR) static_cast<void>(headers.release());
    return put;
  }

  // After `refusal` of a message: waits a little where there was no room for it.
  KafkaDone wait_for_room(rd_kafka_resp_err_t refusal, KafkaOutput output) {
    if (refusal == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      const CallWatch::Span span(watch, "producing");
      rd_kafka_poll(handle.get(), kRoomMs);
      return {};
    }
    const auto* const name = rd_kafka_topic_name(topic(output));
    KafkaTrouble trouble =
        trouble_of(refusal, fmt::format("{}, topic {}", options.brokers, name), "producing");
    if (refusal == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      too_large = true;
      trouble.action = FaultAction::kAbort;
    }
    return tl::unexpected(std::move(trouble));
  }

  // Puts a text into the room of what is in hand.
  char* keep(std::string_view text) {
    const std::size_t at = in_hand.bytes.size();
    in_hand.bytes += text;
    return in_hand.bytes.data() + at;
  }

  KafkaDone hand_over() {
    std::span<rd_kafka_message_t> rest(in_hand.records);
    while (!rest.empty()) {
      rd_kafka_produce_batch(topic(KafkaOutput::kLedger), in_hand.partition, RD_KAFKA_MSG_F_COPY,
                             rest.data(), static_cast<int>(rest.size()));
      const auto refused = std::ranges::find_if(rest, [](const rd_kafka_message_t& record) {
        return record.err != RD_KAFKA_RESP_ERR_NO_ERROR;
      });
      if (refused == rest.end()) break;
      rest = rest.subspan(static_cast<std::size_t>(refused - rest.begin()));
      KafkaDone room = wait_for_room(rest.front().err, KafkaOutput::kLedger);
      if (!room) return room;
    }
    in_hand.records.clear();
    in_hand.bytes.clear();
    return {};
  }
};

KafkaProducer::KafkaProducer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaProducer::~KafkaProducer() = default;

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::make(const KafkaOptions& options,
                                                           const std::string& identity,
                                                           CallWatch& watch, Log log) {
  auto impl = std::make_unique<Impl>(options, watch, std::move(log));
  Result<KafkaConf> conf = base_conf(options);
  if (!conf) return tl::unexpected(std::move(conf.error()));
  const Result<void> done =
      set(**conf, {{"transactional.id", identity},
                   {"transaction.timeout.ms", std::to_string(options.transaction_timeout.count())},
                   {"partitioner", "murmur2_random"},
                   {"compression.codec", "lz4"},
                   {"linger.ms", "2"},
                   {"batch.size", std::to_string(512U << 10)},
                   {"message.max.bytes", std::to_string(20U << 20)},
                   {"queue.buffering.max.messages", "1000000"},
                   {"queue.buffering.max.kbytes", std::to_string(1U << 20)},
                   {"retry.backoff.ms", "10"}});  // after a commit the next request comes too early
  if (!done) return tl::unexpected(done.error());
  Result<KafkaHandle> handle = make_producer(std::move(*conf), *impl);
  if (!handle) return tl::unexpected(std::move(handle.error()));
  impl->handle = std::move(*handle);
  const std::array<const std::string*, kOutputs> names = {&options.alerts, &options.dead_letters,
                                                          &options.ledger};
  for (std::size_t i = 0; i < kOutputs; ++i)
    impl->topics[i].reset(rd_kafka_topic_new(impl->handle.get(), names[i]->c_str(), nullptr));
  return std::unique_ptr<KafkaProducer>(new KafkaProducer(std::move(impl)));
}

KafkaDone KafkaProducer::init() {
  return impl_->done("waiting for the transactional id", FaultStep::kAny,
                     [&] { return rd_kafka_init_transactions(impl_->handle.get(), kInitMs); });
}

KafkaDone KafkaProducer::begin() {
  impl_->too_large = false;
  impl_->in_hand.records.clear();  // of one that was given up
  impl_->in_hand.bytes.clear();
  return impl_->done("beginning a transaction", FaultStep::kAny,
                     [&] { return rd_kafka_begin_transaction(impl_->handle.get()); });
}

KafkaDone KafkaProducer::produce(const KafkaOutgoing& outgoing) {
  while (true) {
    const rd_kafka_resp_err_t put = impl_->put(outgoing);
    if (put == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    KafkaDone room = impl_->wait_for_room(put, outgoing.output);
    if (!room) return room;
  }
}

KafkaDone KafkaProducer::produce_ledger(std::int32_t partition, std::string_view key,
                                        std::optional<std::string_view> value) {
  Impl::InHand& in_hand = impl_->in_hand;
  const std::size_t needed = key.size() + value.value_or("").size();
  if (partition != in_hand.partition || in_hand.bytes.capacity() < in_hand.bytes.size() + needed) {
    KafkaDone done = impl_->hand_over();
    if (!done) return done;
    in_hand.partition = partition;
    in_hand.bytes.reserve(std::max(kInHandBytes, needed));
  }
  rd_kafka_message_t& record = in_hand.records.emplace_back();
  record.key = impl_->keep(key);
  record.key_len = key.size();
  if (!value) return {};
  record.payload = impl_->keep(*value);
  record.len = value->size();
  return {};
}

KafkaDone KafkaProducer::send_offsets(const std::vector<KafkaPlace>& next,
                                      const KafkaConsumer& consumer) {
  KafkaDone handed = impl_->hand_over();
  if (!handed) return handed;
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
  for (const KafkaPlace& place : next) {
    rd_kafka_topic_partition_list_add(list.get(), topic_of(impl_->options, place.input).c_str(),
                                      place.partition)
        ->offset = place.offset;
  }
  const auto metadata = consumer.group_metadata();
  return impl_->done("sending the positions", FaultStep::kAny, [&] {
    return rd_kafka_send_offsets_to_transaction(impl_->handle.get(), list.get(), metadata.get(),
                                                kOffsetsMs);
  });
}

KafkaDone KafkaProducer::commit() {
  return impl_->done("committing", FaultStep::kCommit,
                     [&] { return rd_kafka_commit_transaction(impl_->handle.get(), kNoLimit); });
}

KafkaDone KafkaProducer::abort() {
  return impl_->done("aborting", FaultStep::kAbort,
                     [&] { return rd_kafka_abort_transaction(impl_->handle.get(), kNoLimit); });
}

std::int64_t KafkaProducer::ledger_end(std::int32_t partition) const {
  const auto found = impl_->ledger_ends.find(partition);
  return found == impl_->ledger_ends.end() ? 0 : found->second;
}

bool KafkaProducer::was_too_large() const { return impl_->too_large; }

}  // namespace yujing::consumer

#include "consumer/kafka_consumer.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "consumer/kafka_handle.h"

namespace yujing::consumer {

using thresholds::ErrorCode;
using thresholds::Result;

namespace {

constexpr int kCallMs = 30'000;
constexpr std::size_t kArrivalsMax = 10'000;  // of a poll

std::optional<std::string_view> bytes_of(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(bytes), size);
}

// Ends a handle without the goodbyes of a consumer, which a static member does not say anyway.
struct EndConsumer {
  void operator()(rd_kafka_t* handle) const {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
};

}  // namespace

struct KafkaConsumer::Impl : KafkaListener {
  const KafkaOptions& options;
  CallWatch& watch;
  Listener& listener;
  std::unique_ptr<rd_kafka_t, EndConsumer> handle;
  KafkaQueue queue;
  std::array<rd_kafka_message_t*, kArrivalsMax> more{};                // room for a poll
  std::vector<rd_kafka_message_t*> messages;                           // of the last poll
  std::vector<KafkaArrival> arrivals;                                  // made of them
  bool rebalanced = false;                                             // in the poll in hand
  std::shared_ptr<const rd_kafka_consumer_group_metadata_t> metadata;  // of the last assignment
  std::optional<KafkaTrouble> trouble;                                 // found by a callback

  Impl(const KafkaOptions& how, CallWatch& guard, Listener& who)
      : options(how), watch(guard), listener(who) {}
  ~Impl() override { forget_messages(); }

  void forget_messages() {
    for (rd_kafka_message_t* message : messages)
      rd_kafka_message_destroy(message);
    messages.clear();
    arrivals.clear();
  }

  [[nodiscard]] std::optional<KafkaInput> input_of(std::string_view topic) const {
    for (const KafkaInput input : kAllKafkaInputs) {
      if (topic_of(options, input) == topic) return input;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string where(std::string_view topic, std::int32_t partition) const {
    return fmt::format("{}, topic {} partition {}", options.brokers, topic, partition);
  }

  void on_log(int level, std::string_view text) override { listener.kafka_log(level, text); }

  void on_error(rd_kafka_resp_err_t code, std::string_view reason) override {
    KafkaTrouble found = trouble_of(code, options.brokers, "reading");
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
      std::array<char, 512> text{};
      const rd_kafka_resp_err_t fatal =
          rd_kafka_fatal_error(handle.get(), text.data(), text.size());
      found = {action_of(fatal, {.fatal = true}),
               fault_error(fatal, options.brokers, "reading", text.data()), fatal};
    }
    if (found.action == FaultAction::kStop || found.action == FaultAction::kNewClients) {
      trouble = std::move(found);
    } else {
      listener.kafka_log(5, reason);
    }
  }

  void on_rebalance(rd_kafka_t& consumer, rd_kafka_resp_err_t what,
                    rd_kafka_topic_partition_list_t& partitions) override {
    rebalanced = true;
    if (what != RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      listener.revoked(rd_kafka_assignment_lost(&consumer) != 0);
      reassign(consumer, nullptr);
      return;
    }
    metadata = {rd_kafka_consumer_group_metadata(&consumer),
                rd_kafka_consumer_group_metadata_destroy};
    // Nothing is read yet: the partitions are restored first.
    const KafkaPartitions none(rd_kafka_topic_partition_list_new(0));
    reassign(consumer, none.get());
    std::array<std::set<std::int32_t>, kKafkaInputs> given;
    for (const rd_kafka_topic_partition_t& part :
         std::span(partitions.elems, static_cast<std::size_t>(partitions.cnt))) {
      if (const auto input = input_of(part.topic))
        given[static_cast<std::size_t>(*input)].insert(part.partition);
    }
    if (given[0] != given[1] || given[0] != given[2]) {
      trouble = stop_with(
          {ErrorCode::kConfiguration,
           fmt::format("Kafka at {}: the topics {}, {} and {} are not dealt out alike among the "
                       "members of group {}; they need the same number of partitions, and every "
                       "member the same `source` settings",
                       options.brokers, options.settlements, options.persons, options.decisions,
                       options.group)});
      return;
    }
    listener.assigned({given[0].begin(), given[0].end()});
  }

  // Adds what a message says; a message that is an error becomes the trouble in hand.
  void take(rd_kafka_message_t* message) {
    messages.push_back(message);
    if (message->rkt == nullptr) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        on_error(message->err, rd_kafka_message_errstr(message));
      return;
    }
    const std::string_view topic = rd_kafka_topic_name(message->rkt);
    const std::optional<KafkaInput> input = input_of(topic);
    if (!input) return;
    KafkaArrival arrival;
    arrival.place = {*input, message->partition, message->offset};
    arrival.number = messages.size() - 1;
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      arrival.is_end = true;
    } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      KafkaTrouble found = trouble_of(message->err, where(topic, message->partition), "reading");
      if (found.action == FaultAction::kStop || found.action == FaultAction::kNewClients)
        trouble = std::move(found);
      return;
    } else {
      arrival.key = bytes_of(message->key, message->key_len);
      arrival.value = bytes_of(message->payload, message->len);
      arrival.timestamp_ms =
          std::max<std::int64_t>(0, rd_kafka_message_timestamp(message, nullptr));
    }
    arrivals.push_back(arrival);
  }
};

KafkaConsumer::KafkaConsumer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaConsumer::~KafkaConsumer() = default;

Result<std::unique_ptr<KafkaConsumer>> KafkaConsumer::join(const KafkaOptions& options,
                                                           const std::string& instance,
                                                           CallWatch& watch, Listener& listener) {
  auto impl = std::make_unique<Impl>(options, watch, listener);
  Result<KafkaConf> conf = base_conf(options);
  if (!conf) return tl::unexpected(std::move(conf.error()));
  const auto session = options.session_timeout.count();
  const Result<void> done = set(
      **conf, {{"group.id", options.group},
               {"group.instance.id", instance},
               {"partition.assignment.strategy", "range"},
               {"isolation.level", "read_committed"},
               {"enable.auto.commit", "false"},
               {"enable.auto.offset.store", "false"},
               {"enable.partition.eof", "true"},
               {"auto.offset.reset", "error"},
               {"check.crcs", "true"},
               {"session.timeout.ms", std::to_string(session)},
               {"heartbeat.interval.ms", std::to_string(std::clamp<long>(session / 10, 100, 3000))},
               {"max.poll.interval.ms", std::to_string(std::max<long>(session, 900'000))},
               {"fetch.min.bytes", std::to_string(512U << 10)},  // or what came in so long:
               {"fetch.wait.max.ms", "16"},
               {"fetch.message.max.bytes", std::to_string(4U << 20)},
               {"fetch.max.bytes", std::to_string(32U << 20)},
               {"receive.message.max.bytes", std::to_string(128U << 20)},
               {"queued.min.messages", "1000000"},
               {"queued.max.messages.kbytes", std::to_string(64U << 10)}});
  if (!done) return tl::unexpected(done.error());
  Result<KafkaHandle> handle = make_consumer(std::move(*conf), *impl);
  if (!handle) return tl::unexpected(std::move(handle.error()));
  impl->handle.reset(handle->release());
  impl->queue.reset(rd_kafka_queue_get_consumer(impl->handle.get()));
  const KafkaPartitions topics(rd_kafka_topic_partition_list_new(kKafkaInputs));
  for (const KafkaInput input : kAllKafkaInputs) {
    rd_kafka_topic_partition_list_add(topics.get(), topic_of(options, input).c_str(),
                                      RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t subscribed = rd_kafka_subscribe(impl->handle.get(), topics.get());
  if (subscribed != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected(fault_error(subscribed, options.brokers, "joining the group"));
  return std::unique_ptr<KafkaConsumer>(new KafkaConsumer(std::move(impl)));
}

KafkaResult<std::span<const KafkaArrival>> KafkaConsumer::poll(std::chrono::milliseconds patience) {
  Impl& impl = *impl_;
  impl.forget_messages();
  impl.rebalanced = false;
  // The batch call alone would wait for the whole patience, whatever has come.
  if (rd_kafka_message_t* first =
          rd_kafka_consumer_poll(impl.handle.get(), static_cast<int>(patience.count()))) {
    impl.take(first);
    const auto got =
        rd_kafka_consume_batch_queue(impl.queue.get(), 0, impl.more.data(), impl.more.size());
    for (std::ptrdiff_t i = 0; i < got; ++i)
      impl.take(impl.more[static_cast<std::size_t>(i)]);
  }
  if (impl.trouble) return tl::unexpected(*std::exchange(impl.trouble, std::nullopt));
  if (impl.rebalanced) impl.arrivals.clear();
  return std::span<const KafkaArrival>(impl.arrivals);
}

KafkaHeaderTexts KafkaConsumer::headers(const KafkaArrival& arrival) const {
  return headers_of(*impl_->messages[arrival.number]);
}

KafkaDone KafkaConsumer::assign(const std::vector<KafkaPlace>& places) {
  const KafkaPartitions list(rd_kafka_topic_partition_list_new(static_cast<int>(places.size())));
  for (const KafkaPlace& place : places) {
    rd_kafka_topic_partition_list_add(list.get(), topic_of(impl_->options, place.input).c_str(),
                                      place.partition)
        ->offset = place.offset;
  }
  const rd_kafka_resp_err_t done = reassign(*impl_->handle, list.get());
  if (done == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return tl::unexpected(trouble_of(done, impl_->options.brokers, "assigning partitions"));
}

KafkaResult<std::vector<KafkaPositions>> KafkaConsumer::committed(
    const std::vector<std::int32_t>& partitions) {
  const KafkaPartitions list(
      rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size() * kKafkaInputs)));
  for (const std::int32_t partition : partitions) {
    for (const KafkaInput input : kAllKafkaInputs) {
      rd_kafka_topic_partition_list_add(list.get(), topic_of(impl_->options, input).c_str(),
                                        partition);
    }
  }
  const auto doing = "asking for the group's positions";
  const CallWatch::Span span(impl_->watch, doing);
  const rd_kafka_resp_err_t done = rd_kafka_committed(impl_->handle.get(), list.get(), kCallMs);
  if (done != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected(trouble_of(done, impl_->options.brokers, doing));
  std::vector<KafkaPositions> positions(partitions.size());
  for (std::size_t i = 0; i < static_cast<std::size_t>(list->cnt); ++i) {
    const rd_kafka_topic_partition_t& part = list->elems[i];
    if (part.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(trouble_of(part.err, impl_->where(part.topic, part.partition), doing));
    }
    positions[i / kKafkaInputs][kAllKafkaInputs[i % kKafkaInputs]] =
        part.offset >= 0 ? part.offset : -1;
  }
  return positions;
}

KafkaResult<KafkaConsumer::Bounds> KafkaConsumer::bounds(KafkaInput input, std::int32_t partition) {
  Bounds bounds;
  const std::string& topic = topic_of(impl_->options, input);
  const auto doing = "asking where a topic begins and ends";
  const CallWatch::Span span(impl_->watch, doing);
  const rd_kafka_resp_err_t done = rd_kafka_query_watermark_offsets(
      impl_->handle.get(), topic.c_str(), partition, &bounds.begin, &bounds.end, kCallMs);
  if (done == RD_KAFKA_RESP_ERR_NO_ERROR) return bounds;
  return tl::unexpected(trouble_of(done, impl_->where(topic, partition), doing));
}

std::int64_t KafkaConsumer::seen_end(KafkaInput input, std::int32_t partition) const {
  std::int64_t begin = -1;
  std::int64_t end = -1;
  const rd_kafka_resp_err_t done = rd_kafka_get_watermark_offsets(
      impl_->handle.get(), topic_of(impl_->options, input).c_str(), partition, &begin, &end);
  return done == RD_KAFKA_RESP_ERR_NO_ERROR && end >= 0 ? end : -1;
}

KafkaResult<std::int32_t> KafkaConsumer::partition_count() {
  const struct rd_kafka_metadata* found = nullptr;
  const std::string& topic = impl_->options.settlements;
  const std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)> asked(
      rd_kafka_topic_new(impl_->handle.get(), topic.c_str(), nullptr), rd_kafka_topic_destroy);
  const auto doing = "asking for the topic's partitions";
  const CallWatch::Span span(impl_->watch, doing);
  const rd_kafka_resp_err_t done =
      rd_kafka_metadata(impl_->handle.get(), 0, asked.get(), &found, kCallMs);
  if (done != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected(trouble_of(done, impl_->options.brokers, doing));
  const KafkaMetadata metadata(found);
  const rd_kafka_metadata_topic_t& about = metadata->topics[0];
  if (about.err != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected(
        trouble_of(about.err, impl_->options.brokers + ", topic " + topic, doing));
  return about.partition_cnt;
}

KafkaResult<std::string> KafkaConsumer::cluster_id() {
  const auto doing = "asking for the cluster's id";
  const CallWatch::Span span(impl_->watch, doing);
  char* id = rd_kafka_clusterid(impl_->handle.get(), kCallMs);
  if (id == nullptr) {
    return tl::unexpected(trouble_of(RD_KAFKA_RESP_ERR__TIMED_OUT, impl_->options.brokers, doing));
  }
  std::string copy = id;
  rd_kafka_mem_free(impl_->handle.get(), id);
  return copy;
}

std::shared_ptr<const rd_kafka_consumer_group_metadata_s> KafkaConsumer::group_metadata() const {
  return impl_->metadata;
}

}  // namespace yujing::consumer

#include "consumer/kafka_reader.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "consumer/kafka_admin.h"
#include "consumer/kafka_fault.h"
#include "consumer/kafka_handle.h"

namespace yujing::consumer {
namespace {

using thresholds::Error;
using thresholds::Result;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kAnswer{10'000};
constexpr milliseconds kPoll{500};
constexpr std::chrono::minutes kSilenceMax{1};

std::optional<std::string_view> bytes_of(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string_view(static_cast<const char*>(bytes), size);
}

// One reading of one topic.
class Reading final : public KafkaListener {
 public:
  Reading(const KafkaOptions& options, const std::string& topic, std::int32_t partitions)
      : options_(options), topic_(topic), partitions_(partitions) {}

  Result<void> open() {
    auto conf = base_conf(options_);
    if (!conf) return tl::unexpected(conf.error());
    // No group is joined: the library wants a name to assign partitions at all.
    auto done = set(**conf, {{"group.id", options_.group + ".reader"},
                             {"isolation.level", "read_committed"},
                             {"enable.auto.commit", "false"},
                             {"auto.offset.reset", "error"},
                             {"enable.partition.eof", "true"},
                             {"check.crcs", "true"}});
    if (!done) return done;
    auto handle = make_consumer(std::move(*conf), *this);
    if (!handle) return tl::unexpected(handle.error());
    handle_ = std::move(*handle);
    return {};
  }

  void on_log(int /*level*/, std::string_view /*text*/) override {}
  void on_error(rd_kafka_resp_err_t code, std::string_view reason) override {
    if (action_of(code, {}) == FaultAction::kStop) trouble_ = error(code, -1, reason);
  }

  // False: `visit` said so.
  Result<bool> read(std::int32_t partition, std::optional<std::int64_t> from,
                    const std::function<Result<bool>(const TopicMessage&)>& visit) {
    std::int64_t begin = 0;
    std::int64_t end = 0;  // of what is committed, as this handle reads no more
    auto heard = Clock::now();
    while (true) {  // a topic that was just made has no leader for a moment
      const auto asked =
          rd_kafka_query_watermark_offsets(handle_.get(), topic_.c_str(), partition, &begin, &end,
                                           static_cast<int>(kAnswer.count()));
      if (asked == RD_KAFKA_RESP_ERR_NO_ERROR) break;
      if (action_of(asked, {}) != FaultAction::kRetry || Clock::now() - heard > kSilenceMax)
        return tl::unexpected(error(asked, partition));
      std::this_thread::sleep_for(kPoll);
    }
    std::int64_t next = std::max(begin, from.value_or(begin));
    if (next >= end) return true;
    if (auto done = assign(partition, next); !done) return tl::unexpected(done.error());
    heard = Clock::now();
    while (next < end) {
      const KafkaMessage message(
          rd_kafka_consumer_poll(handle_.get(), static_cast<int>(kPoll.count())));
      if (trouble_) return tl::unexpected(*trouble_);
      if (!message) {
        if (Clock::now() - heard > kSilenceMax)
          return tl::unexpected(error(RD_KAFKA_RESP_ERR__TIMED_OUT, partition));
        continue;
      }
      heard = Clock::now();
      if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        next = message->offset;
        continue;
      }
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (action_of(message->err, {}) == FaultAction::kRetry) continue;
        return tl::unexpected(error(message->err, partition));
      }
      if (message->offset >= end) break;  // committed since
      next = message->offset + 1;
      auto go_on =
          visit({partition, partitions_, message->offset,
                 std::max<std::int64_t>(0, rd_kafka_message_timestamp(message.get(), nullptr)),
                 bytes_of(message->key, message->key_len), bytes_of(message->payload, message->len),
                 headers_of(*message)});
      if (!go_on || !*go_on) return go_on;
    }
    return true;
  }

 private:
  Result<void> assign(std::int32_t partition, std::int64_t offset) {
    const KafkaPartitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), partition)->offset = offset;
    const auto code = reassign(*handle_, list.get());
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return tl::unexpected(error(code, partition));
  }

  [[nodiscard]] Error error(int code, std::int32_t partition, std::string_view said = "") const {
    const auto where = partition < 0 ? fmt::format("{}, topic {}", options_.brokers, topic_)
                                     : fmt::format("{}, topic {} partition {}", options_.brokers,
                                                   topic_, partition);
    return fault_error(code, where, "reading it", said);
  }

  const KafkaOptions& options_;
  const std::string& topic_;
  const std::int32_t partitions_;
  std::optional<Error> trouble_;
  KafkaHandle handle_;  // last: it tells of its end to this object
};

// How many partitions the topic has; the connection is looked at on the way.
Result<int> partitions_of(const KafkaOptions& options, const std::string& topic) {
  const auto probe = KafkaProbe::open(options, kConnectPatience);
  if (!probe) return tl::unexpected(probe.error());
  const auto facts = read_topic_facts(*probe, topic);
  if (!facts) return tl::unexpected(facts.error());
  if (facts->exists) return facts->partitions;
  return tl::unexpected(fault_error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                                    fmt::format("{}, topic {}", options.brokers, topic),
                                    "asking for it"));
}

}  // namespace

Result<void> read_topic(const KafkaOptions& options, const std::string& topic,
                        const std::map<std::int32_t, std::int64_t>& from,
                        const std::function<Result<bool>(const TopicMessage&)>& visit) {
  const auto partitions = partitions_of(options, topic);
  if (!partitions) return tl::unexpected(partitions.error());
  Reading reading(options, topic, *partitions);
  if (auto done = reading.open(); !done) return done;
  for (std::int32_t partition = 0; partition < *partitions; ++partition) {
    const auto start = from.find(partition);
    const auto go_on = reading.read(
        partition, start == from.end() ? std::nullopt : std::optional(start->second), visit);
    if (!go_on) return tl::unexpected(go_on.error());
    if (!*go_on) return {};
  }
  return {};
}

}  // namespace yujing::consumer

// librdkafka's objects, each with its owner, and how handles are made. The only header that knows
// librdkafka; seen by the kafka_*.cc files of this room and their tests alone.
//
// An owner is used by one thread at a time. The library has threads of its own inside; what they
// tell goes to a KafkaListener.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <librdkafka/rdkafka.h>

#include "consumer/kafka_options.h"
#include "thresholds/result.h"

namespace yujing::consumer {

template <auto destroy>
struct KafkaDestroyer {
  template <class T>
  void operator()(T* object) const {
    destroy(object);
  }
};
template <class T, auto destroy>
using KafkaOwner = std::unique_ptr<T, KafkaDestroyer<destroy>>;

using KafkaConf = KafkaOwner<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using KafkaHandle = KafkaOwner<rd_kafka_t, rd_kafka_destroy>;
using KafkaQueue = KafkaOwner<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using KafkaMessage = KafkaOwner<rd_kafka_message_t, rd_kafka_message_destroy>;
using KafkaError = KafkaOwner<rd_kafka_error_t, rd_kafka_error_destroy>;
using KafkaEvent = KafkaOwner<rd_kafka_event_t, rd_kafka_event_destroy>;
using KafkaPartitions =
    KafkaOwner<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;
using KafkaGroupMetadata =
    KafkaOwner<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;
using KafkaMetadata = KafkaOwner<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;
using KafkaHeaders = KafkaOwner<rd_kafka_headers_t, rd_kafka_headers_destroy>;

// What a handle tells of itself. It outlives the handle.
class KafkaListener {
 public:
  virtual ~KafkaListener() = default;
  // A log line; `level` as in syslog, 3 an error, 7 for debugging. On any thread, also of the
  // library's own.
  virtual void on_log(int level, std::string_view text) = 0;
  // An error that no call returns, such as a refused connection; the library tries again by itself.
  // On the thread that polls.
  virtual void on_error(rd_kafka_resp_err_t code, std::string_view reason) = 0;
  // What became of a produced message. On the thread that polls.
  virtual void on_delivery(const rd_kafka_message_t& message);
  // Partitions were given (RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) or are taken away. On the thread
  // that polls; as it stands here it assigns and unassigns.
  virtual void on_rebalance(rd_kafka_t& consumer, rd_kafka_resp_err_t what,
                            rd_kafka_topic_partition_list_t& partitions);
};

// Brokers, security and what all handles have alike.
[[nodiscard]] thresholds::Result<KafkaConf> base_conf(const KafkaOptions& options);

using KafkaProperty = std::pair<std::string_view, std::string_view>;
// kInternal names a property that this library does not take.
[[nodiscard]] thresholds::Result<void> set(rd_kafka_conf_t& conf,
                                           std::initializer_list<KafkaProperty> properties);

// kConfiguration when a certificate or key cannot be read. A consumer's queue is its poll queue.
[[nodiscard]] thresholds::Result<KafkaHandle> make_consumer(KafkaConf conf,
                                                            KafkaListener& listener);
[[nodiscard]] thresholds::Result<KafkaHandle> make_producer(KafkaConf conf,
                                                            KafkaListener& listener);

// What a consumer reads from now on; null: nothing. On return the library has let go of what it
// read before: told of a further change any sooner it may end the process (docs/kafka.md, "What is
// known of librdkafka").
rd_kafka_resp_err_t reassign(rd_kafka_t& consumer, const rd_kafka_topic_partition_list_t* places);

// A message's headers in their order; one without a value has an empty one.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> headers_of(
    const rd_kafka_message_t& message);

// "Broker: Topic authorization failed (TOPIC_AUTHORIZATION_FAILED)"
[[nodiscard]] std::string text_of(rd_kafka_resp_err_t code);

}  // namespace yujing::consumer

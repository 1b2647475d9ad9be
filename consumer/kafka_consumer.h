// The member of the consumer group: joins, hears what is assigned, reads from where it is told.
//
// One thread makes all calls; the listener is called by poll(), on the same thread. Nothing is read
// until assign() says from where, and a new assignment begins with nothing assigned.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "consumer/call_watch.h"
#include "consumer/kafka_input.h"
#include "consumer/kafka_options.h"
#include "consumer/kafka_trouble.h"
#include "thresholds/result.h"

struct rd_kafka_consumer_group_metadata_s;

namespace yujing::consumer {

class KafkaConsumer {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // The partitions this member has from now on, the same of each input; ascending.
    virtual void assigned(const std::vector<std::int32_t>& partitions) = 0;
    // All that was assigned goes. `lost`: others may have it already, so that nothing may be
    // committed any more.
    virtual void revoked(bool lost) = 0;
    virtual void kafka_log(int level, std::string_view text) = 0;  // any thread
  };

  // Makes the client and subscribes; does not wait. `watch` and `listener` are borrowed.
  [[nodiscard]] static thresholds::Result<std::unique_ptr<KafkaConsumer>> join(
      const KafkaOptions& options, const std::string& instance, CallWatch& watch,
      Listener& listener);
  ~KafkaConsumer();

  // What has come, or comes within `patience`; valid until the next poll. What was read of
  // partitions that were taken away in this very poll is not among it.
  [[nodiscard]] KafkaResult<std::span<const KafkaArrival>> poll(std::chrono::milliseconds patience);
  // The headers of an arrival of the last poll.
  [[nodiscard]] KafkaHeaderTexts headers(const KafkaArrival& arrival) const;

  // From now on reads these partitions, each from its place, and no others.
  [[nodiscard]] KafkaDone assign(const std::vector<KafkaPlace>& places);

  // The group's committed positions; -1 where there is none. Waits for a transaction that is about
  // to commit some.
  [[nodiscard]] KafkaResult<std::vector<KafkaPositions>> committed(
      const std::vector<std::int32_t>& partitions);
  struct Bounds {
    std::int64_t begin = 0;
    std::int64_t end = 0;  // of what is committed
  };
  [[nodiscard]] KafkaResult<Bounds> bounds(KafkaInput input, std::int32_t partition);
  // The end as the last fetch has seen it; -1: not seen yet.
  [[nodiscard]] std::int64_t seen_end(KafkaInput input, std::int32_t partition) const;
  [[nodiscard]] KafkaResult<std::int32_t> partition_count();
  [[nodiscard]] KafkaResult<std::string> cluster_id();

  // For the producer: who sends the offsets, as of the last assignment. Not as of now: a member
  // that was put out of the group meanwhile must be refused.
  [[nodiscard]] std::shared_ptr<const rd_kafka_consumer_group_metadata_s> group_metadata() const;

 private:
  struct Impl;
  explicit KafkaConsumer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::consumer

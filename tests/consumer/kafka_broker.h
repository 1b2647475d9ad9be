// A real broker on loopback for a test program, by deploy/kafka/kafka.sh, and a ledger topic on it
// that the test writes to. The program stops with a message when Kafka does not do as asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "consumer/kafka_handle.h"
#include "consumer/kafka_options.h"
#include "tests/consumer/temporary_folder.h"

namespace yujing::tests {

class KafkaBroker {
 public:
  KafkaBroker();
  ~KafkaBroker();
  KafkaBroker(const KafkaBroker&) = delete;
  KafkaBroker& operator=(const KafkaBroker&) = delete;

  // This broker, and a ledger topic of that name.
  [[nodiscard]] consumer::KafkaOptions options(const std::string& ledger) const;
  void make_topic(const std::string& name, int partitions, const char* cleanup_policy) const;
  // Deletes what lies before `offset`.
  void delete_records(const std::string& topic, std::int32_t partition, std::int64_t offset) const;

 private:
  TemporaryFolder folder_;
  std::string brokers_;
};

// A transactional producer to one topic; the offsets of what it wrote follow from what was asked.
class LedgerWriter {
 public:
  LedgerWriter(const consumer::KafkaOptions& options, const std::string& transactional_id);

  void begin();
  void put(std::int32_t partition, std::optional<std::string_view> key,
           std::optional<std::string_view> value);
  void flush();  // all that was put is in the log
  void commit();
  void abort();

 private:
  consumer::KafkaHandle handle_;
  std::string topic_;
};

}  // namespace yujing::tests

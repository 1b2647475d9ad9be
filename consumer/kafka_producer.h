// The transactional producer: what goes out, and the positions of what came in, at once or not at
// all. Between begin() and commit() or abort() lies one transaction.
//
// One thread makes all calls. After a trouble other than kAbort the producer is of no more use.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/call_watch.h"
#include "consumer/kafka_consumer.h"
#include "consumer/kafka_input.h"
#include "consumer/kafka_options.h"
#include "consumer/kafka_trouble.h"
#include "thresholds/result.h"

namespace yujing::consumer {

enum class KafkaOutput : std::uint8_t { kAlerts, kDeadLetters, kLedger };

// A message to whichever partition Java's default partitioner would place its key in.
struct KafkaOutgoing {
  KafkaOutput output = KafkaOutput::kAlerts;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  // nullopt: null
  const KafkaHeaderTexts* headers = nullptr;
};

class KafkaProducer {
 public:
  using Log = std::function<void(int level, std::string_view text)>;  // any thread

  // Makes the client; talks to nobody yet. `identity` is the transactional.id. `watch` is borrowed.
  [[nodiscard]] static thresholds::Result<std::unique_ptr<KafkaProducer>> make(
      const KafkaOptions& options, const std::string& identity, CallWatch& watch, Log log);
  ~KafkaProducer();

  // Fences whoever had this identity before; his open transaction is aborted on return.
  [[nodiscard]] KafkaDone init();
  [[nodiscard]] KafkaDone begin();
  // Both copy the bytes. Ledger records (`value` nullopt: null) are handed over many at a time, the
  // last of them by send_offsets().
  [[nodiscard]] KafkaDone produce(const KafkaOutgoing& outgoing);
  [[nodiscard]] KafkaDone produce_ledger(std::int32_t partition, std::string_view key,
                                         std::optional<std::string_view> value);
  [[nodiscard]] KafkaDone send_offsets(const std::vector<KafkaPlace>& next,
                                       const KafkaConsumer& consumer);
  // Waits until everything is acknowledged and the transaction is committed. kNewClients: nobody
  // knows whether it is.
  [[nodiscard]] KafkaDone commit();
  [[nodiscard]] KafkaDone abort();

  // The offset after the last ledger record of a partition that was acknowledged; 0: none was.
  [[nodiscard]] std::int64_t ledger_end(std::int32_t partition) const;
  // A message of this transaction was larger than its topic takes.
  [[nodiscard]] bool was_too_large() const;

 private:
  struct Impl;
  explicit KafkaProducer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::consumer

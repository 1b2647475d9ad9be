// A handle for questions to Kafka, and the check at a start: librdkafka tries for ever where trying
// cannot help (wrong password, wrong certificate, wrong kind of listener) and only logs it; here
// it becomes an error with a message.
//
// One thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "consumer/kafka_handle.h"
#include "consumer/kafka_options.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// How long a start waits for brokers that are not up yet.
inline constexpr std::chrono::milliseconds kConnectPatience{20'000};

class KafkaProbe {
 public:
  // Returns when a broker has answered. Else the error says what is wrong, where and what to do
  // (kUnavailable; kConfiguration for unreadable certificates): at once for what does not pass by
  // waiting, after `patience` where nobody answers.
  [[nodiscard]] static thresholds::Result<KafkaProbe> open(const KafkaOptions& options,
                                                           std::chrono::milliseconds patience);
  KafkaProbe(KafkaProbe&&) noexcept;
  KafkaProbe& operator=(KafkaProbe&&) noexcept;
  ~KafkaProbe();

  // A consumer without a group; it makes no topics by asking for them.
  [[nodiscard]] rd_kafka_t& handle() const { return *handle_; }
  [[nodiscard]] const std::string& brokers() const { return brokers_; }

 private:
  class Complaints;
  KafkaProbe(std::string brokers, std::unique_ptr<Complaints> complaints, KafkaHandle handle);

  std::string brokers_;
  std::unique_ptr<Complaints> complaints_;  // hears the handle, so outlives it
  KafkaHandle handle_;
};

// What an error that belongs to no call means while nothing has answered yet.
struct ConnectionFault {
  bool passes = true;   // waiting may help: a broker that starts, a network that comes back
  std::string message;  // for an administrator
};
[[nodiscard]] ConnectionFault connection_fault(const KafkaOptions& options, int code,
                                               std::string_view reason);
// What is wrong with a broker's certificate beyond who signed it, by OpenSSL's number.
[[nodiscard]] std::optional<std::string> certificate_fault(const KafkaOptions& options,
                                                           std::string_view broker,
                                                           int verification);

}  // namespace yujing::consumer

// Messages sent to a topic one by one, each there before finish() says so. For commands; what the
// monitor sends goes out in its transactions.
//
// One thread. A message that was sent may be there although finish() failed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "consumer/kafka_options.h"
#include "thresholds/result.h"

namespace yujing::consumer {

class KafkaSender {
 public:
  // Errors as of KafkaProbe::open.
  [[nodiscard]] static thresholds::Result<KafkaSender> open(const KafkaOptions& options);
  // The same, but all it sends is there at finish() or not at all, and of several that are opened
  // by one name only the last can finish: what was read after opening is still so then.
  [[nodiscard]] static thresholds::Result<KafkaSender> open_alone(const KafkaOptions& options,
                                                                  const std::string& name);
  KafkaSender(KafkaSender&&) noexcept;
  KafkaSender& operator=(KafkaSender&&) noexcept;
  ~KafkaSender();

  // Takes it for sending, placed by its key as Java's default partitioner would; the bytes are
  // copied. Waits while very many are on their way. Errors: of one sent before, or too large.
  [[nodiscard]] thresholds::Result<void> send(const std::string& topic,
                                              std::optional<std::string_view> key,
                                              std::optional<std::string_view> value);
  // Waits until all are there; how many that are since the start. The last call of a sender that
  // was opened alone; kUnavailable when another was opened meanwhile.
  [[nodiscard]] thresholds::Result<std::uint64_t> finish();

 private:
  static thresholds::Result<KafkaSender> make(const KafkaOptions& options, std::string name);

  struct Impl;
  explicit KafkaSender(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::consumer

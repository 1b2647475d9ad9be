// Generated data on its way into Kafka's topics.
#pragma once

#include <atomic>
#include <cstdint>

#include "app/made/folder.h"
#include "consumer/kafka_options.h"

namespace yujing::app {

// Sends persons and decisions, and once all of them are there the events, `rate` a second (0: as
// fast as it goes). Every message has its person's psn_no as key. Returns when all that was sent is
// there: everything, or after `stop` what was made so far. Errors: of consumer::KafkaSender.
[[nodiscard]] thresholds::Result<void> send_stream(Generator& generator,
                                                   const consumer::KafkaOptions& kafka,
                                                   std::uint64_t rate,
                                                   const std::atomic<bool>& stop,
                                                   const MadeProgress& progress);

}  // namespace yujing::app

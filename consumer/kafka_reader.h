// A topic read as it stands: every message from where it begins to where it ends now, committed
// ones only. For commands; the monitor reads by its group.
//
// One thread; it returns when all is read.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consumer/kafka_options.h"
#include "thresholds/result.h"

namespace yujing::consumer {

struct TopicMessage {
  std::int32_t partition = 0;
  std::int32_t partitions = 0;  // of the topic
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;          // since 1970; 0: not known
  std::optional<std::string_view> key;    // nullopt: null
  std::optional<std::string_view> value;  // nullopt: null
  std::vector<std::pair<std::string, std::string>> headers;
};

// Calls `visit` with each message, partition by partition, each in its order, until it says false.
// `from` are offsets by partition to begin at; a partition that is not in it is read whole.
// Errors: of KafkaProbe::open; kUnavailable when the topic is not there, a right is missing or no
// message comes for a minute; what `visit` fails with.
[[nodiscard]] thresholds::Result<void> read_topic(
    const KafkaOptions& options, const std::string& topic,
    const std::map<std::int32_t, std::int64_t>& from,
    const std::function<thresholds::Result<bool>(const TopicMessage&)>& visit);

}  // namespace yujing::consumer

// The topics as they must be: made, and compared with what the brokers have.
//
// What a topic has to be and what misfits are pure (any thread); reading and making ask the
// brokers through a KafkaProbe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/kafka_options.h"
#include "thresholds/result.h"

namespace yujing::consumer {

class KafkaProbe;

// What a topic is to us; the order in which they are shown.
enum class TopicRole : std::uint8_t {
  kSettlements,
  kPersons,
  kDecisions,
  kAlerts,
  kDeadLetters,
  kLedger
};
inline constexpr std::size_t kTopicRoles = 6;
[[nodiscard]] std::string_view to_string(TopicRole role);
[[nodiscard]] const std::string& topic_name(const KafkaOptions& options, TopicRole role);

// A topic as the brokers have it.
struct TopicFacts {
  bool exists = false;
  int partitions = 0;
  int replication = 0;  // of its partition with the fewest copies
  std::map<std::string, std::string, std::less<>> config;
};
using TopicTable = std::map<TopicRole, TopicFacts>;

struct TopicMisfit {
  TopicRole role;
  std::string message;  // the topic, what is wrong, what to do
};

// Everything that keeps `topics` from being what `options` need; none: they fit.
[[nodiscard]] std::vector<TopicMisfit> topic_misfits(const KafkaOptions& options,
                                                     const TopicTable& topics);

// What is asked for when `role` is made beside `topics`.
struct TopicPlan {
  int partitions = 0;
  int replication = 0;
  std::map<std::string, std::string, std::less<>> config;
};
[[nodiscard]] TopicPlan topic_plan(const KafkaOptions& options, TopicRole role,
                                   const TopicTable& topics);

// Only whether they are there and their partitions, or their settings too, which needs the right
// DescribeConfigs.
enum class TopicDepth : std::uint8_t { kPartitions, kAll };
// Errors as in fault_error: a missing right, no answer.
[[nodiscard]] thresholds::Result<TopicTable> read_topics(const KafkaProbe& probe,
                                                         const KafkaOptions& options,
                                                         TopicDepth depth);
// Makes those that are missing in `topics`; the roles made.
[[nodiscard]] thresholds::Result<std::vector<TopicRole>> make_topics(const KafkaProbe& probe,
                                                                     const KafkaOptions& options,
                                                                     const TopicTable& topics);

}  // namespace yujing::consumer

// The topics as they must be: what is asked for when one is made, and what is wrong with those that
// are there.
//
// Pure: no I/O, any thread. kafka_admin asks the brokers.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/kafka_options.h"

namespace yujing::consumer {

// What a topic is to us; the order in which they are shown.
enum class TopicRole : std::uint8_t {
  kSettlements,
  kPersons,
  kDecisions,
  kAlerts,
  kDeadLetters,
  kLedger
};
inline constexpr std::array kTopicRoles = {TopicRole::kSettlements, TopicRole::kPersons,
                                           TopicRole::kDecisions,   TopicRole::kAlerts,
                                           TopicRole::kDeadLetters, TopicRole::kLedger};
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

}  // namespace yujing::consumer

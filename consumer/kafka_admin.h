// What the brokers are asked about the topics, and asked to make.
//
// One thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include "consumer/kafka_options.h"
#include "consumer/kafka_probe.h"
#include "consumer/kafka_topics.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// One topic without its settings. Errors as in fault_error: a missing right, no answer.
[[nodiscard]] thresholds::Result<TopicFacts> read_topic_facts(const KafkaProbe& probe,
                                                              const std::string& name);

// All of them, or as much of them as our rights show: their settings need DescribeConfigs.
enum class TopicDepth : std::uint8_t { kReadable, kAll };
// Errors as of read_topic_facts.
[[nodiscard]] thresholds::Result<TopicTable> read_topics(const KafkaProbe& probe,
                                                         const KafkaOptions& options,
                                                         TopicDepth depth);
// Makes those that are missing in `topics`; the roles made.
[[nodiscard]] thresholds::Result<std::vector<TopicRole>> make_topics(const KafkaProbe& probe,
                                                                     const KafkaOptions& options,
                                                                     const TopicTable& topics);

// The question of every start: is Kafka there, and do the topics fit as far as our rights show?
// Errors: of KafkaProbe::open, of read_topics, and kConfiguration with every misfit on a line.
[[nodiscard]] thresholds::Result<TopicTable> ready_topics(const KafkaOptions& options);

}  // namespace yujing::consumer

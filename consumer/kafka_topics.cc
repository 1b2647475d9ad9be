#include "consumer/kafka_topics.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace yujing::consumer {
namespace {

// The brokers' own default. An alert or a ledger record is far smaller.
constexpr std::int64_t kMessageBytesMin = 1'048'588;
// What sealing and our headers add to a refused event.
constexpr std::int64_t kLetterBytesMore = 4'096;
// A tombstone that is gone from the ledger cannot reach a store that was away; so long may it be.
constexpr std::string_view kTombstonesKept = "2592000000";  // 30 days in ms
constexpr std::string_view kSegmentBytes = "134217728";  // 128 MiB: compaction leaves out the last

// The same person lies in the same partition of each.
bool is_partitioned_alike(TopicRole role) {
  return role == TopicRole::kPersons || role == TopicRole::kDecisions || role == TopicRole::kLedger;
}

// The last message of a key is all that counts.
bool is_compacted(TopicRole role) { return is_partitioned_alike(role); }

std::string_view policy_of(TopicRole role) { return is_compacted(role) ? "compact" : "delete"; }

std::optional<std::int64_t> number(const TopicFacts& topic, std::string_view key) {
  const auto found = topic.config.find(key);
  if (found == topic.config.end()) return std::nullopt;
  std::int64_t value = 0;
  const auto* const end = found->second.data() + found->second.size();
  if (std::from_chars(found->second.data(), end, value).ptr != end) return std::nullopt;
  return value;
}

const TopicFacts* find(const TopicTable& topics, TopicRole role) {
  const auto found = topics.find(role);
  return found == topics.end() || !found->second.exists ? nullptr : &found->second;
}

// The largest message that can come in, nullopt while no topic that is read says so.
std::optional<std::int64_t> largest_event(const TopicTable& topics) {
  std::optional<std::int64_t> largest;
  for (const auto role : {TopicRole::kSettlements, TopicRole::kPersons, TopicRole::kDecisions}) {
    const auto* const topic = find(topics, role);
    const auto bytes = topic == nullptr ? std::nullopt : number(*topic, "max.message.bytes");
    if (bytes && *bytes > largest.value_or(0)) largest = bytes;
  }
  return largest;
}

std::int64_t message_bytes_min(TopicRole role, const TopicTable& topics) {
  if (role == TopicRole::kDeadLetters) {
    return std::max(kMessageBytesMin, largest_event(topics).value_or(0)) + kLetterBytesMore;
  }
  return kMessageBytesMin;
}

class Misfits {
 public:
  Misfits(const KafkaOptions& options, const TopicTable& topics)
      : options_(options), topics_(topics) {}

  std::vector<TopicMisfit> take() {
    for (const auto role : kTopicRoles)
      look_at(role);
    return std::move(found_);
  }

 private:
  void add(TopicRole role, std::string_view wrong) {
    found_.push_back({role, fmt::format("topic {} ({}): {}", topic_name(options_, role),
                                        to_string(role), wrong)});
  }

  void look_at(TopicRole role) {
    const auto* const topic = find(topics_, role);
    if (topic == nullptr) {
      add(role, "is not there; `yujing topics create` makes it");
      return;
    }
    look_at_partitions(role, *topic);
    if (topic->replication < options_.replication) {
      add(role, fmt::format("has {} {} of each partition and `kafka.replication` asks for {}; add "
                            "copies with kafka-reassign-partitions",
                            topic->replication, topic->replication == 1 ? "copy" : "copies",
                            options_.replication));
    }
    if (!topic->config.empty()) look_at_config(role, *topic);
  }

  void look_at_partitions(TopicRole role, const TopicFacts& topic) {
    const auto* const settlements = find(topics_, TopicRole::kSettlements);
    if (!is_partitioned_alike(role) || settlements == nullptr) return;
    if (topic.partitions == settlements->partitions) return;
    add(role, fmt::format("has {} partitions and {} has {}; a person has to lie in the same one of "
                          "each: make the one that is empty anew with as many",
                          topic.partitions, options_.settlements, settlements->partitions));
  }

  void look_at_config(TopicRole role, const TopicFacts& topic) {
    const auto policy = topic.config.find("cleanup.policy");
    if (policy != topic.config.end() && policy->second != policy_of(role)) {
      add(role, fmt::format("cleanup.policy is {}; set it to {}, or {}", policy->second,
                            policy_of(role), lost_otherwise(role)));
    }
    const auto unclean = topic.config.find("unclean.leader.election.enable");
    if (unclean != topic.config.end() && unclean->second == "true") {
      add(role,
          "unclean.leader.election.enable is true; set it to false, or a broker that was behind "
          "takes away what was committed");
    }
    look_at_copies(role, topic);
    const auto bytes = number(topic, "max.message.bytes");
    const auto needed = message_bytes_min(role, topics_);
    const bool is_written =
        role == TopicRole::kAlerts || role == TopicRole::kDeadLetters || role == TopicRole::kLedger;
    if (is_written && bytes && *bytes < needed) {
      add(role,
          fmt::format("max.message.bytes is {}; set it to {} or more, or {}", *bytes, needed,
                      role == TopicRole::kDeadLetters ? "a large refused event stops the stream"
                                                      : "a large message stops the stream"));
    }
  }

  void look_at_copies(TopicRole role, const TopicFacts& topic) {
    const auto in_sync = number(topic, "min.insync.replicas");
    if (!in_sync) return;
    if (*in_sync > topic.replication) {
      add(role, fmt::format("min.insync.replicas is {} and there are {} copies: nothing can be "
                            "written; set it to {}",
                            *in_sync, topic.replication, std::max(1, topic.replication - 1)));
    } else if (topic.replication >= 3 && *in_sync < 2) {
      add(role,
          fmt::format("min.insync.replicas is {} with {} copies; set it to 2, or one broker's "
                      "disk can take what was committed with it",
                      *in_sync, topic.replication));
    }
  }

  static std::string_view lost_otherwise(TopicRole role) {
    switch (role) {
      case TopicRole::kSettlements:
        return "earlier bills of a person vanish before they are read";
      case TopicRole::kPersons:
      case TopicRole::kDecisions:
        return "what was said of people long ago vanishes";
      case TopicRole::kAlerts:
        return "earlier alerts of a person vanish before they are read";
      case TopicRole::kDeadLetters:
        return "earlier refused events of a person vanish";
      case TopicRole::kLedger:
        return "the state cannot be rebuilt from it";
    }
    return "";
  }

  const KafkaOptions& options_;
  const TopicTable& topics_;
  std::vector<TopicMisfit> found_;
};

}  // namespace

std::string_view to_string(TopicRole role) {
  switch (role) {
    case TopicRole::kSettlements:
      return "settlements";
    case TopicRole::kPersons:
      return "persons";
    case TopicRole::kDecisions:
      return "decisions";
    case TopicRole::kAlerts:
      return "alerts";
    case TopicRole::kDeadLetters:
      return "dead letters";
    case TopicRole::kLedger:
      return "ledger";
  }
  return "";
}

const std::string& topic_name(const KafkaOptions& options, TopicRole role) {
  switch (role) {
    case TopicRole::kSettlements:
      return options.settlements;
    case TopicRole::kPersons:
      return options.persons;
    case TopicRole::kDecisions:
      return options.decisions;
    case TopicRole::kAlerts:
      return options.alerts;
    case TopicRole::kDeadLetters:
      return options.dead_letters;
    case TopicRole::kLedger:
      break;
  }
  return options.ledger;
}

std::vector<TopicMisfit> topic_misfits(const KafkaOptions& options, const TopicTable& topics) {
  return Misfits(options, topics).take();
}

TopicPlan topic_plan(const KafkaOptions& options, TopicRole role, const TopicTable& topics) {
  TopicPlan plan;
  plan.partitions = options.partitions;
  const auto* const settlements = find(topics, TopicRole::kSettlements);
  if (is_partitioned_alike(role) && settlements != nullptr)
    plan.partitions = settlements->partitions;
  plan.replication = options.replication;
  plan.config = {{"cleanup.policy", std::string(policy_of(role))},
                 {"min.insync.replicas", options.replication >= 3 ? "2" : "1"},
                 {"unclean.leader.election.enable", "false"}};
  if (is_compacted(role)) plan.config.emplace("segment.bytes", kSegmentBytes);
  if (role == TopicRole::kLedger) plan.config.emplace("delete.retention.ms", kTombstonesKept);
  if (role == TopicRole::kDeadLetters) {
    plan.config.emplace("max.message.bytes", fmt::to_string(message_bytes_min(role, topics)));
  }
  return plan;
}

}  // namespace yujing::consumer

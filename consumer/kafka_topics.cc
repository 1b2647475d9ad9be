#include "consumer/kafka_topics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "consumer/kafka_fault.h"
#include "consumer/kafka_handle.h"
#include "consumer/kafka_probe.h"

namespace yujing::consumer {
namespace {

using std::chrono::milliseconds;
using thresholds::Result;

constexpr std::array kRoles = {TopicRole::kSettlements, TopicRole::kPersons,
                               TopicRole::kDecisions,   TopicRole::kAlerts,
                               TopicRole::kDeadLetters, TopicRole::kLedger};

constexpr milliseconds kAnswer{30'000};
constexpr milliseconds kAskAgain{200};
constexpr int kTries = 50;  // a new topic is known everywhere after a moment

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
    for (const auto role : kRoles)
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

thresholds::Error error_of(const KafkaProbe& probe, int code, std::string_view topic,
                           std::string_view doing, std::string_view said = "") {
  const auto where =
      topic.empty() ? probe.brokers() : fmt::format("{}, topic {}", probe.brokers(), topic);
  return fault_error(code, where, doing, said);
}

// Partitions and copies of one topic.
Result<TopicFacts> read_partitions(const KafkaProbe& probe, const std::string& name) {
  const KafkaOwner<rd_kafka_topic_t, rd_kafka_topic_destroy> topic(
      rd_kafka_topic_new(&probe.handle(), name.c_str(), nullptr));
  auto code = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int i = 0; i < kTries; ++i) {
    const rd_kafka_metadata_t* answer = nullptr;
    code = rd_kafka_metadata(&probe.handle(), 0, topic.get(), &answer,
                             static_cast<int>(kAnswer.count()));
    const KafkaMetadata metadata(answer);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (metadata->topic_cnt != 1) return TopicFacts{};
      const auto& facts = metadata->topics[0];
      code = facts.err;
      if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return TopicFacts{};
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        TopicFacts found;
        found.exists = true;
        found.partitions = facts.partition_cnt;
        for (int p = 0; p < facts.partition_cnt; ++p) {
          const int copies = facts.partitions[p].replica_cnt;
          if (p == 0 || copies < found.replication) found.replication = copies;
        }
        return found;
      }
    }
    if (action_of(code, {}) != FaultAction::kRetry) break;
    std::this_thread::sleep_for(kAskAgain);
  }
  return tl::unexpected(error_of(probe, code, name, "asking for its partitions"));
}

// A topic that was just made is known to each broker after a moment.
Result<void> wait_for(const KafkaProbe& probe, const std::string& name) {
  for (int i = 0; i < kTries; ++i) {
    const auto facts = read_partitions(probe, name);
    if (!facts) return tl::unexpected(facts.error());
    if (facts->exists) return {};
    std::this_thread::sleep_for(kAskAgain);
  }
  return tl::unexpected(
      error_of(probe, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, name, "waiting for it to be made"));
}

using AdminOptions = KafkaOwner<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;

// Sends what `ask` puts to the brokers and waits for the answer.
Result<KafkaEvent> ask(
    const KafkaProbe& probe, rd_kafka_admin_op_t operation, std::string_view doing,
    const std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& put) {
  const AdminOptions options(rd_kafka_AdminOptions_new(&probe.handle(), operation));
  const KafkaQueue queue(rd_kafka_queue_new(&probe.handle()));
  put(options.get(), queue.get());
  KafkaEvent event(rd_kafka_queue_poll(queue.get(), static_cast<int>(2 * kAnswer.count())));
  const auto code = event ? rd_kafka_event_error(event.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return event;
  return tl::unexpected(
      error_of(probe, code, "", doing, event ? rd_kafka_event_error_string(event.get()) : ""));
}

// The settings of the topics that exist.
Result<void> read_configs(const KafkaProbe& probe, const KafkaOptions& options,
                          TopicTable& topics) {
  using Resource = KafkaOwner<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;
  std::vector<Resource> resources;
  std::vector<rd_kafka_ConfigResource_t*> pointers;
  std::map<std::string, TopicRole, std::less<>> roles;
  for (const auto& [role, facts] : topics) {
    if (!facts.exists) continue;
    const auto& name = topic_name(options, role);
    roles.emplace(name, role);
    resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
    pointers.push_back(resources.back().get());
  }
  if (pointers.empty()) return {};
  constexpr std::string_view kDoing = "asking for the settings of topics";
  const auto event =
      ask(probe, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, kDoing,
          [&](rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
            rd_kafka_DescribeConfigs(&probe.handle(), pointers.data(), pointers.size(), how, queue);
          });
  if (!event) return tl::unexpected(event.error());
  std::size_t count = 0;
  const auto* const answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto* const name = rd_kafka_ConfigResource_name(answers[i]);
    const auto code = rd_kafka_ConfigResource_error(answers[i]);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(error_of(probe, code, name, kDoing));
    }
    const auto role = roles.find(name);
    if (role == roles.end()) continue;
    std::size_t entries = 0;
    const auto* const list = rd_kafka_ConfigResource_configs(answers[i], &entries);
    for (std::size_t e = 0; e < entries; ++e) {
      const auto* const value = rd_kafka_ConfigEntry_value(list[e]);
      topics[role->second].config[rd_kafka_ConfigEntry_name(list[e])] =
          value == nullptr ? "" : value;
    }
  }
  return {};
}

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

Result<TopicTable> read_topics(const KafkaProbe& probe, const KafkaOptions& options,
                               TopicDepth depth) {
  TopicTable topics;
  for (const auto role : kRoles) {
    auto facts = read_partitions(probe, topic_name(options, role));
    if (!facts) return tl::unexpected(facts.error());
    topics.emplace(role, std::move(*facts));
  }
  if (depth == TopicDepth::kAll) {
    if (auto done = read_configs(probe, options, topics); !done)
      return tl::unexpected(done.error());
  }
  return topics;
}

Result<std::vector<TopicRole>> make_topics(const KafkaProbe& probe, const KafkaOptions& options,
                                           const TopicTable& topics) {
  using NewTopic = KafkaOwner<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
  std::vector<TopicRole> made;
  std::vector<NewTopic> wanted;
  std::vector<rd_kafka_NewTopic_t*> pointers;
  std::array<char, 512> text{};
  for (const auto role : kRoles) {
    if (find(topics, role) != nullptr) continue;
    const auto& name = topic_name(options, role);
    const auto plan = topic_plan(options, role, topics);
    NewTopic topic(rd_kafka_NewTopic_new(name.c_str(), plan.partitions, plan.replication,
                                         text.data(), text.size()));
    if (!topic) {
      return tl::unexpected(
          error_of(probe, RD_KAFKA_RESP_ERR__INVALID_ARG, name, "making it", text.data()));
    }
    for (const auto& [key, value] : plan.config)
      rd_kafka_NewTopic_set_config(topic.get(), key.c_str(), value.c_str());
    made.push_back(role);
    pointers.push_back(topic.get());
    wanted.push_back(std::move(topic));
  }
  if (pointers.empty()) return made;
  const auto event =
      ask(probe, RD_KAFKA_ADMIN_OP_CREATETOPICS, "making topics",
          [&](rd_kafka_AdminOptions_t* how, rd_kafka_queue_t* queue) {
            rd_kafka_AdminOptions_set_operation_timeout(how, static_cast<int>(kAnswer.count()),
                                                        text.data(), text.size());
            rd_kafka_CreateTopics(&probe.handle(), pointers.data(), pointers.size(), how, queue);
          });
  if (!event) return tl::unexpected(event.error());
  std::size_t count = 0;
  const auto* const answers =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto code = rd_kafka_topic_result_error(answers[i]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const auto* const said = rd_kafka_topic_result_error_string(answers[i]);
    return tl::unexpected(error_of(probe, code, rd_kafka_topic_result_name(answers[i]), "making it",
                                   said == nullptr ? "" : said));
  }
  for (const auto role : made) {
    if (auto done = wait_for(probe, topic_name(options, role)); !done)
      return tl::unexpected(done.error());
  }
  return made;
}

}  // namespace yujing::consumer

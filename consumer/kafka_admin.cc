#include "consumer/kafka_admin.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "consumer/kafka_fault.h"
#include "consumer/kafka_handle.h"

namespace yujing::consumer {
namespace {

using std::chrono::milliseconds;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr milliseconds kAnswer{30'000};
constexpr milliseconds kAskAgain{200};
constexpr int kTries = 50;  // a new topic is known everywhere after a moment

thresholds::Error error_of(const KafkaProbe& probe, int code, std::string_view topic,
                           std::string_view doing, std::string_view said = "") {
  const auto where =
      topic.empty() ? probe.brokers() : fmt::format("{}, topic {}", probe.brokers(), topic);
  return fault_error(code, where, doing, said);
}

// A topic that was just made is known to each broker after a moment.
Result<void> wait_for(const KafkaProbe& probe, const std::string& name) {
  for (int i = 0; i < kTries; ++i) {
    const auto facts = read_topic_facts(probe, name);
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

// The settings of the topics that exist. False: the broker that was asked does not know all of them
// yet.
Result<bool> read_configs(const KafkaProbe& probe, const KafkaOptions& options, TopicDepth depth,
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
  if (pointers.empty()) return true;
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
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED && depth == TopicDepth::kReadable)
      continue;
    if (code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return false;
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
  return true;
}

}  // namespace

Result<TopicFacts> read_topic_facts(const KafkaProbe& probe, const std::string& name) {
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

Result<TopicTable> read_topics(const KafkaProbe& probe, const KafkaOptions& options,
                               TopicDepth depth) {
  for (int i = 0; i < kTries; ++i) {
    TopicTable topics;
    for (const auto role : kTopicRoles) {
      auto facts = read_topic_facts(probe, topic_name(options, role));
      if (!facts) return tl::unexpected(facts.error());
      topics.emplace(role, std::move(*facts));
    }
    const auto all = read_configs(probe, options, depth, topics);
    if (!all) return tl::unexpected(all.error());
    if (*all) return topics;
    std::this_thread::sleep_for(kAskAgain);
  }
  return fail(ErrorCode::kUnavailable,
              fmt::format("Kafka at {}: its brokers do not agree on which topics there are; see "
                          "whether all of them run well, then start again",
                          probe.brokers()));
}

Result<std::vector<TopicRole>> make_topics(const KafkaProbe& probe, const KafkaOptions& options,
                                           const TopicTable& topics) {
  using NewTopic = KafkaOwner<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
  std::vector<TopicRole> made;
  std::vector<NewTopic> wanted;
  std::vector<rd_kafka_NewTopic_t*> pointers;
  std::array<char, 512> text{};
  for (const auto role : kTopicRoles) {
    const auto there = topics.find(role);
    if (there != topics.end() && there->second.exists) continue;
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

Result<TopicTable> ready_topics(const KafkaOptions& options) {
  const auto probe = KafkaProbe::open(options, kConnectPatience);
  if (!probe) return tl::unexpected(probe.error());
  auto topics = read_topics(*probe, options, TopicDepth::kReadable);
  // A broker that has just come back does not know all topics yet.
  const auto lacks = [](const auto& topic) { return !topic.second.exists; };
  for (int i = 0; i < kTries && topics && std::ranges::any_of(*topics, lacks); ++i) {
    std::this_thread::sleep_for(kAskAgain);
    topics = read_topics(*probe, options, TopicDepth::kReadable);
  }
  if (!topics) return topics;
  std::string wrong;
  for (const auto& misfit : topic_misfits(options, *topics))
    wrong += "\n" + misfit.message;
  if (wrong.empty()) return topics;
  return fail(
      ErrorCode::kConfiguration,
      fmt::format("Kafka at {}: the topics do not fit; `yujing topics check` says it again:{}",
                  options.brokers, wrong));
}

}  // namespace yujing::consumer

#include "consumer/kafka_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yujing::consumer {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Topics as `topics create` makes them, with three copies.
struct Cluster {
  KafkaOptions options;
  TopicTable topics;

  Cluster() {
    options.replication = 3;
    for (const auto role : {TopicRole::kSettlements, TopicRole::kPersons, TopicRole::kDecisions,
                            TopicRole::kAlerts, TopicRole::kDeadLetters, TopicRole::kLedger}) {
      const auto plan = topic_plan(options, role, {});
      topics[role] = {true, plan.partitions, plan.replication, plan.config};
      topics[role].config.emplace("max.message.bytes", "1048588");  // the brokers' own default
    }
  }
  [[nodiscard]] std::vector<std::string> misfits() const {
    std::vector<std::string> messages;
    for (const auto& misfit : topic_misfits(options, topics))
      messages.push_back(misfit.message);
    return messages;
  }
};

TEST(KafkaTopics, AsTheyAreMadeFit) { EXPECT_THAT(Cluster().misfits(), IsEmpty()); }

TEST(KafkaTopics, OneThatIsMissingIsNamedWithWhoMakesIt) {
  Cluster cluster;
  cluster.options.ledger = "jixi.ledger";
  cluster.topics[TopicRole::kLedger] = {};
  EXPECT_THAT(cluster.misfits(),
              ElementsAre("topic jixi.ledger (ledger): is not there; `yujing topics create` makes "
                          "it"));
}

TEST(KafkaTopics, PersonsDecisionsAndLedgerAreCutLikeSettlements) {
  for (const auto role : {TopicRole::kPersons, TopicRole::kDecisions, TopicRole::kLedger}) {
    Cluster cluster;
    cluster.topics[role].partitions = 4;
    EXPECT_THAT(cluster.misfits(),
                ElementsAre(AllOf(HasSubstr(topic_name(cluster.options, role)),
                                  HasSubstr("has 4 partitions and yujing.settlements has 8"),
                                  HasSubstr("make the one that is empty anew"))));
  }
  Cluster cluster;
  cluster.topics[TopicRole::kAlerts].partitions = 1;
  cluster.topics[TopicRole::kDeadLetters].partitions = 3;
  EXPECT_THAT(cluster.misfits(), IsEmpty());
}

TEST(KafkaTopics, EachHasItsOwnCleanupPolicy) {
  const struct {
    TopicRole role;
    const char* is;
    const char* words;
  } cases[] = {
      {TopicRole::kSettlements, "compact", "set it to delete, or earlier bills"},
      {TopicRole::kPersons, "delete", "set it to compact, or what was said of people"},
      {TopicRole::kDecisions, "delete", "set it to compact"},
      {TopicRole::kAlerts, "compact", "set it to delete, or earlier alerts"},
      {TopicRole::kDeadLetters, "compact,delete", "set it to delete"},
      {TopicRole::kLedger, "compact,delete", "set it to compact, or the state cannot be rebuilt"},
  };
  for (const auto& [role, is, words] : cases) {
    Cluster cluster;
    cluster.topics[role].config["cleanup.policy"] = is;
    EXPECT_THAT(
        cluster.misfits(),
        ElementsAre(AllOf(HasSubstr(topic_name(cluster.options, role)),
                          HasSubstr(std::string("cleanup.policy is ") + is), HasSubstr(words))));
  }
}

TEST(KafkaTopics, CopiesHaveToBeAsManyAsAskedForAndInSync) {
  Cluster cluster;
  auto& ledger = cluster.topics[TopicRole::kLedger];
  ledger.replication = 1;
  ledger.config["min.insync.replicas"] = "1";
  EXPECT_THAT(cluster.misfits(),
              ElementsAre(AllOf(HasSubstr("has 1 copy of each partition"), HasSubstr("asks for 3"),
                                HasSubstr("kafka-reassign-partitions"))));
  ledger.config["min.insync.replicas"] = "2";
  EXPECT_THAT(cluster.misfits(),
              ElementsAre(HasSubstr("has 1 copy"), HasSubstr("there are 1 copies: nothing can be "
                                                             "written; set it to 1")));
  ledger.replication = 3;
  ledger.config["min.insync.replicas"] = "1";
  EXPECT_THAT(cluster.misfits(),
              ElementsAre(HasSubstr("min.insync.replicas is 1 with 3 copies; set it to 2")));
}

TEST(KafkaTopics, NoLeaderThatWasBehind) {
  Cluster cluster;
  cluster.topics[TopicRole::kAlerts].config["unclean.leader.election.enable"] = "true";
  EXPECT_THAT(cluster.misfits(), ElementsAre(HasSubstr("set it to false")));
}

TEST(KafkaTopics, DeadLettersHaveRoomForTheLargestEvent) {
  Cluster cluster;
  cluster.topics[TopicRole::kPersons].config["max.message.bytes"] = "10485760";
  EXPECT_THAT(cluster.misfits(),
              ElementsAre(AllOf(HasSubstr("yujing.dead-letters"),
                                HasSubstr("max.message.bytes is 1052684; set it to 10489856 or "
                                          "more"))));
  const auto plan = topic_plan(cluster.options, TopicRole::kDeadLetters, cluster.topics);
  EXPECT_EQ(plan.config.at("max.message.bytes"), "10489856");
  cluster.topics[TopicRole::kDeadLetters].config["max.message.bytes"] = "10489856";
  cluster.topics[TopicRole::kLedger].config["max.message.bytes"] = "1000";
  EXPECT_THAT(cluster.misfits(), ElementsAre(HasSubstr("set it to 1048588 or more")));
}

TEST(KafkaTopics, AreMadeLikeTheSettlementsThatAreThere) {
  Cluster cluster;
  cluster.topics[TopicRole::kSettlements].partitions = 24;
  EXPECT_EQ(topic_plan(cluster.options, TopicRole::kLedger, cluster.topics).partitions, 24);
  EXPECT_EQ(topic_plan(cluster.options, TopicRole::kAlerts, cluster.topics).partitions, 8);
  EXPECT_EQ(topic_plan(cluster.options, TopicRole::kLedger, {}).partitions, 8);
}

TEST(KafkaTopics, WhoseSettingsWereNotReadAreHeldToTheirPartitions) {
  Cluster cluster;
  for (auto& [role, topic] : cluster.topics)
    topic.config.clear();
  EXPECT_THAT(cluster.misfits(), IsEmpty());
}

}  // namespace
}  // namespace yujing::consumer

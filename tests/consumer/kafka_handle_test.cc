// What librdkafka needs to be handled with, on a real broker.
#include "consumer/kafka_handle.h"

#include <gtest/gtest.h>

#include "tests/consumer/ledger_topic.h"

namespace yujing::consumer {
namespace {

class Silent final : public KafkaListener {
  void on_log(int /*level*/, std::string_view /*text*/) override {}
  void on_error(rd_kafka_resp_err_t /*code*/, std::string_view /*reason*/) override {}
};

using KafkaHandleTest = LedgerTopic;

// Told of a change while it still stops what it read, the library ends the process.
TEST_F(KafkaHandleTest, WhatIsReadChangesAndChangesAgain) {
  constexpr int kPartitions = 8;
  make_topic(kPartitions);
  commit_notes(0, 10);
  Silent silent;
  KafkaConf conf = must(base_conf(options_));
  must(set(*conf, {{"group.id", "changing"}, {"enable.auto.commit", "false"}}));
  const KafkaHandle consumer = must(make_consumer(std::move(conf), silent));
  const KafkaPartitions places(rd_kafka_topic_partition_list_new(kPartitions));
  for (int partition = 0; partition < kPartitions; ++partition) {
    rd_kafka_topic_partition_list_add(places.get(), options_.ledger.c_str(), partition)->offset = 0;
  }
  for (int round = 0; round < 20; ++round) {
    EXPECT_EQ(reassign(*consumer, places.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    KafkaMessage read;
    while (read == nullptr)
      read.reset(rd_kafka_consumer_poll(consumer.get(), 100));
    EXPECT_EQ(read->err, RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(reassign(*consumer, places.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
    EXPECT_EQ(reassign(*consumer, nullptr), RD_KAFKA_RESP_ERR_NO_ERROR);
  }
}

}  // namespace
}  // namespace yujing::consumer

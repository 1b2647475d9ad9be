// The producer on a real broker.
#include "consumer/kafka_producer.h"

#include <atomic>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "tests/consumer/ledger_topic.h"

namespace yujing::consumer {
namespace {

using KafkaProducerTest = LedgerTopic;

// The library takes a million messages before somebody has to look at what became of them.
TEST_F(KafkaProducerTest, WritesMoreInOneTransactionThanTheLibraryHolds) {
  constexpr int kRecords = 1'100'000;
  make_topic(2);
  const std::atomic<bool> stop = false;
  CallWatch watch({}, stop, [](const char*, std::chrono::seconds) { std::abort(); });
  const auto producer = must(KafkaProducer::make(options_, "much", watch, [](int, auto) {}));
  ASSERT_TRUE(producer->init());
  ASSERT_TRUE(producer->begin());
  for (int i = 0; i < kRecords; ++i)
    ASSERT_TRUE(producer->produce_ledger(0, "nnote" + std::to_string(i), "value"));
  ASSERT_TRUE(producer->produce_ledger(1, "nother", "value"));  // hands over those before
  ASSERT_TRUE(producer->commit());
  EXPECT_EQ(producer->ledger_end(0), kRecords);
  wait_for_the_end(0);
  EXPECT_EQ(bounds().end, kRecords + 1) << "the records and what ends their transaction";
}

}  // namespace
}  // namespace yujing::consumer

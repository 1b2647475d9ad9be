// A ledger topic on a real broker for each test, what was committed to it, and a store to bring
// forward.
#pragma once

#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include "consumer/ledger_reader.h"
#include "monitor/store.h"
#include "tests/consumer/kafka_broker.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// The program stops with the error's message when there is one.
template <class T>
T must(thresholds::Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  CHECK(result.has_value());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

using Records = std::map<std::string, std::string>;

// What a store got from the topic.
[[nodiscard]] Records records_of(monitor::Store& store);

[[nodiscard]] inline bool always(const RestoreProgress& /*progress*/) { return true; }

// One broker serves all tests of a suite; the topic is named after the test.
class LedgerTopic : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  LedgerTopic();

  void make_topic(int partitions = 1, const char* cleanup_policy = "compact");
  // A note as a record; expected of a store if `counts`.
  void put(int number, bool counts = true, std::int32_t partition = 0);
  // The broker answers before it has written into the partition how a transaction ended: until it
  // has.
  void wait_for_the_end(std::int32_t partition);
  void commit(std::int32_t partition);  // and waits for it
  void commit_notes(int from, int until, std::int32_t partition = 0);

  [[nodiscard]] LedgerReader::Bounds bounds(std::int32_t partition = 0);
  [[nodiscard]] RestoreProgress restore(std::int64_t end, const LedgerReader::GoOn& go_on = always);

  static tests::KafkaBroker* broker;
  KafkaOptions options_;
  tests::TemporaryFolder folder_;
  std::unique_ptr<monitor::Store> store_;
  std::optional<LedgerReader> reader_;         // once there is a topic
  std::optional<tests::LedgerWriter> writer_;  // once there is a topic
  Records expected_;
};

}  // namespace yujing::consumer

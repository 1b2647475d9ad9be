// Restore from a real broker: what was committed to the ledger topic, all of it, and nothing else.
#include "consumer/ledger_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumer/ledger_record.h"
#include "tests/consumer/ledger_topic.h"

namespace yujing::consumer {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using thresholds::ErrorCode;

using LedgerReaderTest = LedgerTopic;

thresholds::Error error_of(LedgerReader& reader, monitor::Store& store, std::int64_t end) {
  const auto restored = reader.restore(0, store, end, always);
  CHECK(!restored.has_value());
  return restored.error();
}

TEST_F(LedgerReaderTest, IsCopiedButForWhatWasAborted) {
  make_topic(2);
  commit_notes(0, 25'000);
  writer_->begin();
  for (int i = 24'000; i < 26'000; ++i)
    put(i, false);
  writer_->flush();
  writer_->abort();
  wait_for_the_end(0);
  writer_->begin();
  put(7, false, 1);  // another partition's
  commit(1);
  const LedgerReader::Bounds bounds = this->bounds();
  EXPECT_EQ(bounds.begin, 0);
  EXPECT_EQ(bounds.end, 27'002) << "each transaction ends with a marker";
  EXPECT_EQ(bounds.decided, bounds.end);
  EXPECT_EQ(must(reader_->partition_count([] { return true; })), 2);
  const RestoreProgress done = restore(bounds.end);
  EXPECT_EQ(done.reached, bounds.end);
  EXPECT_EQ(done.records, 25'000U);
  EXPECT_EQ(records_of(*store_), expected_);
}

TEST_F(LedgerReaderTest, IsReadOnFromWhereTheStoreStands) {
  make_topic();
  commit_notes(0, 10);
  EXPECT_EQ(restore(bounds().end).records, 10U);
  writer_->begin();
  writer_->put(0, "nnote3", std::nullopt);
  expected_.erase("nnote3");
  for (int i = 8; i < 12; ++i)
    put(i);
  commit(0);
  const RestoreProgress done = restore(bounds().end);
  EXPECT_EQ(done.from, 11);
  EXPECT_EQ(done.records, 5U);
  EXPECT_EQ(records_of(*store_), expected_);
  EXPECT_EQ(restore(bounds().end).records, 0U) << "nothing is left to do";
  EXPECT_EQ(must(store_->note(kKafkaLedgerNote)), "17");
}

// The offset of the end is asked while somebody's transaction is open: only the marker that ends it
// tells what becomes of what lies before.
TEST_F(LedgerReaderTest, AnOpenTransactionBelowTheEndIsWaitedFor) {
  make_topic();
  commit_notes(0, 3);
  for (const bool commits : {true, false}) {
    SCOPED_TRACE(commits);
    writer_->begin();
    for (int i = 100; i < 105; ++i)
      put(i + (commits ? 0 : 50), commits);
    writer_->flush();
    const LedgerReader::Bounds open = bounds();
    EXPECT_EQ(open.decided, open.end - 5);
    int calls = 0;
    const RestoreProgress done = restore(open.end, [&](const RestoreProgress& progress) {
      EXPECT_LT(progress.reached, calls < 5 ? open.end : open.end + 1);
      if (++calls == 5) commits ? writer_->commit() : writer_->abort();
      return true;
    });
    EXPECT_GE(calls, 5);
    EXPECT_EQ(done.reached, open.end);
    EXPECT_EQ(records_of(*store_), expected_);
  }
}

TEST_F(LedgerReaderTest, WhatIsBeyondTheEndIsLeft) {
  make_topic();
  commit_notes(0, 5);
  const std::int64_t end = bounds().end;
  writer_->begin();
  put(90, false);
  commit(0);
  EXPECT_EQ(restore(end).reached, end);
  EXPECT_EQ(records_of(*store_), expected_);
}

TEST_F(LedgerReaderTest, ARestoreThatIsStoppedGoesOnLater) {
  make_topic();
  commit_notes(0, 30'000);
  const std::int64_t end = bounds().end;
  const RestoreProgress stopped =
      restore(end, [](const RestoreProgress& progress) { return progress.records == 0; });
  EXPECT_GT(stopped.records, 0U);
  EXPECT_LT(stopped.reached, end);
  const RestoreProgress rest = restore(end);
  EXPECT_EQ(rest.from, stopped.reached);
  EXPECT_EQ(stopped.records + rest.records, 30'000U);
  EXPECT_EQ(records_of(*store_), expected_);
}

TEST_F(LedgerReaderTest, AStoreAheadOfTheTopicIsRefused) {
  make_topic();
  commit_notes(0, 3);
  store_->put_note(kKafkaLedgerNote, "9");
  must(store_->commit());
  const thresholds::Error error = error_of(*reader_, *store_, bounds().end);
  EXPECT_EQ(error.code, ErrorCode::kInput);
  EXPECT_THAT(error.message, AllOf(HasSubstr(options_.ledger + " partition 0: ends at offset 4"),
                                   HasSubstr("committed up to 9")));
}

TEST_F(LedgerReaderTest, ATopicThatLostItsBeginIsRefused) {
  make_topic(1, "delete");
  commit_notes(0, 10);
  broker->delete_records(options_.ledger, 0, 6);
  EXPECT_EQ(bounds().begin, 6);
  const thresholds::Error error = error_of(*reader_, *store_, bounds().end);
  EXPECT_EQ(error.code, ErrorCode::kInput);
  EXPECT_THAT(error.message, AllOf(HasSubstr("begins at offset 6"), HasSubstr("goes on at 0"),
                                   HasSubstr("cleanup.policy=compact")));
}

TEST_F(LedgerReaderTest, ARecordThatIsNoneOfALedgerIsNamed) {
  make_topic();
  commit_notes(0, 3);
  writer_->begin();
  writer_->put(0, "ngreeting", "hello");
  commit(0);
  const thresholds::Error error = error_of(*reader_, *store_, bounds().end);
  EXPECT_EQ(error.code, ErrorCode::kConfiguration);
  EXPECT_THAT(error.message, HasSubstr("partition 0 offset 4: a record of kind 104"));
}

TEST_F(LedgerReaderTest, ThatIsNotThereIsSaid) {
  LedgerReader reader(options_);
  const auto count = reader.partition_count([] { return true; });
  ASSERT_FALSE(count.has_value());
  EXPECT_THAT(count.error().message,
              AllOf(HasSubstr("topic " + options_.ledger), HasSubstr("topics check")));
}

TEST_F(LedgerReaderTest, OfABrokerThatIsAwayIsWaitedForUntilToldNotTo) {
  KafkaOptions options = options_;
  options.brokers = "127.0.0.1:1";
  LedgerReader reader(options);
  int asked = 0;
  EXPECT_EQ(must(reader.bounds(0, [&] { return ++asked < 1; })), std::nullopt);
  EXPECT_EQ(asked, 1);
}

}  // namespace
}  // namespace yujing::consumer

#include "tests/consumer/ledger_topic.h"

#include <chrono>
#include <thread>

#include "consumer/ledger_record.h"

namespace yujing::consumer {

using monitor::Store;
using monitor::StoreWrite;

tests::KafkaBroker* LedgerTopic::broker = nullptr;

Records records_of(Store& store) {
  Records records;
  must(store.records({}, [&](const StoreWrite& write) {
    records.emplace(write.key, write.value.value_or(""));
    return true;
  }));
  records.erase("n" + std::string(kKafkaLedgerNote));
  return records;
}

void LedgerTopic::SetUpTestSuite() { broker = new tests::KafkaBroker; }
void LedgerTopic::TearDownTestSuite() { delete std::exchange(broker, nullptr); }

LedgerTopic::LedgerTopic()
    : options_(broker->options(testing::UnitTest::GetInstance()->current_test_info()->name())) {
  monitor::StoreOptions how;
  how.durability = monitor::Durability::kLedger;
  store_ = must(Store::open(folder_.path("store"), Store::Mode::kWriter, how));
}

void LedgerTopic::make_topic(int partitions, const char* cleanup_policy) {
  broker->make_topic(options_.ledger, partitions, cleanup_policy);
  reader_.emplace(options_);
  writer_.emplace(options_, options_.ledger);
}

void LedgerTopic::put(int number, bool counts, std::int32_t partition) {
  const std::string key = "nnote" + std::to_string(number);
  const std::string value = "value " + std::to_string(number);
  std::string room;
  writer_->put(partition, key, ledger_value({key, value}, room));
  if (counts) expected_[key] = value;
}

void LedgerTopic::commit(std::int32_t partition) {
  writer_->commit();
  wait_for_the_end(partition);
}

void LedgerTopic::wait_for_the_end(std::int32_t partition) {
  for (auto now = bounds(partition); now.decided < now.end; now = bounds(partition))
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

void LedgerTopic::commit_notes(int from, int until, std::int32_t partition) {
  writer_->begin();
  for (int i = from; i < until; ++i)
    put(i, true, partition);
  commit(partition);
}

LedgerReader::Bounds LedgerTopic::bounds(std::int32_t partition) {
  return *must(reader_->bounds(partition, [] { return true; }));
}

RestoreProgress LedgerTopic::restore(std::int64_t end, const LedgerReader::GoOn& go_on) {
  return must(reader_->restore(0, *store_, end, go_on));
}

}  // namespace yujing::consumer

// A copy of all partitions of a real ledger topic.
#include "consumer/follower.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumer/ledger_record.h"
#include "tests/consumer/ledger_topic.h"

namespace yujing::consumer {
namespace {

using monitor::LedgerItem;
using monitor::PersonState;

class FollowerTest : public LedgerTopic {
 protected:
  // A transaction with a person of so many bills, by way of the store, whose keys and bytes it
  // borrows.
  void commit_person(const std::string& psn_no, int bills, std::int32_t partition) {
    PersonState state;
    state.psn_no = psn_no;
    state.year_of(2303, 2026).account.totals.settlements = bills;
    store_->put_person(state);
    for (int i = 0; i < bills; ++i) {
      monitor::Entry entry;
      entry.counts = true;
      entry.content.psn_no = psn_no;
      entry.content.setl_id = "S" + std::to_string(i);
      store_->put_entry(psn_no, entry.content.setl_id, entry);
    }
    writer_->begin();
    std::string room;
    must(store_->pending([&](const monitor::StoreWrite& write) {
      writer_->put(partition, write.key, ledger_value(write, room));
    }));
    commit(partition);
    must(store_->commit());
  }
  void make_follower() { follower_ = std::make_unique<Follower>(how()); }
  Follower::Options how() {
    Follower::Options options;
    options.kafka = options_;
    options.folder = folder_.path("copy");
    return options;
  }
  void catch_up() {
    EXPECT_TRUE(
        must(follower_->catch_up([](std::int32_t, const RestoreProgress&) { return true; })));
  }
  void expect_copied(const std::string& psn_no) {
    EXPECT_EQ(must(follower_->person(psn_no)), must(store_->person(psn_no)));
    const auto bills_in = [&](auto& from) {
      std::vector<std::string> ids;
      must(
          from.items(psn_no, [&](const LedgerItem& item) { ids.push_back(item.content.setl_id); }));
      return ids;
    };
    EXPECT_EQ(bills_in(*follower_), bills_in(*store_));
  }
  std::unique_ptr<Follower> follower_;
};

TEST_F(FollowerTest, KnowsEveryPersonOfEveryPartitionAsOfTheLastLook) {
  make_topic(3);
  make_follower();
  catch_up();
  EXPECT_EQ(must(follower_->person("P1")), std::nullopt);
  commit_person("P1", 3, 0);
  commit_person("P2", 0, 2);
  EXPECT_EQ(must(follower_->person("P1")), std::nullopt) << "not looked yet";
  catch_up();
  expect_copied("P1");
  expect_copied("P2");
  commit_person("P1", 5, 0);
  catch_up();
  expect_copied("P1");
  EXPECT_EQ(must(follower_->person("P3")), std::nullopt);
}

TEST_F(FollowerTest, DoesNotSeeATransactionBeforeItIsCommitted) {
  make_topic(1);
  commit_person("P1", 1, 0);
  writer_->begin();
  writer_->put(0, std::string_view("pP2\0\1", 5), "\2");
  writer_->flush();
  make_follower();
  catch_up();  // does not wait for it either
  expect_copied("P1");
  EXPECT_EQ(must(follower_->person("P2")), std::nullopt);
  writer_->abort();
}

TEST_F(FollowerTest, GoesOnFromWhatItFlushed) {
  make_topic(2);
  commit_person("P1", 2, 0);
  make_follower();
  catch_up();
  must(follower_->flush());
  follower_.reset();
  commit_person("P2", 2, 1);
  make_follower();
  std::uint64_t copied = 0;
  EXPECT_TRUE(must(follower_->catch_up([&](std::int32_t, const RestoreProgress& progress) {
    copied = std::max(copied, progress.records);
    return true;
  })));
  EXPECT_EQ(copied, 3U) << "of P2 alone";
  expect_copied("P1");
  expect_copied("P2");
}

TEST_F(FollowerTest, StopsWhenToldAndGoesOnLater) {
  make_topic(1);
  commit_notes(0, 30'000);
  commit_person("P1", 2, 0);
  make_follower();
  EXPECT_FALSE(
      must(follower_->catch_up([](std::int32_t, const RestoreProgress&) { return false; })));
  EXPECT_EQ(must(follower_->person("P1")), std::nullopt);
  catch_up();
  expect_copied("P1");
}

}  // namespace
}  // namespace yujing::consumer

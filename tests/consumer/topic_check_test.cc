// A store against its partition of a real ledger topic.
#include "consumer/topic_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumer/ledger_record.h"
#include "tests/consumer/ledger_topic.h"

namespace yujing::consumer {
namespace {

using monitor::StoreWrite;
using testing::ElementsAre;
using testing::IsEmpty;

class TopicCheckTest : public LedgerTopic {
 protected:
  // Entries, an account and the index of a reversal besides notes, on the topic and in the store.
  void make_equal() {
    make_topic();
    commit_notes(0, 3000);
    writer_->begin();
    std::string room;
    for (const StoreWrite& write : {StoreWrite{kEntry, "e"}, {kAccount, "a"}, {kReversal, ""}})
      writer_->put(0, write.key, ledger_value(write, room));
    commit(0);
    EXPECT_EQ(restore(bounds().end).records, 3003U);
  }
  void spoil(std::string_view key, std::optional<std::string_view> value) {
    const StoreWrite write{key, value};
    must(store_->restore({&write, 1}));
    must(store_->commit());
  }
  TopicCheck check() {
    return *must(check_against_topic(*reader_, 0, *store_, folder_.path(""), always));
  }

  static constexpr std::string_view kEntry{"lP1\0\1S1\0\1\0", 10};
  static constexpr std::string_view kAccount{"pP1\0\1", 5};
  static constexpr std::string_view kReversal{"rP1\0\1\0S1\0\1R1", 12};
};

TEST_F(TopicCheckTest, FindsNothingWhereBothHoldTheSame) {
  make_equal();
  const TopicCheck found = check();
  EXPECT_EQ(found.records, 3003U);
  EXPECT_EQ(found.stands_for, found.end);
  EXPECT_EQ(found.left_out, 0U);
  EXPECT_EQ(found.difference_count, 0U);
  EXPECT_THAT(found.differences, IsEmpty());
}

TEST_F(TopicCheckTest, NamesEveryDifference) {
  make_equal();
  spoil(kEntry, std::nullopt);
  spoil(kAccount, "other");
  spoil("nnote2999", std::nullopt);
  spoil("nnote3000", "more");
  EXPECT_THAT(check().differences,
              ElementsAre("person P1, settlement S1: entry 0 is on the topic alone",
                          "the note `note2999` is on the topic alone",
                          "the note `note3000` is not on the topic",
                          "person P1: the account is another on the topic"));
  spoil(kReversal, std::nullopt);
  EXPECT_EQ(check().difference_count, 5U);
}

// A monitor goes on while its store is read.
TEST_F(TopicCheckTest, LeavesOutWhatWasWrittenSinceTheStoreWasOnTheDisk) {
  make_equal();
  spoil("nnote7", "other");
  writer_->begin();
  put(7);
  put(5000);
  commit(0);
  const TopicCheck found = check();
  EXPECT_EQ(found.difference_count, 0U);
  EXPECT_EQ(found.left_out, 2U);
  EXPECT_EQ(found.records, 3002U);
  EXPECT_EQ(found.end, found.stands_for + 3);
}

}  // namespace
}  // namespace yujing::consumer

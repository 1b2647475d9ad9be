#include "consumer/kafka_partition.h"

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/consumer/temporary_folder.h"

namespace yujing::consumer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::TemporaryFolder;

class NoAlerts final : public monitor::AlertPort {
 public:
  void year_changed(const monitor::YearView&, std::vector<monitor::AlertState>&,
                    std::vector<monitor::AlertMessage>&) override {}
};

// A partition's store in a folder, opened as often as a test wants.
class Desk {
 public:
  std::unique_ptr<KafkaPartition> open(const std::string& cluster, std::int32_t number) {
    auto opened = KafkaPartition::open({folder.path("store"), 1 << 20, 1 << 20, cluster, number},
                                       {rules, reference, alerts},
                                       [this](const std::string& line) { said.push_back(line); });
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      return nullptr;
    }
    const auto started = (*opened)->start();
    EXPECT_TRUE(started) << started.error().message;
    return std::move(*opened);
  }
  // One committed batch that has read up to `offset`.
  void fill(std::int64_t offset) {
    const auto partition = open("C1", 3);
    partition->next[KafkaInput::kSettlements] = offset;
    ASSERT_TRUE(partition->flush());
    ASSERT_TRUE(partition->keep(40));
    ASSERT_TRUE(partition->store().flush());
  }

  TemporaryFolder folder;
  thresholds::RuleBook rules;
  thresholds::Reference reference;
  NoAlerts alerts;
  std::vector<std::string> said;
};

TEST(KafkaPartition, IsSetAsideWhileAnotherMemberHasIt) {
  Desk desk;
  desk.fill(17);
  const std::string stores = desk.folder.path("");
  const std::string ours = desk.folder.path("3");
  std::filesystem::rename(desk.folder.path("store"), ours);
  ASSERT_TRUE(KafkaPartition::set_aside(stores, std::vector<std::int32_t>{1, 3}));
  EXPECT_TRUE(std::filesystem::exists(ours));
  ASSERT_TRUE(KafkaPartition::set_aside(stores, std::vector<std::int32_t>{1, 4}));
  EXPECT_FALSE(std::filesystem::exists(ours));
  auto opened = KafkaPartition::open({ours, 1 << 20, 1 << 20, "C1", 3},
                                     {desk.rules, desk.reference, desk.alerts},
                                     [&](const std::string& line) { desk.said.push_back(line); });
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_TRUE((*opened)->start());
  EXPECT_EQ((*opened)->committed()[KafkaInput::kSettlements], 17);
  EXPECT_THAT(desk.said, IsEmpty());
}

TEST(KafkaPositionNote, IsReadAsItIsWritten) {
  KafkaPositionNote note;
  note.cluster = "4L6g3nShT-eMCtK--X86sw";
  note.partition = 7;
  note.next[KafkaInput::kSettlements] = 12'345'678'901;
  note.next[KafkaInput::kDecisions] = 2;
  const std::string text = position_note(note);
  EXPECT_EQ(text, "4L6g3nShT-eMCtK--X86sw 7 12345678901 0 2");
  const auto read = read_position_note(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->cluster, note.cluster);
  EXPECT_EQ(read->partition, 7);
  EXPECT_EQ(read->next, note.next);
  for (const char* const none : {"", "C", "C 1 2 3", "C 1 2 3 x", "C 1 2 3 4 5"})
    EXPECT_FALSE(read_position_note(none)) << none;
}

TEST(KafkaPartition, GoesOnWhereItsStoreStands) {
  Desk desk;
  desk.fill(12);
  const auto partition = desk.open("C1", 3);
  EXPECT_TRUE(partition->has_position());
  EXPECT_EQ(partition->next[KafkaInput::kSettlements], 12);
  EXPECT_EQ(partition->ledger_offset().value(), 40);
  EXPECT_THAT(desk.said, IsEmpty());
}

TEST(KafkaPartition, ForgetsABatchThatWasNotCommitted) {
  Desk desk;
  desk.fill(12);
  const auto partition = desk.open("C1", 3);
  partition->next[KafkaInput::kSettlements] = 99;
  partition->dead_letters.emplace_back();
  partition->in_batch = true;
  ASSERT_TRUE(partition->flush());
  ASSERT_TRUE(partition->discard());
  EXPECT_EQ(partition->next[KafkaInput::kSettlements], 12);
  EXPECT_FALSE(partition->in_batch);
  EXPECT_THAT(partition->dead_letters, IsEmpty());
  ASSERT_TRUE(partition->flush());
  ASSERT_TRUE(partition->keep(41));
  EXPECT_EQ(partition->store().note(kKafkaPositionNote).value(), "C1 3 12 0 0");
}

TEST(KafkaPartition, MakesAStoreAnewThatIsOfAnotherClusterOrPartition) {
  Desk desk;
  desk.fill(12);
  EXPECT_FALSE(desk.open("C2", 3)->has_position());
  EXPECT_THAT(desk.said, ElementsAre(HasSubstr("of the Kafka cluster C1, this is C2")));
  desk.said.clear();
  desk.fill(12);
  EXPECT_FALSE(desk.open("C1", 4)->has_position());
  EXPECT_THAT(desk.said, ElementsAre(HasSubstr("of partition 3")));
}

TEST(KafkaPartition, MakesADamagedStoreAnew) {
  Desk desk;
  desk.fill(12);
  desk.folder.write("store/CURRENT", "MANIFEST-of another time\n");
  EXPECT_FALSE(desk.open("C1", 3)->has_position());
  EXPECT_THAT(desk.said, ElementsAre(HasSubstr("made anew from the ledger topic")));
}

}  // namespace
}  // namespace yujing::consumer

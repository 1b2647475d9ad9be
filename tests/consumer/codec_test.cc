// The cases are in events.ndjson, one a line: `event` (or `text`, where it is no JSON), options of
// the codec, and what has to come out: `is` (all facts, and no others), `refused` with words its
// message says and hides, or `ignored`.
#include "consumer/codec.h"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumer/json_tree.h"
#include "tests/consumer/delivery_facts.h"

namespace yujing::consumer {
namespace {

using monitor::Delivery;
using monitor::Refusal;
using testing::HasSubstr;
using testing::Not;
using tests::Facts;
using tests::facts_of;

constexpr std::string_view kBill =
    R"({"setl_id":"S1","psn_no":"P1","setl_time":"2026-03-09","med_type":"21","medfee_sumamt":1})";

std::string outcome_name(const std::optional<SettlementCodec::Outcome>& outcome) {
  if (!outcome) return "read";
  if (const auto* refusal = std::get_if<Refusal>(&*outcome)) {
    return std::string(name_of(refusal->reason)) + ": " + refusal->message;
  }
  return "ignored";
}

CodecOptions options_of(const JsonTree& row) {
  CodecOptions options{.cities = {2303}};
  if (const auto* cities = row.find(row.root(), "cities")) {
    options.cities.clear();
    for (const auto& city : row.members(*cities)) {
      options.cities.push_back(std::stoi(std::string(city.text)));
    }
  }
  options.psn_no_optional = row.find(row.root(), "psn_no_optional") != nullptr;
  options.setl_id_required = row.find(row.root(), "setl_id_required") != nullptr;
  return options;
}

void check_row(const JsonTree& row, SettlementCodec& codec, Delivery& delivery) {
  const auto& root = row.root();
  const auto* event = row.find(root, "event");
  const auto outcome =
      codec.decode(event != nullptr ? event->raw : row.text(root, "text"), delivery);
  if (const auto* expected = row.find(root, "is")) {
    ASSERT_EQ(outcome_name(outcome), "read");
    Facts facts;
    for (const auto& fact : row.members(*expected))
      facts.emplace(fact.key, fact.text);
    EXPECT_EQ(facts_of(delivery), facts);
  } else if (row.find(root, "ignored") != nullptr) {
    EXPECT_EQ(outcome_name(outcome), "ignored");
  } else {
    ASSERT_TRUE(outcome && std::holds_alternative<Refusal>(*outcome)) << outcome_name(outcome);
    const auto& refusal = std::get<Refusal>(*outcome);
    EXPECT_EQ(name_of(refusal.reason), row.text(root, "refused"));
    for (const auto& word : row.members(*row.find(root, "says"))) {
      EXPECT_THAT(refusal.message, HasSubstr(std::string(word.text)));
    }
    if (const auto* hides = row.find(root, "hides")) {
      for (const auto& word : row.members(*hides)) {
        EXPECT_THAT(refusal.message, Not(HasSubstr(std::string(word.text))));
      }
    }
  }
}

TEST(Codec, ReadsRefusesAndIgnoresAsTheCasesSay) {
  std::ifstream file(YUJING_SOURCE_DIR "/tests/consumer/events.ndjson");
  std::string line;
  std::size_t count = 0;
  Delivery delivery;  // one for all: nothing of an earlier event may stay in it
  while (std::getline(file, line)) {
    JsonTree row;
    const auto fault = row.parse(line);
    ASSERT_FALSE(fault) << "line " << count + 1 << ": " << fault->message;
    SCOPED_TRACE("line " + std::to_string(++count) + ": " +
                 std::string(row.text(row.root(), "name")));
    SettlementCodec codec(options_of(row));
    check_row(row, codec, delivery);
  }
  EXPECT_GT(count, 200U);
}

TEST(Codec, GivesTheSameAnswersWithOneCodecForAllEvents) {
  std::ifstream file(YUJING_SOURCE_DIR "/tests/consumer/events.ndjson");
  std::string line;
  SettlementCodec kept(CodecOptions{.cities = {2303}});
  while (std::getline(file, line)) {
    JsonTree row;
    ASSERT_FALSE(row.parse(line));
    const auto* event = row.find(row.root(), "event");
    const std::string bytes(event != nullptr ? event->raw : row.text(row.root(), "text"));
    SettlementCodec fresh(CodecOptions{.cities = {2303}});
    Delivery one;
    Delivery other;
    const auto first = outcome_name(kept.decode(bytes, one));
    EXPECT_EQ(first, outcome_name(fresh.decode(bytes, other)));
    if (first == "read") {
      EXPECT_EQ(facts_of(one), facts_of(other));
    }
  }
}

TEST(Codec, RefusesBytesThatAreNoUtf8) {
  SettlementCodec codec(CodecOptions{});
  Delivery delivery;
  for (const std::string bad :
       {"\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE4\xB8", "\x80"}) {
    const std::string event = R"({"psn_name":")" + bad + R"(",)" + std::string(kBill.substr(1));
    EXPECT_THAT(outcome_name(codec.decode(event, delivery)), HasSubstr("not_json")) << bad;
  }
}

TEST(Codec, ReadsOnlyTheBytesItIsGiven) {
  SettlementCodec codec(CodecOptions{});
  Delivery delivery;
  const std::string more = std::string(kBill) + "}}}}]]]]\"\"\"\"";
  EXPECT_EQ(outcome_name(codec.decode(std::string_view(more).substr(0, kBill.size()), delivery)),
            "read");
  for (std::size_t size = 0; size < kBill.size(); ++size) {
    EXPECT_THAT(outcome_name(codec.decode(std::string_view(more).substr(0, size), delivery)),
                HasSubstr("not_json"))
        << size;
  }
}

TEST(Codec, ReadsAnEventOfManyMebibytesAndSmallOnesAfterIt) {
  SettlementCodec codec(CodecOptions{});
  Delivery delivery;
  const std::string large =
      R"({"exp_content":")" + std::string(5'000'000, 'x') + R"(",)" + std::string(kBill.substr(1));
  EXPECT_EQ(outcome_name(codec.decode(large, delivery)), "read");
  EXPECT_EQ(outcome_name(codec.decode(kBill, delivery)), "read");
  EXPECT_EQ(outcome_name(codec.decode(large, delivery)), "read");
  EXPECT_EQ(delivery.settlement.psn_no, "P1");
}

TEST(Codec, KeepsItsPartsWhenMoved) {
  SettlementCodec first(CodecOptions{});
  SettlementCodec second(std::move(first));
  Delivery delivery;
  EXPECT_EQ(outcome_name(second.decode(kBill, delivery)), "read");
}

}  // namespace
}  // namespace yujing::consumer

#include "consumer/ledger_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yujing::consumer {
namespace {

using monitor::StoreWrite;
using testing::HasSubstr;
using thresholds::ErrorCode;

TEST(LedgerRecord, IsReadAsItWasWritten) {
  for (const auto& value : {std::optional<std::string_view>("bytes"), {""}, {}}) {
    std::string room;
    const auto written = ledger_value({"key", value}, room);
    EXPECT_EQ(written.has_value(), value.has_value()) << "null is what deletes, not empty";
    const auto read = read_ledger_record("key", written);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->key, "key");
    EXPECT_EQ(read->value, value);
  }
}

TEST(LedgerRecord, OfSomebodyElseIsRefused) {
  const auto no_key = read_ledger_record({}, "\2value");
  ASSERT_FALSE(no_key.has_value());
  EXPECT_EQ(no_key.error().code, ErrorCode::kInput);
  EXPECT_THAT(no_key.error().message, HasSubstr("without a key"));
  const auto empty = read_ledger_record("key", "");
  ASSERT_FALSE(empty.has_value());
  EXPECT_THAT(empty.error().message, HasSubstr("empty value"));
  const auto newer = read_ledger_record("key", "\3value");
  ASSERT_FALSE(newer.has_value());
  EXPECT_EQ(newer.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(newer.error().message, HasSubstr("kind 3, this program knows kind 2"));
}

}  // namespace
}  // namespace yujing::consumer

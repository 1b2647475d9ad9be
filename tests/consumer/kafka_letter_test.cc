#include "consumer/kafka_letter.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/consumer/temporary_folder.h"

namespace yujing::consumer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using tests::TemporaryFolder;

const LetterOrigin kOrigin{"yujing.settlements", 3, 17, 1'764'000'000'000};
const monitor::Refusal kRefusal{monitor::RefusalReason::kBadAmount, "`hifp_pay` is no amount"};
const std::string kBytes = "{\"psn_name\":\"测试甲\"\xFF";

TEST(KafkaLetter, SaysInHeadersWhereItCameFromAndWhatWasWrong) {
  LetterHeaders headers = {{"sender", "hospital"}, {"yujing_dlt_reason", "of an earlier round"}};
  add_letter_headers(headers, kOrigin, kRefusal);
  EXPECT_THAT(
      headers,
      ElementsAre(Pair("sender", "hospital"), Pair("yujing_dlt_topic", "yujing.settlements"),
                  Pair("yujing_dlt_partition", "3"), Pair("yujing_dlt_offset", "17"),
                  Pair("yujing_dlt_timestamp", "1764000000000"),
                  Pair("yujing_dlt_reason", "bad_amount"),
                  Pair("yujing_dlt_message", "`hifp_pay` is no amount")));
  const auto read = read_letter(letter_value(kBytes, kOrigin, nullptr), headers, nullptr);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->letter.bytes, kBytes);
  EXPECT_EQ(read->letter.reason, "bad_amount");
  EXPECT_EQ(read->letter.message, "`hifp_pay` is no amount");
  EXPECT_EQ(read->letter.position, "yujing.settlements partition 3 offset 17");
  EXPECT_EQ(read->origin.timestamp_ms, 1'764'000'000'000);
  EXPECT_THAT(read->others, ElementsAre(Pair("sender", "hospital")));
}

TEST(KafkaLetter, IsSealedAsAWholeAndOpensInItsPlaceAlone) {
  const TemporaryFolder folder;
  const auto path = folder.path("seal.keys");
  ASSERT_TRUE(monitor::add_sealing_key(path));
  const auto seal = monitor::Seal::read(path);
  ASSERT_TRUE(seal);
  LetterHeaders headers;
  add_letter_headers(headers, kOrigin, kRefusal);
  const auto value = letter_value(kBytes, kOrigin, &*seal);
  EXPECT_THAT(value, Not(HasSubstr("psn_name")));
  const auto read = read_letter(value, headers, &*seal);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->letter.bytes, kBytes);

  EXPECT_EQ(read->closed, "");

  // What is not sealed can be read all the same.
  const auto without_keys = read_letter(value, headers, nullptr);
  ASSERT_TRUE(without_keys) << without_keys.error().message;
  EXPECT_THAT(without_keys->closed, HasSubstr("is sealed; name the key file"));
  EXPECT_EQ(without_keys->letter.bytes, "");
  EXPECT_EQ(without_keys->letter.reason, "bad_amount");
  headers[2].second = "18";  // another offset
  const auto elsewhere = read_letter(value, headers, &*seal);
  ASSERT_TRUE(elsewhere);
  EXPECT_THAT(elsewhere->closed, HasSubstr("does not open"));
}

TEST(KafkaLetter, OfTheTimeBeforeSealingIsReadAsItIs) {
  const TemporaryFolder folder;
  const auto path = folder.path("seal.keys");
  ASSERT_TRUE(monitor::add_sealing_key(path));
  const auto seal = monitor::Seal::read(path);
  LetterHeaders headers;
  add_letter_headers(headers, kOrigin, kRefusal);
  EXPECT_EQ(read_letter(kBytes, headers, &*seal)->letter.bytes, kBytes);
  EXPECT_EQ(read_letter(std::nullopt, headers, &*seal)->letter.bytes, "");
}

TEST(KafkaLetter, WithoutOurHeadersIsNone) {
  LetterHeaders whole;
  add_letter_headers(whole, kOrigin, kRefusal);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto headers = whole;
    headers.erase(headers.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(read_letter(kBytes, headers, nullptr)) << whole[i].first;
  }
  whole[1].second = "three";
  EXPECT_FALSE(read_letter(kBytes, whole, nullptr));
}

}  // namespace
}  // namespace yujing::consumer

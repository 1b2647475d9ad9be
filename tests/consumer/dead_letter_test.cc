#include "consumer/dead_letter.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/consumer/plain_json.h"

namespace yujing::consumer {
namespace {

using monitor::RefusalReason;

TEST(DeadLetter, IsOneLineOfJson) {
  EXPECT_EQ(dead_letter_line({RefusalReason::kBadAmount, "maf_pay holds \"1,0\"\n\x01\\"},
                             "events.ndjson:17 (byte 4096)", "{\"a\":1}"),
            R"json({"reason":"bad_amount","message":"maf_pay holds \"1,0\"\u000a\u0001\\",)json"
            R"json("position":"events.ndjson:17 (byte 4096)","bytes":"eyJhIjoxfQ=="})json");
}

TEST(DeadLetter, KeepsChineseAndReplacesWhatIsNoUtf8) {
  const std::string line =
      dead_letter_line({RefusalReason::kNotJson, "病😀"}, "caf\xE9\xED\xA0\x80\xF8 \xE7\x97", "");
  const auto read = tests::read_plain_json(line);
  ASSERT_TRUE(read) << line;
  EXPECT_EQ(read->members[1].value.text, "病😀");
  const std::string instead = "\xEF\xBF\xBD";
  std::string position = "caf";
  for (int i = 0; i < 5; ++i)
    position += instead;
  position += " " + instead + instead;
  EXPECT_EQ(read->members[2].value.text, position);
}

RC_GTEST_PROP(DeadLetter, IsJsonForAnyTextAndGivesTheBytesBack,
              (const std::string& message, const std::string& position, const std::string& bytes)) {
  const std::string line = dead_letter_line({RefusalReason::kConflict, message}, position, bytes);
  RC_ASSERT(line.find('\n') == std::string::npos);
  const auto read = tests::read_plain_json(line);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->members.size() == 4U);
  RC_ASSERT(read->members[0].value.text == "conflict");
  RC_ASSERT(from_base64(read->members[3].value.text) == bytes);
}

RC_GTEST_PROP(DeadLetter, IsReadAsItWasWritten, (const std::string& bytes)) {
  const auto read =
      read_dead_letter(dead_letter_line({RefusalReason::kBadDate, "病\n"}, "e:1 (byte 0)", bytes));
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->reason == "bad_date");
  RC_ASSERT(read->message == "病\n");
  RC_ASSERT(read->is_event);
  RC_ASSERT(read->bytes == bytes);
}

TEST(DeadLetter, OtherLinesAreNone) {
  EXPECT_EQ(read_dead_letter(""), std::nullopt);
  EXPECT_EQ(read_dead_letter("{}"), std::nullopt);
  EXPECT_EQ(read_dead_letter(R"({"reason":"x","message":"","position":"e:1","bytes":"?"})"),
            std::nullopt);
  const auto record =
      read_dead_letter(R"({"reason":"x","message":"","position":"p:1","bytes":""})");
  ASSERT_TRUE(record.has_value());
  EXPECT_FALSE(record->is_event);
}

TEST(DeadLetter, ShownToATerminalItIsTextAndNothingElse) {
  EXPECT_EQ(readable("病 a\tb"), "病 a\\x09b");
  EXPECT_EQ(readable("\x1b[2J\x7f"), "\\x1b[2J\\x7f");
  EXPECT_EQ(readable("\xC2\x9B\xC2\xA0"), "\\x9b\xC2\xA0") << "C1 controls, not what follows them";
  EXPECT_EQ(readable("caf\xE9"), "caf\xEF\xBF\xBD");
}

TEST(DeadLetter, OfEachPlaceIsSealedForThatPlaceAlone) {
  const auto context = dead_letter_context("yujing.settlements", 3, 17);
  EXPECT_NE(context, dead_letter_context("yujing.settlements", 31, 7));
  EXPECT_NE(context, dead_letter_context("yujing.persons", 3, 17));
  // Never another: letters of years ago are opened by it.
  EXPECT_EQ(context, "11:dead letter18:yujing.settlements1:32:17");
}

TEST(Base64, WritesTheExamplesOfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFF\xEF\xBE"), "/+++");
}

TEST(Base64, ReadsOnlyWhatItWrites) {
  EXPECT_EQ(from_base64("Zm9vYg=="), "foob");
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Z m9v",
                          "====", "Z===", "=g==", "Zm=v", "Zm-_", "Zm9v=", "Zm9\xC3"}) {
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
  }
}

RC_GTEST_PROP(Base64, GivesAnyBytesBack, (const std::string& bytes)) {
  const std::string text = base64(bytes);
  RC_ASSERT(text.size() == (bytes.size() + 2) / 3 * 4);
  RC_ASSERT(from_base64(text) == bytes);
}

}  // namespace
}  // namespace yujing::consumer

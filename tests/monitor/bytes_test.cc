#include "monitor/bytes.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::monitor {
namespace {

std::string packed(std::string_view text) {
  std::string bytes;
  put_packed(bytes, text);
  return bytes;
}

std::string unpacked(std::string_view bytes) {
  ByteReader in(bytes);
  std::string text = "what was there before";
  in.packed(text);
  RC_ASSERT(in.ok());
  RC_ASSERT(in.at_end());
  return text;
}

// Codes and ids, and texts that are nearly such.
std::string code() {
  return *rc::gen::container<std::string>(rc::gen::element('S', '-', '\0')) +
         *rc::gen::container<std::string>(rc::gen::inRange('0', ':'));
}

RC_GTEST_PROP(Bytes, APackedTextIsReadAsItWasWritten, ()) {
  const std::string text =
      *rc::gen::arbitrary<bool>() ? code() : *rc::gen::arbitrary<std::string>();
  RC_ASSERT(unpacked(packed(text)) == text);
}

RC_GTEST_PROP(Bytes, AnyBytesAreReadAsSomeTextOrNone, (const std::string& bytes)) {
  ByteReader in(bytes);
  std::string text;
  in.packed(text);
  if (in.ok()) RC_ASSERT(!bytes.empty());
}

TEST(Bytes, DigitsTakeLessThanHalfAByte) {
  EXPECT_EQ(packed("").size(), 1U);
  EXPECT_EQ(packed("2").size(), 2U);
  EXPECT_EQ(packed("21").size(), 2U);
  EXPECT_EQ(packed("230302").size(), 4U);
  EXPECT_EQ(packed("S000000000001").size(), 7U);
  EXPECT_EQ(packed("009999999999999999999999999999").size(), 14U);  // thirty
  EXPECT_EQ(packed("D07.000x").size(), 9U);
}

TEST(Bytes, LongTextsAreReadToo) {
  for (const std::size_t size : {30U, 31U, 32U, 126U, 127U, 128U, 5000U}) {
    const std::string text(size, '7');
    ByteReader in(packed(text));
    std::string bytes = packed(text);
    ByteReader whole(bytes);
    std::string read;
    whole.packed(read);
    EXPECT_EQ(read, text);
    EXPECT_TRUE(whole.ok() && whole.at_end());
  }
}

TEST(Bytes, ANumberOfTooManyDigitsIsDamage) {
  for (const std::string_view bytes : {
           std::string_view("\x82\x64", 2),                              // two digits, and 100
           std::string_view("\x92\x00\x00\x64\xA7\xB3\xB6\xE0\x0D", 9),  // eighteen, and 10^18
           std::string_view("\x92\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9),
       }) {
    ByteReader in(bytes);
    std::string text;
    in.packed(text);
    EXPECT_FALSE(in.ok());
  }
}

TEST(Bytes, NumbersAtTheEndsOfTheirTypeComeBack) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t a : {kLeast, std::int64_t{-1}, std::int64_t{0}, kMost}) {
    EXPECT_EQ(from_zigzag(zigzag(a)), a);
    for (const std::int64_t b : {kLeast, std::int64_t{1}, kMost})
      EXPECT_EQ(plus(minus(a, b), b), a);
  }
}

}  // namespace
}  // namespace yujing::monitor

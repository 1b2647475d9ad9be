#include "monitor/pending_writes.h"

#include <gtest/gtest.h>

namespace yujing::monitor {
namespace {

TEST(PendingWrites, TheLastWriteOfAKeyStands) {
  PendingWrites writes;
  EXPECT_EQ(writes.find("b"), nullptr);
  writes.put("b", "1");
  writes.put("b", "2");
  ASSERT_NE(writes.find("b"), nullptr);
  EXPECT_EQ(*writes.find("b"), "2");
  EXPECT_EQ(writes.all().size(), 1U);
  writes.clear();
  EXPECT_EQ(writes.find("b"), nullptr);
}

TEST(PendingWrites, KeysLieInTheOrderOfTheirBytes) {
  PendingWrites writes;
  for (const char* key : {"b", "a\xFF", "a", "\x7F"})
    writes.put(key, "");
  EXPECT_EQ(writes.from("")->first, "a");
  EXPECT_EQ(writes.from("a")->first, "a");
  EXPECT_EQ(writes.from("aa")->first, "a\xFF");
  EXPECT_EQ(writes.from("b")->first, "b");
  EXPECT_EQ(writes.from("\x80"), writes.all().end()) << "bytes have no sign";
}

}  // namespace
}  // namespace yujing::monitor

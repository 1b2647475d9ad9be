#include "consumer/event_field.h"

#include <string>

#include <gtest/gtest.h>

namespace yujing::consumer {
namespace {

TEST(NameTable, FindsEveryNameAndNoneThatDiffersInAByte) {
  for (std::size_t id = 0; id < kNames; ++id) {
    const std::string name(kNameTexts[id]);
    EXPECT_EQ(kNameTable.find(name), id) << name;
    EXPECT_EQ(kNameTable.find(name + 'x'), kNoName) << name;
    EXPECT_EQ(kNameTable.find(name.substr(0, name.size() - 1)), kNoName) << name;
    for (std::size_t at = 0; at < name.size(); ++at) {
      std::string other = name;
      other[at] = 'X';
      EXPECT_EQ(kNameTable.find(other), kNoName) << other;
    }
  }
}

TEST(NameTable, KnowsNoNameOfFewBytes) {
  for (const auto* const key : {"", "a", "set", "medf", "psn_n"})
    EXPECT_EQ(kNameTable.find(key), kNoName) << key;
}

}  // namespace
}  // namespace yujing::consumer

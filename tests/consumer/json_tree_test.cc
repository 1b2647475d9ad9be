#include "consumer/json_tree.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace yujing::consumer {
namespace {

TEST(JsonTree, KeepsEveryValueAsItWasWritten) {
  JsonTree tree;
  ASSERT_FALSE(tree.parse(R"( {"a" : 1.50, "b":[ true , null,"x\n" ],"c":{"d":[]} , "e":{ } } )"));
  const auto& root = tree.root();
  EXPECT_EQ(tree.text(root, "a"), "1.50");
  EXPECT_EQ(tree.find(root, "b")->raw, R"([ true , null,"x\n" ])");
  EXPECT_EQ(tree.find(root, "c")->raw, R"({"d":[]})");
  EXPECT_EQ(tree.find(root, "e")->raw, "{ }");
  std::vector<std::string> texts;
  for (const auto& member : tree.members(*tree.find(root, "b")))
    texts.emplace_back(member.text);
  EXPECT_EQ(texts, (std::vector<std::string>{"true", "null", "x\n"}));
  EXPECT_EQ(tree.find(root, "c")->kind, JsonKind::kObject);
  EXPECT_NE(tree.find(*tree.find(root, "c"), "d"), nullptr);
}

TEST(JsonTree, FindsTheLastOfEqualKeysAndTakesNullAsMissing) {
  JsonTree tree;
  ASSERT_FALSE(tree.parse(R"({"a":1,"a":2,"b":1,"b":null,"c":true})"));
  EXPECT_EQ(tree.text(tree.root(), "a"), "2");
  EXPECT_EQ(tree.find(tree.root(), "b"), nullptr);
  EXPECT_EQ(tree.find(tree.root(), "d"), nullptr);
  EXPECT_EQ(tree.text(tree.root(), "c"), "");
  EXPECT_EQ(tree.find(*tree.find(tree.root(), "c"), "x"), nullptr);
}

TEST(JsonTree, KeepsNumbersOfAnyLength) {
  JsonTree tree;
  ASSERT_FALSE(tree.parse(R"({"id":123456789012345678901234567890,"x":1e9999})"));
  EXPECT_EQ(tree.text(tree.root(), "id"), "123456789012345678901234567890");
}

TEST(JsonTree, RefusesWhatIsNoObjectAndSaysWhere) {
  JsonTree tree;
  for (const std::string bad :
       {"", "[]", "1", "{", R"({"a":1}x)", R"({"a":1}{})", "{\"a\":\"\xFF\"}"}) {
    EXPECT_TRUE(tree.parse(bad)) << bad;
  }
  const auto fault = tree.parse(R"({"a":1,"b":tru})");
  ASSERT_TRUE(fault);
  EXPECT_NE(fault->message.find("byte 12"), std::string::npos) << fault->message;
}

// The end of the inner value was once looked for where nothing is, and the program crashed.
TEST(JsonTree, RefusesADocumentWhoseLastBracketIsMissing) {
  JsonTree tree;
  for (const auto* const text : {R"({"a":{"b":1})", R"({"a":[1])", R"({"a":[{}])", "{\"a\":{} \n"})
    EXPECT_TRUE(tree.parse(text)) << text;
}

TEST(JsonTree, ReadsSixtyFourLevelsAndNoMore) {
  const auto nested = [](std::size_t lists) {
    return "{\"a\":" + std::string(lists, '[') + std::string(lists, ']') + "}";
  };
  JsonTree tree;
  EXPECT_FALSE(tree.parse(nested(kJsonDepthMax - 1)));
  EXPECT_TRUE(tree.parse(nested(kJsonDepthMax)));
  EXPECT_TRUE(tree.parse(nested(100'000)));
}

}  // namespace
}  // namespace yujing::consumer

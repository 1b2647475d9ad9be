#include "monitor/id_marks.h"

#include <string>

#include <gtest/gtest.h>

namespace yujing::monitor {
namespace {

std::string id(std::size_t number) { return "S" + std::to_string(number); }

TEST(IdMarks, WhatWasAddedMayBeHeld) {
  IdMarks marks;
  for (std::size_t i = 0; i < 2 * IdMarks::kMarksMax; ++i) {
    marks.add(id(i));
    for (std::size_t known = i % 7; known <= i; known += 7)
      ASSERT_TRUE(marks.may_hold(id(known))) << i;
  }
}

TEST(IdMarks, NearlyEveryOtherIdIsKnownToBeNew) {
  IdMarks marks;
  for (std::size_t i = 0; i < 100; ++i)
    marks.add(id(i));
  std::size_t doubted = 0;
  for (std::size_t i = 100; i < 10'100; ++i)
    doubted += marks.may_hold(id(i)) ? 1 : 0;
  EXPECT_LT(doubted, 60U);  // 100 of 65,536 marks are taken: 15 are to be expected
}

TEST(IdMarks, PastTheMostThereAreNone) {
  IdMarks marks;
  for (std::size_t i = 0; i < IdMarks::kMarksMax; ++i)
    marks.add(id(i));
  EXPECT_FALSE(marks.many());
  EXPECT_EQ(marks.marks().size(), IdMarks::kMarksMax);
  marks.add("one more");
  EXPECT_TRUE(marks.many());
  EXPECT_TRUE(marks.marks().empty());
  EXPECT_TRUE(marks.may_hold("never added"));
}

// They are stored: another function would take known bills for new ones.
TEST(IdMarks, AMarkStaysWhatItIs) {
  IdMarks marks;
  marks.add("S000000000001");
  marks.add("");
  EXPECT_EQ(marks.marks(), std::vector<std::uint16_t>({28'926, 7385}));
}

}  // namespace
}  // namespace yujing::monitor

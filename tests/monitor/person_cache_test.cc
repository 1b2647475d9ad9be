#include "monitor/person_cache.h"

#include <map>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::monitor {
namespace {

constexpr std::size_t kRoom = 3U << 20;  // of a few blocks

TEST(PersonCache, HoldsWhatWasPutLast) {
  PersonCache cache(kRoom);
  EXPECT_FALSE(cache.find("P1").has_value());
  cache.put("P1", "one");
  cache.put("P1", "a value that is longer than the one before it");
  EXPECT_EQ(cache.find("P1"), "a value that is longer than the one before it");
  cache.put("P1", "two");
  EXPECT_EQ(cache.find("P1"), "two");
  cache.put("", "no name");
  EXPECT_EQ(cache.find(""), "no name");
  EXPECT_TRUE(cache.holds_all());
}

TEST(PersonCache, LetsGoOfWhatNobodyAsksFor) {
  PersonCache cache(kRoom);
  cache.put("wanted", "w");
  cache.put("forgotten", "f");
  for (int i = 0; i < 100'000; ++i) {
    cache.put(std::to_string(i), std::string(100, 'x'));
    ASSERT_TRUE(cache.find("wanted").has_value()) << i;
  }
  EXPECT_FALSE(cache.find("forgotten").has_value());
  EXPECT_FALSE(cache.holds_all());
}

TEST(PersonCache, HoldsNobodyAfterItWasCleared) {
  PersonCache cache(kRoom);
  cache.put("P1", "one");
  cache.clear();
  EXPECT_FALSE(cache.find("P1").has_value());
  EXPECT_TRUE(cache.holds_all()) << "of nobody";
  cache.put("P1", "two");
  EXPECT_EQ(cache.find("P1"), "two");
}

TEST(PersonCache, HoldsNothingWithoutRoom) {
  PersonCache none(1000);
  none.put("P1", "one");
  EXPECT_FALSE(none.find("P1").has_value());
  EXPECT_FALSE(none.holds_all());
  PersonCache some(kRoom);
  some.put("P1", "short");
  some.put("P1", std::string(100'000, 'x'));
  EXPECT_FALSE(some.find("P1").has_value()) << "the short one is not true any more";
}

// It may forget, but never says what was true once; and says whether it forgot.
RC_GTEST_PROP(PersonCache, NeverHoldsAnythingButTheLastValue, ()) {
  PersonCache cache(*rc::gen::inRange<std::size_t>(0, 2 * kRoom));
  std::map<std::string, std::string> put;
  const auto steps = *rc::gen::inRange(0, 2000);
  const auto persons = *rc::gen::inRange(1, 600);
  for (int step = 0; step < steps; ++step) {
    const std::string psn_no = "P" + std::to_string(*rc::gen::inRange(0, persons));
    cache.expect("P" + std::to_string(step));
    if (*rc::gen::inRange(0, 3) != 0) {
      put[psn_no] = std::string(*rc::gen::inRange<std::size_t>(0, 9000), 'x') + psn_no;
      cache.put(psn_no, put[psn_no]);
    } else if (const auto held = cache.find(psn_no)) {
      RC_ASSERT(*held == put.at(psn_no));
    } else {
      RC_ASSERT(!cache.holds_all() || !put.contains(psn_no));
    }
  }
  RC_CLASSIFY(!cache.holds_all(), "forgot some");
}

}  // namespace
}  // namespace yujing::monitor

#include "monitor/person_cache.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::monitor {
namespace {

TEST(PersonCache, HoldsWhatWasPutLast) {
  PersonCache cache(1 << 20);
  EXPECT_EQ(cache.find("P1"), nullptr);
  cache.put("P1", "one");
  cache.put("P1", "two");
  ASSERT_NE(cache.find("P1"), nullptr);
  EXPECT_EQ(*cache.find("P1"), "two");
}

TEST(PersonCache, LetsGoOfWhatNobodyAsksFor) {
  PersonCache cache(1000);
  cache.put("wanted", "w");
  cache.put("forgotten", "f");
  for (int i = 0; i < 100; ++i) {
    cache.put(std::to_string(i), std::string(100, 'x'));
    ASSERT_NE(cache.find("wanted"), nullptr) << i;
  }
  EXPECT_EQ(cache.find("forgotten"), nullptr);
}

// It may forget, but never says what was true once.
RC_GTEST_PROP(PersonCache, NeverHoldsAnythingButTheLastValue, ()) {
  PersonCache cache(*rc::gen::inRange<std::size_t>(0, 2000));
  std::map<std::string, std::string> put;
  const auto steps = *rc::gen::inRange(0, 200);
  for (int step = 0; step < steps; ++step) {
    const std::string key = std::to_string(*rc::gen::inRange(0, 12));
    if (*rc::gen::inRange(0, 3) == 0) {
      put[key] = std::string(*rc::gen::inRange<std::size_t>(0, 200), 'x') + std::to_string(step);
      cache.put(key, put[key]);
    } else if (const std::string* held = cache.find(key)) {
      RC_ASSERT(*held == put[key]);
    }
  }
}

}  // namespace
}  // namespace yujing::monitor

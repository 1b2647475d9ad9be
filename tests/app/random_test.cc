#include "app/made/random.h"

#include <map>
#include <vector>

#include <gtest/gtest.h>

namespace yujing::app {
namespace {

TEST(Random, IsTheSameForTheSameSeed) {
  Random one(7);
  Random same(7);
  Random other(8);
  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> second;
  std::vector<std::uint64_t> third;
  for (int i = 0; i < 100; ++i) {
    first.push_back(one.next());
    second.push_back(same.next());
    third.push_back(other.next());
  }
  EXPECT_EQ(first, second);
  EXPECT_NE(first, third);
}

TEST(Random, StaysInItsRanges) {
  Random random(1);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_LT(random.below(7), 7U);
    const double unit = random.unit();
    EXPECT_TRUE(unit >= 0 && unit < 1);
    const double normal = random.normal();
    EXPECT_LT(std::abs(normal), 3.5);
    sum += normal;
  }
  EXPECT_LT(std::abs(sum / 10'000), 0.05);
}

TEST(Zipf, GivesTheFirstRankAboutTwiceWhatTheSecondGets) {
  Random random(1);
  const Zipf zipf(1000, 0.99);
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 100'000; ++i) {
    const auto rank = zipf.draw(random);
    ASSERT_TRUE(rank >= 1 && rank <= 1000);
    ++counts[rank];
  }
  const double ratio = static_cast<double>(counts[1]) / counts[2];
  EXPECT_GT(ratio, 1.8);
  EXPECT_LT(ratio, 2.2);
}

TEST(Zipf, WithoutSkewGivesEveryRankAlike) {
  Random random(1);
  const Zipf zipf(10, 0);
  std::map<std::uint64_t, int> counts;
  for (int i = 0; i < 100'000; ++i)
    ++counts[zipf.draw(random)];
  EXPECT_EQ(counts.size(), 10U);
  for (const auto& [rank, n] : counts)
    EXPECT_NEAR(n, 10'000, 600) << rank;
}

TEST(Zipf, OfOneHasOnlyOne) {
  Random random(1);
  for (const double skew : {0.0, 0.35, 0.99, 1.0, 1.2})
    EXPECT_EQ(Zipf(1, skew).draw(random), 1U);
}

}  // namespace
}  // namespace yujing::app

#include "monitor/pending_writes.h"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::monitor {

namespace {

using Writes = std::vector<PendingWrite>;

Writes all_of(const PendingWrites& writes) { return {writes.all().begin(), writes.all().end()}; }

TEST(PendingWrites, TheLastWriteOfAKeyStands) {
  PendingWrites writes;
  EXPECT_FALSE(writes.find("b", 1).has_value());
  writes.put("b", 1, "1");
  writes.put("b", 1, "22");
  EXPECT_EQ(writes.find("b", 1)->value, "22");
  EXPECT_EQ(writes.size(), 1U);
  writes.put("b", 1, std::nullopt);
  EXPECT_EQ(all_of(writes), Writes({{"b", std::nullopt}})) << "a deletion is a write";
  writes.clear();
  EXPECT_FALSE(writes.find("b", 1).has_value());
  EXPECT_EQ(all_of(writes), Writes());
}

TEST(PendingWrites, AGroupIsFoundWithoutTheOthers) {
  PendingWrites writes;
  for (const char* key : {"P1 S2", "P2 S1", "P1 S1", "P1 R1"})
    writes.put(key, 3, "x");
  writes.put("P1 S2", 3, "y");
  EXPECT_EQ(writes.of_group("P1 ", "P1 "),
            Writes({{"P1 R1", "x"}, {"P1 S1", "x"}, {"P1 S2", "y"}}));
  EXPECT_EQ(writes.of_group("P1 ", "P1 S"), Writes({{"P1 S1", "x"}, {"P1 S2", "y"}}));
  EXPECT_EQ(writes.of_group("P3 ", "P3 "), Writes());
}

// Long values, so that blocks are filled and used again; some groups are small, some large.
RC_GTEST_PROP(PendingWrites, AreReadAsAMap, ()) {
  PendingWrites writes;
  for (int batch = 0; batch < 3; ++batch) {
    std::map<std::string, std::string> put;
    const int steps = *rc::gen::inRange(0, 120);
    for (int step = 0; step < steps; ++step) {
      std::string key = *rc::gen::element<std::string>("P1 ", "P2 ", "P3 ");
      key += *rc::gen::container<std::string>(rc::gen::element('\0', 'a', '\xFF'));
      const std::string value(*rc::gen::inRange<std::size_t>(0, 100'000), 'v');
      put[key] = value;
      writes.put(key, 3, value);
    }
    Writes of_second;
    for (const auto& [key, value] : put) {
      if (key.starts_with("P2 a")) of_second.push_back({key, value});
      RC_ASSERT(writes.find(key, 3)->value == value);
    }
    RC_ASSERT(writes.all().size() == put.size());
    RC_ASSERT(writes.of_group("P2 ", "P2 a") == of_second);
    writes.clear();
  }
}

}  // namespace
}  // namespace yujing::monitor

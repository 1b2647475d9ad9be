#include "monitor/sealed_writes.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::monitor {

namespace {

using Writes = std::vector<PendingWrite>;

Writes sorted(const SealedWrites& writes) {
  Writes found;
  for (const PendingWrite* write : writes.sorted())
    found.push_back(*write);
  return found;
}

TEST(SealedWrites, KeysLieInTheOrderOfTheirBytes) {
  PendingWrites commit;
  SealedWrites writes;
  for (const char* key : {"b", "a\xFF", "a", "\x7F", "a\x7F"})
    commit.put(key, std::string_view(key).size(), "");
  writes.take_over(commit);
  EXPECT_EQ(sorted(writes),
            Writes({{"a", ""}, {"a\x7F", ""}, {"a\xFF", ""}, {"b", ""}, {"\x7F", ""}}))
      << "bytes have no sign";
  EXPECT_EQ(commit.size(), 0U);
}

// Most of them begin like very many others, further than their first bytes tell; in two commits,
// the later of which stands for the earlier.
TEST(SealedWrites, VeryManyKeysLieInOrderEachOnce) {
  constexpr int kKeys = 60'000;
  const std::string large(1 << 20, 'x');  // makes a commit stand alone
  std::vector<std::string> keys;
  keys.reserve(kKeys);
  for (int i = 0; i < kKeys; ++i)
    keys.push_back(fmt::format("person {} settlement {:05}", i * 3 % 7, i));
  SealedWrites writes;
  for (const char* value : {"1", "2"}) {
    PendingWrites commit;
    for (const std::string& key : keys)
      commit.put(key, std::string_view("person 0").size(), value);
    commit.put("zero", std::string_view("zero").size(), large);
    writes.take_over(commit);
  }
  std::ranges::sort(keys);
  Writes expected;
  expected.reserve(kKeys + 1);
  for (const std::string& key : keys)
    expected.push_back({key, "2"});
  expected.push_back({"zero", large});
  EXPECT_TRUE(sorted(writes) == expected);
}

// Bytes that tell no more than the ones before them, and keys that end where others go on; in two
// commits, the later of which stands for the earlier.
TEST(SealedWrites, KeysThatBeginAlikeLieInOrder) {
  const std::string large(1 << 20, 'x');  // makes a commit stand alone
  std::set<std::string> keys;
  for (std::size_t size = 1; size < 40; ++size) {
    for (const char* end : {"", "\x01", "b", "bbbbbbbbb"})
      keys.insert(std::string(size, 'a') + end);
    keys.insert(std::string(size, 'a') + '\0');
    keys.insert(std::string(size, 'a') + std::string(9, '\0'));
  }
  SealedWrites writes;
  for (const char* value : {"1", "2"}) {
    PendingWrites commit;
    for (auto key = keys.rbegin(); key != keys.rend(); ++key)
      commit.put(*key, 1, value);
    commit.put("zero", 1, large);
    writes.take_over(commit);
  }
  Writes expected;
  for (const std::string& key : keys)
    expected.push_back({key, "2"});
  expected.push_back({"zero", large});
  EXPECT_TRUE(sorted(writes) == expected);
}

// Commits small enough to be put together and too large for it, in turns.
RC_GTEST_PROP(SealedWrites, AreReadAsAMapOfAllCommits, ()) {
  SealedWrites writes;
  for (int round = 0; round < 3; ++round) {
    std::map<std::string, std::optional<std::string>> put;
    const int commits = *rc::gen::inRange(0, 8);
    for (int i = 0; i < commits; ++i) {
      PendingWrites commit;
      const std::size_t size = *rc::gen::element<std::size_t>(3, 300'000);
      const int steps = *rc::gen::inRange(0, 12);
      for (int step = 0; step < steps; ++step) {
        std::string key = *rc::gen::element<std::string>("P1 ", "P2 ", "P3 ");
        key += *rc::gen::container<std::string>(rc::gen::element('\0', 'a', '\xFF'));
        std::optional<std::string> value;
        if (*rc::gen::inRange(0, 4) > 0) value = std::string(size, static_cast<char>('a' + i));
        put[key] = value;
        commit.put(key, 3, value);
      }
      writes.take_over(commit);
      RC_ASSERT(commit.size() == 0);
    }
    Writes expected;
    Writes of_second;
    for (const auto& [key, value] : put) {
      const PendingWrite write{key, value};
      expected.push_back(write);
      if (key.starts_with("P2 a")) of_second.push_back(write);
      RC_ASSERT(writes.find(key, 3).value() == write);
    }
    RC_ASSERT(sorted(writes) == expected);
    RC_ASSERT(writes.of_group("P2 ", "P2 a") == of_second);
    RC_ASSERT(!writes.find("P4 ", 3).has_value());
    RC_ASSERT(writes.empty() == put.empty());
    writes.clear();
    RC_ASSERT(writes.empty());
  }
}

}  // namespace
}  // namespace yujing::monitor

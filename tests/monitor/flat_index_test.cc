#include "monitor/flat_index.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::monitor {
namespace {

// Few hashes for many numbers, so that places are fought for, also around the table's end.
std::uint32_t hash_of(FlatIndex::Number number) { return ~std::uint32_t{0} - number % 5; }

RC_GTEST_PROP(FlatIndex, FindsWhatIsThereAndNothingElse, ()) {
  FlatIndex index;
  std::set<FlatIndex::Number> there;
  const int steps = *rc::gen::inRange(0, 300);
  for (int step = 0; step < steps; ++step) {
    const auto number = *rc::gen::inRange<FlatIndex::Number>(0, 90);
    const auto moved = number + 100 * 5;  // of the same hash
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        if (there.erase(number) == 1) index.remove(hash_of(number), number);
        break;
      case 1:
        if (there.contains(number) && !there.contains(moved)) {
          index.replace(hash_of(number), number, moved);
          there.erase(number);
          there.insert(moved);
        }
        break;
      default:
        if (there.insert(number).second) index.add(hash_of(number), number);
        break;
    }
    if (*rc::gen::inRange(0, 60) == 0) {
      index.clear();
      there.clear();
    }
  }
  RC_ASSERT(index.size() == there.size());
  for (FlatIndex::Number number = 0; number < 700; ++number) {
    const auto found =
        index.find(hash_of(number), [&](FlatIndex::Number one) { return one == number; });
    RC_ASSERT(found.has_value() == there.contains(number));
  }
}

}  // namespace
}  // namespace yujing::monitor

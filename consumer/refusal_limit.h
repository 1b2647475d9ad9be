// When a partition of the source is read no further: more than a share of a window of its events
// was refused. Something is wrong with what is sent, or with us, and the dead letters are no place
// for a whole topic. Plain data.
#pragma once

#include <cstdint>

namespace yujing::consumer {

struct RefusalLimit {
  std::uint32_t window = 1000;  // events
  std::uint32_t percent = 50;   // 100: no limit
};

}  // namespace yujing::consumer

// Why an amount is what it is: the steps of a computation, each with the article behind it.
// Collected only when somebody asks; the path that does not ask pays one branch.
#pragma once

#include <string>
#include <vector>

#include "thresholds/money.h"

namespace yujing::monitor {

struct Step {
  std::string what;    // in Chinese, for a caseworker: 超过起付标准的部分
  std::string detail;  // how it was formed: 70% × 20,000.00
  thresholds::Money amount;
  std::string cite;  // 第十一条（二）
};

using Steps = std::vector<Step>;

}  // namespace yujing::monitor

// What a delivery says, as names and texts: what tests compare and print.
#pragma once

#include <map>
#include <string>

#include "monitor/settlement.h"

namespace yujing::tests {

using Facts = std::map<std::string, std::string>;

// Everything that is not empty, 0 or false. Amounts in yuan, times and days as they are written;
// `city`, `updt_time` and `void` besides the fields of the interface.
Facts facts_of(const monitor::Delivery& delivery);

}  // namespace yujing::tests

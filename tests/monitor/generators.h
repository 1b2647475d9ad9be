// Values for properties: anything that can stand in the store, and what can happen to its bytes. To
// be called inside a RapidCheck property.
#pragma once

#include <string>

#include "monitor/ledger.h"
#include "monitor/person_state.h"

namespace yujing::monitor {

[[nodiscard]] std::string any_text();
[[nodiscard]] Money any_money();
[[nodiscard]] BeijingTime any_time();
[[nodiscard]] CivilDay any_day();
// Of person P1 and settlement S1.
[[nodiscard]] Entry any_entry();
// Of person P1.
[[nodiscard]] PersonState any_person_state();

// Changes, takes away or adds some bytes.
void damage(std::string& bytes);

}  // namespace yujing::monitor

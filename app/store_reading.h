// What every command that reads the store for people has to ask first.
#pragma once

#include <string>

#include "app/rules.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::app {

// kConfiguration when the store was computed with other rules, figures or cities than these: what
// is read from it and what is computed now would not fit together.
[[nodiscard]] thresholds::Result<void> check_same_rules(monitor::Store& store, const Rules& rules);

// Up to which event the store has read, "events.ndjson: line 40000, byte 33552307", without the
// folders of this machine; "" none yet.
[[nodiscard]] thresholds::Result<std::string> read_position(monitor::Store& store);

}  // namespace yujing::app

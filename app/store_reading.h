// What every command that reads the store for people has to ask first.
#pragma once

#include <string>

#include "app/rules.h"
#include "app/store_view.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::app {

// kConfiguration when the store was computed with other rules, figures or cities than these: what
// is read from it and what is computed now would not fit together.
[[nodiscard]] thresholds::Result<void> check_same_rules(const StoreView& view, const Rules& rules);

// Up to which event the store has read, "events.ndjson: line 40000, byte 33552307", without the
// folders of this machine, or "partition 3: settlements 1204, persons 55, decisions 7", the offsets
// to be read next; "" none yet.
[[nodiscard]] thresholds::Result<std::string> read_position(monitor::Store& store);
// The same of all stores, "; " between them.
[[nodiscard]] thresholds::Result<std::string> read_position(const StoreView& view);

}  // namespace yujing::app

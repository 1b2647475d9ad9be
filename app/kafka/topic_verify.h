// `store verify --against-topic`: each partition's store against the ledger topic.
#pragma once

#include "app/settings.h"
#include "app/talk.h"
#include "thresholds/result.h"

namespace yujing::app {

// Prints what was compared. kCheckFailed: a store differs, or is damaged, or the topic does not
// hold what the store stands for.
[[nodiscard]] thresholds::Result<void> verify_against_topic(const Settings& settings, bool json,
                                                            Talk& talk);

}  // namespace yujing::app

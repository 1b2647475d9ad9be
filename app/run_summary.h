// What a run of the monitor did, for people and as JSON.
#pragma once

#include <string>

#include "consumer/monitor_observer.h"

namespace yujing::app {

// A few lines, each ended: events by what became of them, refusals by reason, alerts.
// `seconds` 0: the time says nothing, because the run waited for events.
[[nodiscard]] std::string summary_text(const consumer::MonitorSummary& summary, double seconds);

// One object on one line.
[[nodiscard]] std::string summary_json(const consumer::MonitorSummary& summary, double seconds);

}  // namespace yujing::app

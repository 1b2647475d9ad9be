// One run of the file monitor with everything around it: metrics, progress, the clean stop. Used by
// `run` and `demo`.
#pragma once

#include <functional>

#include "app/metrics.h"
#include "app/rules.h"
#include "app/settings.h"
#include "app/talk.h"
#include "consumer/file_monitor.h"
#include "thresholds/result.h"

namespace yujing::app {

struct MonitorRun {
  const Settings& settings;
  const Rules& rules;
  Metrics& metrics;
  bool once = false;  // do not follow, whatever the settings say
  // Called with every alert message besides; may be empty.
  std::function<void(const monitor::AlertMessage&)> alert;
};

struct MonitorRunResult {
  consumer::MonitorSummary summary;
  double seconds = 0;
};

// Until the end of the source (once) or a signal to stop. REQUIRES: source.path is set.
[[nodiscard]] thresholds::Result<MonitorRunResult> run_with_progress(const MonitorRun& run,
                                                                     const std::atomic<bool>& stop,
                                                                     Talk& talk);

}  // namespace yujing::app

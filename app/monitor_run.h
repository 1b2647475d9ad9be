// One run of the monitor over files with everything around it: metrics, progress, the clean stop.
// Used by `run` and `demo`.
#pragma once

#include <functional>

#include "app/metrics.h"
#include "app/progress.h"
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

// Who hears of the run: metrics, the terminal, `run.alert`. All are borrowed. `unit` is what the
// progress of events counts.
[[nodiscard]] consumer::MonitorObserver monitor_observer(const MonitorRun& run, ProgressUnit unit,
                                                         Progress& progress, Talk& talk);

// Until the end of the source (once) or a signal to stop. REQUIRES: source.path is set.
[[nodiscard]] thresholds::Result<MonitorRunResult> run_with_progress(const MonitorRun& run,
                                                                     const std::atomic<bool>& stop,
                                                                     Talk& talk);

}  // namespace yujing::app

// One run of the monitor over Kafka with everything around it: metrics, progress, the clean stop,
// the end of a process that hangs. Used by `run`.
#pragma once

#include <atomic>

#include "app/monitor_run.h"
#include "app/talk.h"
#include "thresholds/result.h"

namespace yujing::app {

// Until the ends that the topics had at the start (once) or a signal to stop. REQUIRES: the
// settings' stream is Kafka.
[[nodiscard]] thresholds::Result<MonitorRunResult> run_kafka_with_progress(
    const MonitorRun& run, const std::atomic<bool>& stop, Talk& talk);

}  // namespace yujing::app

#include "app/monitor_run.h"

#include <chrono>

#include "alerts/alert_writer.h"
#include "alerts/cloud_event.h"
#include "app/progress.h"

namespace yujing::app {
namespace {

consumer::FileMonitorOptions options_of(const Settings& settings, bool once) {
  consumer::FileMonitorOptions options;
  options.store = settings.store;
  options.memtable_bytes = std::size_t{settings.store_memtable_kib} << 10;
  options.batch_events = settings.batch_events;
  options.events = settings.source.path;
  options.persons = settings.source.persons;
  options.decisions = settings.source.decisions;
  options.alerts = settings.alerts.path;
  options.dead_letters = settings.alerts.dead_letters;
  options.follow = settings.source.follow && !once;
  return options;
}

}  // namespace

consumer::MonitorObserver monitor_observer(const MonitorRun& run, ProgressUnit unit,
                                           Progress& progress, Talk& talk) {
  Metrics& metrics = run.metrics;
  consumer::MonitorObserver observer;
  observer.event = [&metrics](const char* result) { metrics.count_event(result); };
  observer.refused = [&metrics](monitor::RefusalReason reason) { metrics.count_refusal(reason); };
  observer.alert = [&run, &metrics](const monitor::AlertMessage& message) {
    metrics.count_alert(message);
    if (run.alert) run.alert(message);
  };
  observer.progress = [&metrics, &progress, unit](const char* stage, std::uint64_t done,
                                                  std::uint64_t all) {
    const std::string_view name = stage;
    if (name == "events" && unit == ProgressUnit::kBytes) metrics.show_source(done, all);
    progress.update(name, done, all, name == "refolding" ? ProgressUnit::kItems : unit);
  };
  observer.batch = [&metrics](std::size_t events, double seconds) {
    metrics.observe_batch(events, seconds);
  };
  observer.state = [&metrics](const monitor::Statistics& statistics,
                              const consumer::StoreFigures& store) {
    metrics.show_state(statistics, store);
  };
  observer.ready = [&metrics](bool ready) { metrics.set_ready(ready); };
  observer.notice = [&talk](const std::string& line) { talk.info("notice", line); };
  return observer;
}

thresholds::Result<MonitorRunResult> run_with_progress(const MonitorRun& run,
                                                       const std::atomic<bool>& stop, Talk& talk) {
  Progress progress(talk);
  alerts::AlertWriter writer;
  const auto began = std::chrono::steady_clock::now();
  auto summary =
      consumer::run_file_monitor(run.rules.book, run.rules.reference, writer, alerts::cloud_event,
                                 options_of(run.settings, run.once),
                                 monitor_observer(run, ProgressUnit::kBytes, progress, talk), stop);
  progress.finish();
  run.metrics.set_ready(false);
  if (!summary) return tl::unexpected(summary.error());
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  return MonitorRunResult{std::move(*summary), taken.count()};
}

}  // namespace yujing::app

#include "app/kafka/run.h"

#include <unistd.h>

#include <chrono>

#include <fmt/format.h>

#include "alerts/alert_writer.h"
#include "alerts/cloud_event.h"
#include "app/exit_code.h"
#include "app/kafka/link.h"
#include "app/progress.h"
#include "consumer/kafka_admin.h"
#include "consumer/kafka_monitor.h"

namespace yujing::app {
namespace {

consumer::KafkaMonitorOptions options_of(const MonitorRun& run, consumer::KafkaOptions kafka) {
  consumer::KafkaMonitorOptions options;
  options.kafka = std::move(kafka);
  options.store = run.settings.store;
  options.memtable_bytes = std::size_t{run.settings.store_memtable_kib} << 10;
  options.once = run.once;
  options.refusals = run.settings.refusals;
  return options;
}

consumer::KafkaObserver kafka_observer_of(Metrics& metrics) {
  consumer::KafkaObserver observer;
  observer.lag = [&metrics](const auto& lag, double seconds) { metrics.show_lag(lag, seconds); };
  observer.transaction = [&metrics](const char* result) { metrics.count_transaction(result); };
  observer.rebalance = [&metrics] { metrics.count_rebalance(); };
  observer.new_clients = [&metrics] { metrics.count_new_clients(); };
  observer.restored = [&metrics](double seconds, std::uint64_t records) {
    metrics.observe_restore(seconds, records);
  };
  observer.stopped = [&metrics](const auto& partitions) { metrics.show_stopped(partitions); };
  return observer;
}

}  // namespace

thresholds::Result<MonitorRunResult> run_kafka_with_progress(const MonitorRun& run,
                                                             const std::atomic<bool>& stop,
                                                             Talk& talk) {
  auto kafka = kafka_options(run.settings);
  if (!kafka) return tl::unexpected(kafka.error());
  // The main thread hangs in the call, so nobody else talks.
  const auto blocked = [&talk, &stop](const char* call, std::chrono::seconds limit) {
    const auto silence =
        fmt::format("Kafka has not answered for {} s while {}", limit.count(), call);
    if (stop) {
      talk.warning("stopped",
                   fmt::format("asked to stop, but {}: what is not committed is left, the next "
                               "start goes on from the last commit",
                               silence));
      ::_exit(kExitDone);
    }
    talk.error("kafka_call_blocked",
               fmt::format("{}; the process ends, and goes on from the last commit when it is "
                           "started again",
                           silence));
    ::_exit(kExitUnavailable);
  };
  consumer::CallWatch watch({}, stop, blocked);
  const auto ready = [&] {
    const consumer::CallWatch::Span span(watch, "being asked for the topics");
    return consumer::ready_topics(*kafka);
  }();
  if (!ready) return tl::unexpected(ready.error());
  const auto seal = sealing_keys(run.settings);
  if (!seal) return tl::unexpected(seal.error());
  consumer::KafkaMonitorOptions options = options_of(run, std::move(*kafka));
  options.seal = *seal ? &**seal : nullptr;
  Progress progress(talk);
  alerts::AlertWriter writer;
  const auto began = std::chrono::steady_clock::now();
  auto summary = consumer::run_kafka_monitor(
      run.rules.book, run.rules.reference, writer, alerts::cloud_event_headers, options,
      monitor_observer(run, ProgressUnit::kItems, progress, talk), kafka_observer_of(run.metrics),
      watch, stop);
  progress.finish();
  run.metrics.set_ready(false);
  if (!summary) return tl::unexpected(summary.error());
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  return MonitorRunResult{std::move(*summary), taken.count()};
}

}  // namespace yujing::app

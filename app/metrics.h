// The figures Prometheus reads. The monitor's loop writes them, the server's threads read them;
// every function may be called from any thread. No label ever holds a person.
//
//   yujing_events_total{result}          settlement events by what became of them, since the start
//   yujing_event_seconds                 arrival to durable, one observation per event (its batch's
//   time) yujing_alert_seconds                 the same for events that led to an alert message
//   yujing_batch_events                  events per commit
//   yujing_alerts_total{city,rule,change}  messages sent, since the start
//   yujing_alerts_open{city,rule}        alerts open now
//   yujing_persons                       persons with a settlement or a record
//   yujing_settlements{city}             settlements that count
//   yujing_burden_yuan_total{city,payer} who paid the settlements that count: each payer, and
//   `patient` for
//                                        what was left to the person. A sum over the whole store,
//                                        not a count since the start: it falls when a bill is
//                                        reversed (untyped).
//   yujing_dead_letters_total{reason}    refused events, since the start
//   yujing_refolds_total                 years folded again from their ledger, since the start
//   yujing_store_bytes                   the store on disk
//   yujing_store_write_stall_seconds_total  commits waiting for the store, since the start
//   yujing_list_last_success_timestamp_seconds, yujing_list_rows{city,office}  of the last run of
//                                        `lists`; absent before the first
//   yujing_source_lag_bytes              of the events file, still to be read
//   yujing_kafka_lag_records{topic,partition}  of the partitions assigned here, still to be read
//   yujing_kafka_lag_seconds             age of the oldest settlement still to be read; 0: none
//   yujing_kafka_transactions_total{result}    committed, aborted (done again) or in_doubt (asked
//                                        from the log), since the start
//   yujing_rebalances_total              how often the group took partitions away, since the start
//   yujing_kafka_clients_total           how often consumer and producer were made anew
//   yujing_restore_seconds, yujing_restore_records_total  bringing stores forward from the ledger
//   yujing_partition_stopped{partition}  of those assigned here; 1: read no further, too much of it
//                                        was refused
//   yujing_last_commit_timestamp_seconds when the last batch became durable; 0 before the first
//   yujing_ready                         1 when the monitor has caught up with what lay there at
//   its start yujing_build_info{version,commit}    1
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/kafka_monitor.h"
#include "consumer/monitor_observer.h"
#include "monitor/engine.h"
#include "monitor/ports.h"
#include "monitor/refusal.h"

namespace yujing::app {

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void count_event(std::string_view result);
  void count_refusal(monitor::RefusalReason reason);
  void count_alert(const monitor::AlertMessage& message);
  void observe_batch(std::size_t events, double seconds);
  void show_state(const monitor::Statistics& statistics, const consumer::StoreFigures& store);
  void show_source(std::uint64_t consumed, std::uint64_t size);
  void set_ready(bool ready);
  void show_lag(const std::vector<consumer::KafkaLag>& lag, double seconds);
  void count_transaction(std::string_view result);
  void count_rebalance();
  void count_new_clients();
  void observe_restore(double seconds, std::uint64_t records);
  void show_stopped(const std::vector<std::int32_t>& partitions);
  // The folder in which to look for the report of `lists` at every reading. Call before serving.
  void watch_lists(std::string folder);

  [[nodiscard]] bool is_ready() const;
  // Everything in Prometheus' text format.
  [[nodiscard]] std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::app

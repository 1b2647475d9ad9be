#include "app/metrics.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "app/list_report.h"
#include "app/version.h"
#include "thresholds/result.h"
#include "thresholds/settlement_codes.h"

namespace yujing::app {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::MetricFamily;
using prometheus::Registry;

constexpr double kFenPerYuan = 100.0;
constexpr std::string_view kPatient = "patient";
constexpr std::string_view kTransactions[] = {"committed", "aborted", "in_doubt"};
constexpr std::string_view kResults[] = {"applied",  "duplicate", "replaced",   "reversed",
                                         "outdated", "ignored",   "dead_letter"};

const std::vector<double>& second_buckets() {
  static const std::vector<double> kBuckets = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                               0.25,  0.5,    1,     2.5,  5,     10};
  return kBuckets;
}

const std::vector<double>& restore_buckets() {
  static const std::vector<double> kBuckets = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800};
  return kBuckets;
}

const std::vector<double>& event_buckets() {
  static const std::vector<double> kBuckets = {1,    10,    100,   250,   500,    1000,  2500,
                                               5000, 10000, 25000, 50000, 100000, 300000};
  return kBuckets;
}

Family<Counter>& counter(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Family<Gauge>& gauge(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

Family<Histogram>& histogram(Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

// `n` observations of one value.
void observe(Histogram& into, const std::vector<double>& buckets, double value, std::size_t n) {
  std::vector<double> increments(buckets.size() + 1, 0.0);
  const auto at = std::ranges::lower_bound(buckets, value) - buckets.begin();
  increments[static_cast<std::size_t>(at)] = static_cast<double>(n);
  into.ObserveMultiple(increments, value * static_cast<double>(n));
}

// For charts only.
double yuan(thresholds::Money amount) { return static_cast<double>(amount.fen) / kFenPerYuan; }

// To a figure that is a sum of its own; a smaller one is of fewer stores.
void raise(Counter& counter, double to) {
  const double more = to - counter.Value();
  if (more > 0) counter.Increment(more);
}

// "cn.yujing.alert.raised" → "raised".
std::string change_of(const std::string& type) { return type.substr(type.rfind('.') + 1); }

}  // namespace

struct Metrics::Impl {
  Registry registry;
  Family<Counter>& events =
      counter(registry, "yujing_events_total", "Settlement events by what became of them");
  Family<Counter>& alerts = counter(registry, "yujing_alerts_total", "Alert messages sent");
  Family<Counter>& dead_letters =
      counter(registry, "yujing_dead_letters_total", "Refused events by reason");
  Family<Gauge>& alerts_open = gauge(registry, "yujing_alerts_open", "Alerts open now");
  Histogram& event_seconds =
      histogram(registry, "yujing_event_seconds", "Arrival of an event to its batch being durable")
          .Add({}, second_buckets());
  Histogram& alert_seconds = histogram(registry, "yujing_alert_seconds",
                                       "Arrival of an event to the alert it led to being durable")
                                 .Add({}, second_buckets());
  Histogram& batch_events =
      histogram(registry, "yujing_batch_events", "Events per commit").Add({}, event_buckets());
  Gauge& persons =
      gauge(registry, "yujing_persons", "Persons with a settlement or a record").Add({});
  Family<Gauge>& settlements = gauge(registry, "yujing_settlements", "Settlements that count");
  Gauge& store_bytes =
      gauge(registry, "yujing_store_bytes", "Size of the store on disk, about").Add({});
  Counter& write_stall = counter(registry, "yujing_store_write_stall_seconds_total",
                                 "Seconds for which commits waited until those before were written")
                             .Add({});
  Gauge& lag =
      gauge(registry, "yujing_source_lag_bytes", "Bytes of the events file still to be read")
          .Add({});
  Gauge& last_commit =
      gauge(registry, "yujing_last_commit_timestamp_seconds", "When the last batch became durable")
          .Add({});
  Gauge& ready =
      gauge(registry, "yujing_ready", "1 when caught up with what lay there at the start").Add({});
  Counter& refolds =
      counter(registry, "yujing_refolds_total", "Person's years folded again from their ledger")
          .Add({});
  Family<Counter>& transactions =
      counter(registry, "yujing_kafka_transactions_total", "Kafka transactions by how they ended");
  Gauge& lag_seconds =
      gauge(registry, "yujing_kafka_lag_seconds", "Age of the oldest settlement still to be read")
          .Add({});
  Counter& rebalances =
      counter(registry, "yujing_rebalances_total", "How often the group took partitions away")
          .Add({});
  Counter& new_clients = counter(registry, "yujing_kafka_clients_total",
                                 "How often consumer and producer were made anew")
                             .Add({});
  Histogram& restore_seconds =
      histogram(registry, "yujing_restore_seconds",
                "Bringing a partition's store forward from the ledger topic")
          .Add({}, restore_buckets());
  Counter& restore_records =
      counter(registry, "yujing_restore_records_total", "Ledger records read to restore stores")
          .Add({});
  std::array<Counter*, std::size(kResults)>
      by_result{};  // owned by `events`; every event counts in one
  std::atomic<std::uint64_t> alerts_in_batch{0};

  std::string lists;  // folder; set before anybody reads
  std::mutex burden_mutex;
  std::map<std::pair<std::string, std::string>, double>
      burden;  // (city, payer); guarded by burden_mutex

  std::mutex lag_mutex;
  std::vector<consumer::KafkaLag> lag_records;  // guarded by lag_mutex
  std::set<std::int32_t> stopped;               // guarded by lag_mutex

  MetricFamily lag_family() {
    MetricFamily family;
    family.name = "yujing_kafka_lag_records";
    family.help = "Messages of the partitions assigned here that are still to be read";
    family.type = prometheus::MetricType::Gauge;
    const std::lock_guard lock(lag_mutex);
    for (const auto& [topic, partition, records] : lag_records) {
      prometheus::ClientMetric metric;
      metric.label = {{"topic", topic}, {"partition", std::to_string(partition)}};
      metric.gauge.value = static_cast<double>(records);
      family.metric.push_back(std::move(metric));
    }
    return family;
  }

  MetricFamily stopped_family() {
    MetricFamily family;
    family.name = "yujing_partition_stopped";
    family.help = "1: read no further, because too much of it was refused";
    family.type = prometheus::MetricType::Gauge;
    const std::lock_guard lock(lag_mutex);
    std::set<std::int32_t> assigned;
    for (const auto& known : lag_records)
      assigned.insert(known.partition);
    for (const std::int32_t partition : assigned) {
      prometheus::ClientMetric metric;
      metric.label = {{"partition", std::to_string(partition)}};
      metric.gauge.value = stopped.contains(partition) ? 1 : 0;
      family.metric.push_back(std::move(metric));
    }
    return family;
  }

  MetricFamily burden_family() {
    MetricFamily family;
    family.name = "yujing_burden_yuan_total";
    family.help =
        "Who paid the settlements that count, and what was left to the patient; falls with a "
        "reversal";
    family.type = prometheus::MetricType::Untyped;
    const std::lock_guard lock(burden_mutex);
    for (const auto& [key, yuan] : burden) {
      prometheus::ClientMetric metric;
      metric.label = {{"city", key.first}, {"payer", key.second}};
      metric.untyped.value = yuan;
      family.metric.push_back(std::move(metric));
    }
    return family;
  }
};

namespace {

MetricFamily family_of(const char* name, const char* help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = prometheus::MetricType::Gauge;
  return family;
}

void add(MetricFamily& family, std::vector<prometheus::ClientMetric::Label> labels, double value) {
  prometheus::ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

void append_lists(const std::string& folder, std::vector<MetricFamily>& families) {
  const auto report = read_list_report(folder);
  if (!report) return;
  auto made = family_of("yujing_list_last_success_timestamp_seconds",
                        "When the monthly lists were last made without an error");
  add(made, {}, static_cast<double>(report->made_at));
  auto rows = family_of("yujing_list_rows", "Rows of the monthly lists as made last");
  for (const auto& [key, count] : report->rows)
    add(rows, {{"city", key.first}, {"office", key.second}}, static_cast<double>(count));
  families.push_back(std::move(made));
  families.push_back(std::move(rows));
}

}  // namespace

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
  gauge(impl_->registry, "yujing_build_info", "Which program this is")
      .Add({{"version", std::string(version())}, {"commit", std::string(commit())}})
      .Set(1);
  // There from the first scrape on, so that a rate can be taken from the first event on.
  for (std::size_t i = 0; i < std::size(kResults); ++i) {
    impl_->by_result[i] = &impl_->events.Add({{"result", std::string(kResults[i])}});
  }
  for (const auto result : kTransactions)
    impl_->transactions.Add({{"result", std::string(result)}});
  for (const auto reason : monitor::kRefusalNames)
    impl_->dead_letters.Add({{"reason", std::string(reason)}});
}

Metrics::~Metrics() = default;

void Metrics::show_lag(const std::vector<consumer::KafkaLag>& lag, double seconds) {
  impl_->lag_seconds.Set(seconds);
  const std::lock_guard lock(impl_->lag_mutex);
  impl_->lag_records = lag;
}

void Metrics::count_transaction(std::string_view result) {
  impl_->transactions.Add({{"result", std::string(result)}}).Increment();
}

void Metrics::count_rebalance() { impl_->rebalances.Increment(); }
void Metrics::count_new_clients() { impl_->new_clients.Increment(); }

void Metrics::observe_restore(double seconds, std::uint64_t records) {
  impl_->restore_seconds.Observe(seconds);
  impl_->restore_records.Increment(static_cast<double>(records));
}

void Metrics::show_stopped(const std::vector<std::int32_t>& partitions) {
  const std::lock_guard lock(impl_->lag_mutex);
  impl_->stopped = {partitions.begin(), partitions.end()};
}

void Metrics::count_event(std::string_view result) {
  const auto at =
      static_cast<std::size_t>(std::ranges::find(kResults, result) - std::begin(kResults));
  CHECK(at < std::size(kResults));
  impl_->by_result[at]->Increment();
}

void Metrics::count_refusal(monitor::RefusalReason reason) {
  impl_->dead_letters.Add({{"reason", std::string(monitor::name_of(reason))}}).Increment();
}

void Metrics::count_alert(const monitor::AlertMessage& message) {
  impl_->alerts
      .Add({{"city", message.city}, {"rule", message.rule}, {"change", change_of(message.type)}})
      .Increment();
  ++impl_->alerts_in_batch;
}

void Metrics::observe_batch(std::size_t events, double seconds) {
  observe(impl_->event_seconds, second_buckets(), seconds, events);
  observe(impl_->alert_seconds, second_buckets(), seconds, impl_->alerts_in_batch.exchange(0));
  impl_->batch_events.Observe(static_cast<double>(events));
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  impl_->last_commit.Set(std::chrono::duration<double>(now).count());
}

void Metrics::show_state(const monitor::Statistics& statistics,
                         const consumer::StoreFigures& store) {
  impl_->persons.Set(static_cast<double>(statistics.persons));
  impl_->store_bytes.Set(static_cast<double>(store.bytes));
  raise(impl_->refolds, static_cast<double>(store.refolds));
  raise(impl_->write_stall, store.write_stall_seconds);
  for (const auto& [key, open] : statistics.open_alerts) {
    impl_->alerts_open.Add({{"city", key.first}, {"rule", key.second}})
        .Set(static_cast<double>(open));
  }
  const std::lock_guard lock(impl_->burden_mutex);
  for (const auto& [city, paid] : statistics.paid) {
    impl_->settlements.Add({{"city", city}}).Set(static_cast<double>(paid.settlements));
    for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
      impl_->burden[{city, std::string(thresholds::kPayerNames[i])}] = yuan(paid.by_payer[i]);
    }
    const auto assistance = paid.by_payer[static_cast<std::size_t>(thresholds::Payer::kMaf)];
    impl_->burden[{city, std::string(kPatient)}] = yuan(paid.burden - assistance);
  }
}

void Metrics::show_source(std::uint64_t consumed, std::uint64_t size) {
  impl_->lag.Set(size > consumed ? static_cast<double>(size - consumed) : 0.0);
}

void Metrics::watch_lists(std::string folder) { impl_->lists = std::move(folder); }

void Metrics::set_ready(bool ready) { impl_->ready.Set(ready ? 1 : 0); }

bool Metrics::is_ready() const { return impl_->ready.Value() > 0; }

std::string Metrics::text() const {
  auto families = impl_->registry.Collect();
  auto burden = impl_->burden_family();
  if (!burden.metric.empty()) families.push_back(std::move(burden));
  auto lag = impl_->lag_family();
  if (!lag.metric.empty()) families.push_back(std::move(lag));
  auto stopped = impl_->stopped_family();
  if (!stopped.metric.empty()) families.push_back(std::move(stopped));
  if (!impl_->lists.empty()) append_lists(impl_->lists, families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace yujing::app

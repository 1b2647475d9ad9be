// One life of the Kafka clients: joins the group, restores what is assigned, reads, commits, until
// it is told to stop or a trouble asks for new clients. What must outlive the clients (stores,
// counts) is lent to it.
//
// Single-threaded.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "consumer/call_watch.h"
#include "consumer/intake.h"
#include "consumer/kafka_consumer.h"
#include "consumer/kafka_monitor.h"
#include "consumer/kafka_partition.h"
#include "consumer/kafka_producer.h"
#include "consumer/kafka_trouble.h"
#include "consumer/ledger_reader.h"

namespace yujing::consumer {

// What lasts from one session to the next.
struct KafkaLife {
  const KafkaMonitorOptions& options;
  const MonitorObserver& observer;
  const KafkaObserver& kafka;
  const AlertHeaders& headers;
  const std::atomic<bool>& stop;
  KafkaPartition::Rules rules;
  std::string fingerprint;  // of rules and figures
  std::string instance;
  CallWatch& watch;
  Intake& intake;
  LedgerReader& reader;
  std::map<std::int32_t, std::unique_ptr<KafkaPartition>> partitions = {};  // open stores
  std::optional<std::vector<KafkaPositions>> ends =
      {};                                 // of all partitions, at the program's start
  std::set<std::int32_t> stopped = {};    // for refusing too much
  std::set<std::int32_t> made_anew = {};  // damaged while they were in use
  std::optional<std::chrono::steady_clock::time_point> put_out = {};  // of the group, the last time
  std::string disagreed = {};  // the positions, the last time they did
  bool ready = false;
  monitor::Statistics none = {};  // with every city and rule that was ever told of
  std::size_t dead_letter_bytes_max = 16U << 20;
};

class KafkaSession : private KafkaConsumer::Listener {
 public:
  explicit KafkaSession(KafkaLife& life);
  ~KafkaSession() override;

  // Until the end or the stop that was asked for. Troubles are never kAbort.
  [[nodiscard]] KafkaDone run();

 private:
  using Clock = std::chrono::steady_clock;
  using Done = KafkaDone;

  // Listener
  void assigned(const std::vector<std::int32_t>& partitions) override;
  void revoked(bool lost) override;
  void kafka_log(int level, std::string_view text) override;

  // What one partition has in the batch in hand.
  struct Share {
    KafkaPartition* partition;
    std::vector<monitor::AlertMessage> alerts;
  };

  Done open();
  Done loop();
  Done finish();
  Done flush_stores();
  Done flush_next();
  std::optional<KafkaTrouble> hear_of_a_double();
  bool comes_back(const KafkaTrouble& trouble);
  KafkaResult<bool> interrupted();
  bool goes_on(std::optional<KafkaTrouble>& trouble);

  Done take_up();
  Done open_and_restore(std::int32_t number);
  KafkaResult<bool> restore(KafkaPartition& part, std::int64_t end);
  Done check_positions();
  [[nodiscard]] std::optional<thresholds::Error> disagreement(const KafkaPartition& part,
                                                              const KafkaPositions& of_group) const;
  Done look_where_topics_end();
  KafkaResult<bool> refold(KafkaPartition& part);
  Done read_on();

  Done take(std::span<const KafkaArrival> arrivals);
  Done take(KafkaPartition& part, const KafkaArrival& arrival);
  thresholds::Result<Intake::Refused> event(KafkaPartition& part, const KafkaArrival& arrival);
  thresholds::Result<Intake::Refused> record(KafkaPartition& part, const KafkaArrival& arrival);
  void refuse(KafkaPartition& part, const KafkaArrival& arrival, const monitor::Refusal& refusal);
  void watch_refusals(std::int32_t number, bool refused);
  Done commit();
  Done commit_or_go_back();
  Done write_transaction(const std::vector<Share>& shares);
  Done write_share(const Share& share);
  Done drop_batch();
  KafkaTrouble store_trouble(KafkaPartition& part, thresholds::Error error);

  [[nodiscard]] std::chrono::milliseconds patience() const;
  [[nodiscard]] bool batch_is_due() const;
  [[nodiscard]] bool is_behind() const;
  [[nodiscard]] bool reads_settlements(std::int32_t number) const;
  [[nodiscard]] bool all_caught_up(KafkaInput input) const;
  [[nodiscard]] bool reached_ends() const;
  KafkaResult<bool> others_reached_ends();
  [[nodiscard]] KafkaPartition& partition(std::int32_t number) const;
  void look_after();
  void tell(const std::string& line) const;
  void tell_logs();
  void tell_of_waiting();
  void tell_state();
  void tell_lag();
  void tell_transaction(const char* result) const;

  KafkaLife& life_;
  const KafkaMonitorOptions& options_;
  std::mutex log_mutex_;
  std::vector<std::string> log_;             // guarded by log_mutex_; what the clients said
  std::unique_ptr<KafkaProducer> producer_;  // says things until it is gone
  std::unique_ptr<KafkaConsumer> consumer_;
  std::string cluster_;

  std::int32_t partition_count_ = 0;

  std::vector<std::int32_t> assigned_;
  bool has_assignment_ = false;
  std::optional<Clock::time_point> waits_since_ = Clock::now();  // for partitions, untold
  std::uint64_t generation_ = 0;                                 // counts what the group said
  std::uint64_t taking_up_ = 0;                  // the generation that is, or was last, taken up
  bool taken_up_ = false;                        // it is restored, and read
  bool settlements_wait_ = false;                // for persons and decisions to be read to `ends_`
  bool rearrange_ = false;                       // what is read has to change
  std::map<std::int32_t, KafkaPositions> ends_;  // as the assignment was taken up
  std::int64_t begun_ = 0;                       // sum of the settlements' positions then
  std::optional<KafkaTrouble> trouble_;          // of a callback

  std::size_t batch_events_ = 0;
  std::size_t batch_arrivals_ = 0;
  std::size_t batch_bytes_ = 0;
  Clock::time_point batch_since_;
  Clock::time_point commit_began_;  // of the last one
  MonitorSummary before_batch_;
  std::string ledger_bytes_;  // of the record in hand
  int aborts_ = 0;            // one after the other
  struct Window {
    std::uint32_t events = 0;
    std::uint32_t refused = 0;
  };
  std::map<std::int32_t, Window> windows_;              // of refusals
  std::map<std::int32_t, std::int64_t> last_event_ms_;  // its timestamp
  Clock::time_point looked_;
  Clock::time_point flushed_ = Clock::now();
  std::int32_t flushed_last_ = -1;  // the partition
  Clock::time_point looked_at_others_;
};

}  // namespace yujing::consumer

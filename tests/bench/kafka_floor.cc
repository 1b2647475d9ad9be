// The least that reading over Kafka costs: the monitor's own consumer and decoder, and nothing done
// with what they give. Reads a settlements topic from its beginning to its end.
//   kafka_floor BROKERS SETTLEMENTS PERSONS DECISIONS CITY
#include <sys/resource.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "consumer/call_watch.h"
#include "consumer/codec.h"
#include "consumer/kafka_consumer.h"

namespace yujing::consumer {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(100);

template <class Answer>
auto must(Answer answer, const char* doing) {
  if (answer) return std::move(*answer);
  std::fprintf(stderr, "kafka_floor: %s failed\n", doing);
  std::exit(1);
}

class Reader final : public KafkaConsumer::Listener {
 public:
  explicit Reader(const KafkaOptions& options) : options_(options) {}

  // Events that were read, until no partition has more.
  std::size_t read(SettlementCodec& codec) {
    consumer_ = must(KafkaConsumer::join(options_, options_.group, watch_, *this), "joining");
    monitor::Delivery delivery;
    std::size_t events = 0;
    std::size_t refused = 0;
    while (partitions_ == 0 || ended_ < partitions_) {
      for (const KafkaArrival& arrival : must(consumer_->poll(kPatience), "reading")) {
        if (arrival.is_end) {
          ++ended_;
        } else if (arrival.value) {
          ++events;
          refused += codec.decode(*arrival.value, delivery) ? 1 : 0;
        }
      }
      if (partitions_ == 0 && !assigned_.empty()) begin();
    }
    consumer_.reset();
    fmt::print(stderr, "{} of {} events refused\n", refused, events);
    return events;
  }

 private:
  void assigned(const std::vector<std::int32_t>& partitions) override { assigned_ = partitions; }
  void revoked(bool /*lost*/) override {}
  void kafka_log(int /*level*/, std::string_view /*text*/) override {}

  void begin() {
    partitions_ = assigned_.size();
    std::vector<KafkaPlace> places;
    for (const std::int32_t number : assigned_)
      places.push_back({KafkaInput::kSettlements, number, 0});
    if (consumer_->assign(places)) return;
    std::fputs("kafka_floor: beginning to read failed\n", stderr);
    std::exit(1);
  }

  const KafkaOptions& options_;
  std::atomic<bool> stop_ = false;
  CallWatch watch_{{}, stop_, [](const char*, std::chrono::seconds) { std::abort(); }};
  std::unique_ptr<KafkaConsumer> consumer_;
  std::vector<std::int32_t> assigned_;
  std::size_t partitions_ = 0;
  std::size_t ended_ = 0;
};

}  // namespace
}  // namespace yujing::consumer

int main(int argc, char** argv) {
  using namespace yujing::consumer;
  const std::vector<std::string> words(argv, argv + argc);
  constexpr std::size_t kWords = 6;
  if (words.size() != kWords) {
    std::fputs("usage: kafka_floor BROKERS SETTLEMENTS PERSONS DECISIONS CITY\n", stderr);
    return 64;
  }
  KafkaOptions options;
  options.brokers = words[1];
  options.settlements = words[2];
  options.persons = words[3];
  options.decisions = words[4];
  options.group = words[2] + ".floor";
  yujing::thresholds::CityCode city = 0;
  std::from_chars(words[5].data(), words[5].data() + words[5].size(), city);
  SettlementCodec codec({.cities = {city}});
  const std::size_t events = Reader(options).read(codec);
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    constexpr double kMicros = 1e6;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / kMicros;
  };
  fmt::print("{{\"events\":{},\"cpu_seconds\":{:.3f}}}\n", events,
             seconds(used.ru_utime) + seconds(used.ru_stime));
  return 0;
}

#include "app/made/stream.h"

#include <chrono>
#include <thread>

#include "consumer/kafka_sender.h"

namespace yujing::app {
namespace {

using consumer::KafkaSender;
using thresholds::Result;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kTellEvery = 64;

struct Sending {
  KafkaSender& sender;
  const std::atomic<bool>& stop;
  const MadeProgress& progress;
  std::string line;  // with its end, which is not sent
  std::string key;

  Result<void> send(const MadePeople& people, const MadePerson& person, const std::string& topic) {
    if (line.empty()) return {};
    key.clear();
    people.append_psn_no(key, person);
    line.pop_back();
    auto sent = sender.send(topic, key, line);
    line.clear();
    return sent;
  }
};

using AppendPerson = void (MadePeople::*)(std::string& out, std::uint64_t number) const;

Result<void> send_people(const Generator& generator, AppendPerson append, std::string_view stage,
                         const std::string& topic, Sending& sending) {
  const std::uint64_t all = generator.options().persons;
  for (std::uint64_t number = 0; number < all && !sending.stop; ++number) {
    (generator.people().*append)(sending.line, number);
    auto sent = sending.send(generator.people(), generator.people().person(number), topic);
    if (!sent) return sent;
    if (number % kTellEvery == 0) sending.progress(stage, number, all);
  }
  return {};
}

Result<void> send_events(Generator& generator, const std::string& topic, std::uint64_t rate,
                         Sending& sending) {
  const auto began = Clock::now();
  while (!sending.stop && generator.next(sending.line)) {
    auto sent = sending.send(generator.people(), generator.last_person(), topic);
    if (!sent) return sent;
    const std::uint64_t lines = generator.counts().lines;
    if (lines % kTellEvery == 0) sending.progress("events", lines, generator.options().events);
    if (rate == 0) continue;
    const std::chrono::duration<double> due(static_cast<double>(lines) / static_cast<double>(rate));
    std::this_thread::sleep_until(began + std::chrono::duration_cast<Clock::duration>(due));
  }
  return {};
}

}  // namespace

Result<void> send_stream(Generator& generator, const consumer::KafkaOptions& kafka,
                         std::uint64_t rate, const std::atomic<bool>& stop,
                         const MadeProgress& progress) {
  auto sender = KafkaSender::open(kafka);
  if (!sender) return tl::unexpected(sender.error());
  Sending sending{*sender, stop, progress, {}, {}};
  if (auto done =
          send_people(generator, &MadePeople::append_record, "persons", kafka.persons, sending);
      !done) {
    return done;
  }
  if (auto done = send_people(generator, &MadePeople::append_decision, "decisions", kafka.decisions,
                              sending);
      !done) {
    return done;
  }
  if (auto there = sender->finish(); !there) return tl::unexpected(there.error());
  if (auto done = send_events(generator, kafka.settlements, rate, sending); !done) return done;
  if (auto there = sender->finish(); !there) return tl::unexpected(there.error());
  return {};
}

}  // namespace yujing::app

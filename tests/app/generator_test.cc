#include "app/made/generator.h"

#include <array>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "app/made/folder.h"
#include "app/rules.h"
#include "consumer/codec.h"
#include "consumer/file_monitor.h"
#include "consumer/person_codec.h"
#include "monitor/engine.h"
#include "tests/consumer/temporary_folder.h"

namespace yujing::app {
namespace {

using consumer::SettlementCodec;
using monitor::Amount;
using monitor::RefusalReason;
using tests::TemporaryFolder;

constexpr std::int32_t kYear = 2026;

const Rules& shipped() {
  static const Rules kRules = *load_rules({}, "");
  return kRules;
}

GeneratorOptions options(std::uint64_t events, std::uint64_t seed = 1) {
  GeneratorOptions options{2000, events, seed, 0.99, kYear, {}};
  for (const auto& city : shipped().book.cities)
    options.cities.push_back(made_city(city, kYear));
  return options;
}

std::vector<std::string> lines_of(Generator& generator) {
  std::vector<std::string> lines;
  for (std::string line; generator.next(line); line.clear())
    lines.push_back(line);
  return lines;
}

SettlementCodec codec() {
  consumer::CodecOptions options;
  for (const auto& city : shipped().book.cities)
    options.cities.push_back(city.code);
  return SettlementCodec(options);
}

TEST(Generator, MakesTheSameBytesOfTheSameSeed) {
  Generator one(options(3000));
  Generator same(options(3000));
  Generator other(options(3000, 2));
  const auto lines = lines_of(one);
  EXPECT_EQ(lines, lines_of(same));
  EXPECT_NE(lines, lines_of(other));
}

TEST(Generator, MakesAsManyLinesAsAsked) {
  for (const std::uint64_t events : {1U, 17U, 1000U}) {
    Generator generator(options(events));
    EXPECT_EQ(lines_of(generator).size(), events);
    EXPECT_EQ(generator.counts().lines, events);
  }
}

TEST(Generator, MakesEventsThatTheCodecReadsAndBrokenOnesForEveryReason) {
  Generator generator(options(60'000));
  auto reader = codec();
  std::array<std::uint64_t, monitor::kRefusalReasons> refused{};
  std::uint64_t ignored = 0;
  std::uint64_t bytes = 0;
  monitor::Delivery delivery;
  for (const auto& line : lines_of(generator)) {
    bytes += line.size();
    const auto outcome = reader.decode(std::string_view(line).substr(0, line.size() - 1), delivery);
    if (!outcome) continue;
    if (const auto* const refusal = std::get_if<monitor::Refusal>(&*outcome)) {
      ++refused[static_cast<std::size_t>(refusal->reason)];
    } else {
      ++ignored;
    }
  }
  auto expected = generator.counts().refused;
  expected[static_cast<std::size_t>(RefusalReason::kConflict)] = 0;  // the codec cannot know
  EXPECT_EQ(refused, expected);
  EXPECT_EQ(ignored, generator.counts().ignored);
  for (std::size_t i = 0; i < monitor::kRefusalReasons; ++i) {
    if (static_cast<RefusalReason>(i) == RefusalReason::kTooLarge) continue;
    EXPECT_GT(generator.counts().refused[i], 0U) << monitor::kRefusalNames[i];
  }
  const std::uint64_t mean = bytes / generator.counts().lines;
  EXPECT_GT(mean, 700U);
  EXPECT_LT(mean, 900U);
}

// The codec checks them for bills; reversals and every dress are looked at here.
TEST(Generator, MakesAmountsThatAddUp) {
  Generator generator(options(20'000));
  auto reader = codec();
  monitor::Delivery delivery;
  for (const auto& line : lines_of(generator)) {
    if (reader.decode(std::string_view(line).substr(0, line.size() - 1), delivery)) continue;
    const auto& s = delivery.settlement;
    const auto fen = [&](Amount field) { return s.amount(field).fen; };
    EXPECT_EQ(fen(Amount::kMedfee), fen(Amount::kFulamtOwnpay) + fen(Amount::kOverlmtSelfpay) +
                                        fen(Amount::kPreselfpay) + fen(Amount::kInscpScp));
    std::int64_t funds = 0;
    for (std::size_t i = 0; i < thresholds::kPayers; ++i)
      funds += s.amounts[i].fen;
    EXPECT_EQ(fen(Amount::kFundPaySum), funds);
    EXPECT_EQ(fen(Amount::kPsnPart), fen(Amount::kMedfee) - funds - fen(Amount::kHospPart));
    EXPECT_EQ(fen(Amount::kPsnPart), fen(Amount::kAcctPay) + fen(Amount::kPsnCash));
    if (!s.is_reversal()) {
      for (const auto amount : s.amounts)
        EXPECT_GE(amount.fen, 0);
    }
  }
}

TEST(Generator, MakesPeopleOfAllCitiesWithRecordsThatAreRead) {
  Generator generator(options(1));
  std::set<std::string> areas;
  std::uint64_t held = 0;
  for (std::uint64_t number = 0; number < 2000; ++number) {
    std::string line;
    generator.people().append_record(line, number);
    generator.people().append_decision(line, number);
    for (std::size_t from = 0; from < line.size();) {
      const auto end = line.find('\n', from);
      const auto record = consumer::decode_person(std::string_view(line).substr(from, end - from));
      ASSERT_TRUE(record) << line;
      areas.insert(record->insu_admdvs.substr(0, 4));
      held += record->categories.empty() ? 0 : 1;
      from = end + 1;
    }
  }
  areas.erase("");
  EXPECT_EQ(areas, (std::set<std::string>{"1405", "2224", "2303", "2305", "3706"}));
  EXPECT_GT(held, 40U);
  EXPECT_LT(held, 160U);
}

// Says nothing: what is counted here are events.
class NoAlerts final : public monitor::AlertPort {
 public:
  void year_changed(const monitor::YearView&, std::vector<monitor::AlertState>&,
                    std::vector<monitor::AlertMessage>&) override {}
};

TEST(Generator, CountsWhatTheMonitorFinds) {
  const TemporaryFolder folder;
  Generator generator(options(20'000, 5));
  ASSERT_TRUE(write_folder(generator, {folder.path("made"), {}}, [](auto, auto, auto) {}));
  NoAlerts alerts;
  consumer::FileMonitorOptions monitor_options;
  monitor_options.store = folder.path("store");
  monitor_options.events = folder.path("made/events.ndjson");
  monitor_options.persons = folder.path("made/persons.ndjson");
  monitor_options.decisions = folder.path("made/decisions.ndjson");
  monitor_options.alerts = folder.path("alerts.ndjson");
  monitor_options.dead_letters = folder.path("dead-letters.ndjson");
  const std::atomic<bool> stop{false};
  const auto summary = consumer::run_file_monitor(
      shipped().book, shipped().reference, alerts, [](const auto&) { return std::string("{}"); },
      monitor_options, {}, stop);
  ASSERT_TRUE(summary) << summary.error().message;
  const auto& counts = generator.counts();
  EXPECT_EQ(summary->lines, counts.lines);
  EXPECT_EQ(summary->applied, counts.bills);
  EXPECT_EQ(summary->duplicates, counts.duplicates);
  EXPECT_EQ(summary->replaced, counts.corrections);
  EXPECT_EQ(summary->outdated, counts.outdated);
  EXPECT_EQ(summary->reversals, counts.reversals);
  EXPECT_EQ(summary->ignored, counts.ignored);
  EXPECT_EQ(summary->refused, counts.refused_in_all());
  for (std::size_t i = 0; i < monitor::kRefusalReasons; ++i) {
    const auto found = summary->refused_by_reason.find(std::string(monitor::kRefusalNames[i]));
    EXPECT_EQ(found == summary->refused_by_reason.end() ? 0 : found->second, counts.refused[i]);
  }
}

}  // namespace
}  // namespace yujing::app

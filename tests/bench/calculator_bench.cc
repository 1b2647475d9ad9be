// How fast payouts are computed: `items_per_second` is settlements per CPU second of the worked
// cases, all five cities, one parsed case in memory at a time. What is timed: the case's facts, a
// calculator on the case's own figures, and the fold of its settlements; reading the line is not.
#include <time.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "consumer/case_codec.h"
#include "monitor/identity.h"
#include "monitor/year_fold.h"
#include "thresholds/policy_file.h"
#include "thresholds/reference.h"
#include "thresholds/result.h"

namespace yujing::monitor {
namespace {

const thresholds::RuleBook& shipped_rules() {
  static const thresholds::RuleBook kRules = [] {
    auto rules = thresholds::load_rule_book({YUJING_SOURCE_DIR "/thresholds/policies"});
    CHECK(rules.has_value());
    return *std::move(rules);
  }();
  return kRules;
}

// The lines of the cases of each city; all of them under "all".
const std::map<std::string, std::vector<std::string>>& cases() {
  static const std::map<std::string, std::vector<std::string>> kCases = [] {
    std::map<std::string, std::vector<std::string>> by_city;
    std::ifstream in(YUJING_SOURCE_DIR "/tests/cases/golden/cases.ndjson");
    consumer::CaseCodec codec(shipped_rules());
    for (std::string line; std::getline(in, line);) {
      const auto payout_case = codec.decode(line);
      if (!payout_case) continue;  // a case about what cannot be read
      by_city[payout_case->city->id].push_back(line);
      by_city["all"].push_back(line);
    }
    CHECK(by_city.size() == shipped_rules().cities.size() + 1);
    return by_city;
  }();
  return kCases;
}

double cpu_seconds() {
  timespec time{};
  CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Settlements folded, and the CPU seconds it took.
std::pair<std::size_t, double> fold_case(const consumer::PayoutCase& payout_case,
                                         const thresholds::Reference& no_figures) {
  std::vector<LedgerItem> items = settle(payout_case.deliveries);
  std::vector<const Settlement*> live;
  for (const LedgerItem& item : items) {
    if (item.counts) live.push_back(&item.content);
  }
  std::sort(live.begin(), live.end(), [](const auto* a, const auto* b) { return earlier(*a, *b); });
  const thresholds::CityRules& city = *payout_case.city;

  const double start = cpu_seconds();
  const Facts facts = make_facts(city, &payout_case.person, nullptr);
  Calculator calculator(shipped_rules(), city,
                        payout_case.reference ? *payout_case.reference : no_figures);
  const Folded folded = fold_all(calculator, facts, live, {});
  benchmark::DoNotOptimize(folded);
  return {live.size(), cpu_seconds() - start};
}

// Each iteration is one walk over the cases; its time is what was timed of it.
void fold_cases(benchmark::State& state, const std::string& city) {
  const thresholds::Reference no_figures;
  consumer::CaseCodec codec(shipped_rules());
  std::size_t settlements = 0;
  for (auto _ : state) {
    double seconds = 0;
    for (const std::string& line : cases().at(city)) {
      const auto payout_case = codec.decode(line);
      const auto [folded, taken] = fold_case(*payout_case, no_figures);
      settlements += folded;
      seconds += taken;
    }
    state.SetIterationTime(seconds);
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(settlements));
}

BENCHMARK_CAPTURE(fold_cases, all, "all")->UseManualTime();
BENCHMARK_CAPTURE(fold_cases, jixi, "jixi")->UseManualTime();
BENCHMARK_CAPTURE(fold_cases, shuangyashan, "shuangyashan")->UseManualTime();
BENCHMARK_CAPTURE(fold_cases, jincheng, "jincheng")->UseManualTime();
BENCHMARK_CAPTURE(fold_cases, yantai, "yantai")->UseManualTime();
BENCHMARK_CAPTURE(fold_cases, yanbian, "yanbian")->UseManualTime();

}  // namespace
}  // namespace yujing::monitor

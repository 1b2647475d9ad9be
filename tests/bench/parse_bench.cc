// How fast settlement events are read: `items_per_second` is events, of 800 bytes on average.
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "consumer/codec.h"
#include "thresholds/money.h"

namespace yujing::consumer {
namespace {

constexpr std::size_t kEvents = 1024;

// A bill whose parts add up, as the `setlinfo` node holds it. `quote` is what amounts stand in.
std::string bill(std::mt19937_64& random, std::string_view quote) {
  const auto fen = [&](std::uint64_t most) { return static_cast<std::int64_t>(random() % most); };
  const std::int64_t own = fen(200'000);
  const std::int64_t self = fen(300'000);
  const std::int64_t scope = 500'000 + fen(4'500'000);
  const std::int64_t pool = scope / 2;
  const std::int64_t critical = fen(200'000);
  const std::int64_t total = own + self + scope;
  const std::int64_t part = total - pool - critical;
  const auto amount = [&](std::int64_t value) {
    return fmt::format("{0}{1}{0}", quote, to_string(thresholds::Money{value}));
  };
  return fmt::format(
      R"("setl_id":"S{:019}","psn_no":"P{:017}","mdtrt_id":"M{:014}","setl_time":"2026-03-{:02} 10:{:02}:00",)"
      R"("med_type":"21","insutype":"390","begndate":"2026-03-01","enddate":"2026-03-08",)"
      R"("medfee_sumamt":{},"fulamt_ownpay_amt":{},"overlmt_selfpay":{},"preselfpay_amt":{},)"
      R"("inscp_scp_amt":{},"act_pay_dedc":{},"hifp_pay":{},"cvlserv_pay":{},"hifes_pay":{},)"
      R"("hifmi_pay":{},"hifob_pay":{},"maf_pay":{},"oth_pay":{},"fund_pay_sumamt":{},)"
      R"("psn_part_amt":{},"acct_pay":{},"psn_cash_pay":{},"hosp_part_amt":{},)"
      R"("pay_loc":"2","refd_setl_flag":"0","psn_name":"测试甲","updt_time":"2026-03-09 10:00:05")",
      random() % 1'000'000'007, random() % 1'000'003, random() % 1'000'003, 1 + random() % 28,
      random() % 60, amount(total), amount(own), amount(0), amount(self), amount(scope),
      amount(50'000), amount(pool), amount(0), amount(0), amount(critical), amount(0), amount(0),
      amount(0), amount(pool + critical), amount(part), amount(0), amount(part), amount(0));
}

constexpr std::string_view kContext =
    R"("insu_admdvs":"230302","mdtrtarea_admvs":"230302","fixmedins_code":"H23030200001")";

std::vector<std::string> flat_events() {
  std::mt19937_64 random(1);
  std::vector<std::string> events;
  for (std::size_t i = 0; i < kEvents; ++i) {
    events.push_back(fmt::format("{{{},{}}}", bill(random, "\""), kContext));
  }
  return events;
}

std::vector<std::string> replies() {
  std::mt19937_64 random(2);
  std::vector<std::string> events;
  for (std::size_t i = 0; i < kEvents; ++i) {
    events.push_back(fmt::format(
        R"({{"infcode":0,{},"output":{{"setlinfo":{{{}}},"setldetail":[{{"fund_pay_type":"390100","fund_payamt":4.52}}]}}}})",
        kContext, bill(random, "")));
  }
  return events;
}

void read_events(benchmark::State& state, const std::vector<std::string>& events) {
  SettlementCodec codec(CodecOptions{.cities = {1405, 2303}});
  monitor::Delivery delivery;
  std::size_t next = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const std::string& event = events[next++ % kEvents];
    if (codec.decode(event, delivery)) {
      state.SkipWithError("an event was refused");
      break;
    }
    benchmark::DoNotOptimize(delivery);
    bytes += event.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void read_flat(benchmark::State& state) { read_events(state, flat_events()); }
void read_replies(benchmark::State& state) { read_events(state, replies()); }
BENCHMARK(read_flat);
BENCHMARK(read_replies);

}  // namespace
}  // namespace yujing::consumer

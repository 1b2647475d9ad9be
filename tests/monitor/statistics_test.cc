#include "monitor/statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/monitor/desk.h"
#include "tests/monitor/generators.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::Pair;

Statistics any_statistics() {
  Statistics statistics;
  statistics.persons = *rc::gen::arbitrary<std::uint64_t>();
  for (auto n = *rc::gen::inRange(0, 4); n > 0; --n) {
    Statistics::Paid& paid = statistics.paid[any_text()];
    for (Money& amount : paid.by_payer)
      amount = any_money();
    paid.burden = any_money();
    paid.settlements = *rc::gen::arbitrary<std::int64_t>();
    statistics.open_alerts[{any_text(), any_text()}] = *rc::gen::arbitrary<std::int64_t>();
  }
  return statistics;
}

RC_GTEST_PROP(Statistics, SumsAreReadAsTheyWereWritten, ()) {
  const Statistics statistics = any_statistics();
  RC_ASSERT(decode_statistics(encode_statistics(statistics)) == statistics);
}

RC_GTEST_PROP(Statistics, DamagedBytesAreReadToAnEnd, ()) {
  std::string bytes = encode_statistics(any_statistics());
  damage(bytes);
  const Statistics read = decode_statistics(bytes);
  RC_ASSERT(read.paid.size() + read.open_alerts.size() <= bytes.size());
}

TEST(Statistics, BytesThatAreNoneGiveEmptyStatistics) {
  EXPECT_EQ(decode_statistics(""), Statistics());
  EXPECT_EQ(decode_statistics("\xFF\xFF"), Statistics());
}

TEST(Statistics, AChangeOfTotalsReplacesWhatWasThere) {
  Totals before;
  before.settlements = 1;
  before.after_insurance = yuan("70");
  before.paid[0] = yuan("30");
  Totals after = before;
  after.settlements = 3;
  after.after_insurance = yuan("50");
  after.paid[0] = yuan("100");
  Statistics statistics;
  statistics.replace("jixi", Totals(), before);
  statistics.replace("jixi", before, after);
  EXPECT_EQ(statistics.paid["jixi"].settlements, 3);
  EXPECT_EQ(statistics.paid["jixi"].burden, yuan("50"));
  EXPECT_EQ(statistics.paid["jixi"].by_payer[0], yuan("100"));
  statistics.replace("jixi", after, Totals());
  EXPECT_EQ(statistics.paid["jixi"], Statistics::Paid());
}

TEST(Statistics, OpenAlertsAreCountedByCityAndRule) {
  AlertState open;
  open.rule = "a";
  open.open = true;
  AlertState cleared = open;
  cleared.open = false;
  Statistics statistics;
  statistics.replace("jixi", {}, std::vector<AlertState>{open});
  statistics.replace("yantai", {}, std::vector<AlertState>{open});
  statistics.replace("jixi", {open}, std::vector<AlertState>{cleared});
  EXPECT_THAT(statistics.open_alerts,
              ElementsAre(Pair(Pair("jixi", "a"), 0), Pair(Pair("yantai", "a"), 1)));
}

TEST(Statistics, TheEngineKeepsThemAcrossARestart) {
  Desk desk;
  desk.send(bill("jixi", {.setl_id = "S1", .medfee = "12000", .hifp = "1000"}));
  desk.restart();
  desk.send(bill("yantai", {.setl_id = "S2", .medfee = "500"}));
  desk.reopen();
  const Statistics& statistics = desk.engine().statistics();
  EXPECT_EQ(statistics.persons, 1U);
  EXPECT_EQ(statistics.paid.at("jixi").burden, yuan("11000"));
  EXPECT_EQ(statistics.paid.at("jixi").by_payer[0], yuan("1000"));
  EXPECT_EQ(statistics.paid.at("yantai").settlements, 1);
  EXPECT_THAT(statistics.open_alerts, ElementsAre(Pair(Pair("jixi", "burden-over-10000"), 1)));
}

}  // namespace
}  // namespace yujing::monitor

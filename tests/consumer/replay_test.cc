// What would become of an event if it were sent now.
#include "consumer/replay.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "monitor/store.h"
#include "tests/consumer/temporary_folder.h"
#include "thresholds/policy.h"

namespace yujing::consumer {
namespace {

thresholds::RuleBook jixi() {
  thresholds::RuleBook book;
  book.cities.emplace_back().code = 2303;
  return book;
}

std::string event(const std::string& setl_id, const std::string& yuan,
                  const std::string& more = "") {
  return R"({"psn_no":"P1","setl_id":")" + setl_id +
         R"(","setl_time":"2026-03-09","med_type":"11","medfee_sumamt":")" + yuan + "\"" + more +
         "}";
}
const std::string kAt2 = R"(,"updt_time":"2026-03-02")";
const std::string kAt3 = R"(,"updt_time":"2026-03-03")";

// A ledger with the given events, and a replay over it.
class Bench {
 public:
  explicit Bench(const std::vector<std::string>& ledger) {
    auto opened = monitor::Store::open(folder_.path("store"), monitor::Store::Mode::kWriter);
    CHECK(opened.has_value());
    store_ = std::move(*opened);
    SettlementCodec codec({.cities = {2303}});
    for (const std::string& line : ledger) {
      monitor::Delivery delivery;
      CHECK(!codec.decode(line, delivery));
      monitor::Entry entry;
      entry.updt_time = delivery.updt_time;
      entry.is_void = delivery.is_void;
      entry.content = delivery.settlement;
      store_->put_entry("P1", delivery.settlement.setl_id, entry);
    }
    CHECK(store_->commit().has_value());
    replay_ = std::make_unique<Replay>(book_, *store_);
  }

  void waits(const std::string& line, const std::vector<std::string>& candidates) {
    for (const std::string& candidate : candidates)
      replay_->expect(candidate);
    CHECK(replay_->wait(line).has_value());
  }
  Fate fate(const std::string& line) {
    const auto judged = replay_->judge(line);
    CHECK(judged.has_value());
    return judged->fate;
  }

 private:
  tests::TemporaryFolder folder_;
  thresholds::RuleBook book_ = jixi();
  std::unique_ptr<monitor::Store> store_;
  std::unique_ptr<Replay> replay_;
};

TEST(Replay, WhatIsNewIsSentOnce) {
  Bench bench({});
  EXPECT_EQ(bench.fate(event("S1", "50")), Fate::kSend);
  EXPECT_EQ(bench.fate(event("S1", "50.00")), Fate::kRepeated) << "the same content";
  EXPECT_EQ(bench.fate(event("S1", "60")), Fate::kRefused) << "a conflict with the one before";
  EXPECT_EQ(bench.fate(event("S1", "60", kAt2)), Fate::kSend) << "a correction of it";
}

TEST(Replay, WhatTheLedgerHasIsNotSentAgain) {
  Bench bench({event("S1", "50", kAt2)});
  EXPECT_EQ(bench.fate(event("S1", "50", kAt2)), Fate::kCounted);
  EXPECT_EQ(bench.fate(event("S1", "50")), Fate::kCounted);
  EXPECT_EQ(bench.fate(event("S1", "60")), Fate::kOutdated);
  EXPECT_EQ(bench.fate(event("S1", "60", kAt2)), Fate::kRefused);
  EXPECT_EQ(bench.fate(event("S1", "60", kAt3)), Fate::kSend);
}

TEST(Replay, TheSameWithALaterTimeHasAnEffect) {
  Bench bench({event("S1", "50")});
  EXPECT_EQ(bench.fate(event("S1", "50", kAt2)), Fate::kSend);
  EXPECT_EQ(bench.fate(event("S1", "50", kAt2)), Fate::kRepeated);
}

TEST(Replay, TheWordThatItIsVoidIsSentOnceWhateverItComesWith) {
  const std::string is_void = R"(,"vali_flag":"0")";
  Bench bench({event("S1", "50", kAt2)});
  EXPECT_EQ(bench.fate(event("S1", "60", is_void)), Fate::kSend);
  EXPECT_EQ(bench.fate(event("S1", "60", is_void)), Fate::kOutdated);
  EXPECT_EQ(bench.fate(event("S1", "50", kAt2 + is_void)), Fate::kRepeated);
}

TEST(Replay, WhatWaitsInTheSourceComesFirst) {
  Bench bench({});
  const std::vector<std::string> candidates = {event("S1", "50"), event("S2", "50")};
  bench.waits(event("S1", "50"), candidates);
  bench.waits(event("S9", "50"), candidates);
  bench.waits("nonsense", candidates);
  EXPECT_EQ(bench.fate(candidates[0]), Fate::kWaiting);
  EXPECT_EQ(bench.fate(candidates[1]), Fate::kSend);
}

TEST(Replay, WhatCannotBeReadIsToldWithItsReason) {
  Bench bench({});
  EXPECT_EQ(bench.fate("{}"), Fate::kIgnored);
  EXPECT_EQ(bench.fate("nonsense"), Fate::kRefused);
  EXPECT_EQ(bench.fate(event("S1", "50", R"(,"insu_admdvs":"370602")")), Fate::kRefused);
}

TEST(SettlementName, IsReadWhateverElseIsWrong) {
  const auto name = settlement_name(R"({"setl_id":"S1","psn_no":7,"setl_time":"nonsense"})");
  EXPECT_EQ(name.setl_id, "S1");
  EXPECT_EQ(name.psn_no, "7");
  EXPECT_EQ(settlement_name("nonsense").setl_id, "");
}

}  // namespace
}  // namespace yujing::consumer

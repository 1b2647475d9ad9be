#include "monitor/identity.h"

#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const BeijingTime kEight = time("2026-03-01 08:00:00");
const BeijingTime kNine = time("2026-03-01 09:00:00");

struct VerdictCase {
  std::string what;
  BeijingTime known;
  BeijingTime comes;
  bool same_content;
  Verdict verdict;
};

TEST(Identity, ContentAndUpdateTimeDecideWhatADeliveryIs) {
  const std::vector<VerdictCase> table = {
      {"the same again", kEight, kEight, true, Verdict::kSame},
      {"the same again, later", kEight, kNine, true, Verdict::kSame},
      {"the same again, earlier", kNine, kEight, true, Verdict::kSame},
      {"the same, none on both", kNoTime, kNoTime, true, Verdict::kSame},
      {"other content, later", kEight, kNine, false, Verdict::kReplaces},
      {"other content, later than none", kNoTime, kEight, false, Verdict::kReplaces},
      {"other content, earlier", kNine, kEight, false, Verdict::kOutdated},
      {"other content, none after one", kEight, kNoTime, false, Verdict::kOutdated},
      {"other content, same time", kEight, kEight, false, Verdict::kConflict},
      {"other content, none on both", kNoTime, kNoTime, false, Verdict::kConflict}};
  for (const VerdictCase& row : table) {
    LedgerItem item;
    item.content = bill("jixi", {.medfee = "100"});
    item.updt_time = row.known;
    Delivery delivery{item.content, row.comes, false};
    if (!row.same_content) delivery.settlement.amount(Amount::kMedfee) += Money{1};
    EXPECT_EQ(judge(item, delivery), row.verdict) << row.what;
  }
  EXPECT_EQ(judge(std::nullopt, Delivery{bill("jixi", {}), kEight, false}), Verdict::kNew);
}

TEST(Identity, EveryKeptFieldIsContent) {
  LedgerItem item;
  item.content = bill("jixi", {.medfee = "100"});
  const auto differs = [&](auto edit) {
    Delivery delivery{item.content, kNoTime, false};
    edit(delivery.settlement);
    return judge(item, delivery) == Verdict::kConflict;
  };
  for (std::size_t i = 0; i < kAmounts; ++i) {
    EXPECT_TRUE(differs([&](Settlement& s) { s.amounts[i] += Money{1}; })) << kAmountNames[i];
  }
  for (std::size_t i = 0; i < kTexts; ++i) {
    EXPECT_TRUE(differs([&](Settlement& s) { s.texts[i] += "x"; })) << kTextNames[i];
  }
  EXPECT_TRUE(differs([](Settlement& s) { s.enddate = day("2026-03-01"); }));
  EXPECT_TRUE(differs([](Settlement& s) { s.setl_time.seconds += 1; }));
}

Delivery sent(const Settlement& settlement) { return {settlement, kNoTime, false}; }

// The ids that count after the deliveries, in whatever order they come.
std::vector<std::string> counting_in_every_order(std::vector<Delivery> deliveries) {
  std::vector<std::size_t> order(deliveries.size());
  std::iota(order.begin(), order.end(), 0U);
  std::optional<std::vector<std::string>> first;
  do {
    std::vector<Delivery> shuffled;
    shuffled.reserve(order.size());
    for (const std::size_t i : order)
      shuffled.push_back(deliveries[i]);
    std::vector<std::string> ids;
    for (const LedgerItem& item : settle(shuffled)) {
      if (item.counts) ids.push_back(item.content.setl_id);
    }
    if (!first) first = ids;
    EXPECT_EQ(ids, *first) << "order " << testing::PrintToString(order);
  } while (std::next_permutation(order.begin(), order.end()));
  return *first;
}

const Settlement& stay() {
  static const Settlement kStay = bill(
      "jixi", {.setl_id = "S1", .medfee = "900", .ownpay = "100", .hifp = "300", .mdtrt_id = "V1"});
  return kStay;
}

Settlement reversal_of(std::string_view original, std::string_view setl_id) {
  Settlement reversal = turned_round(stay(), setl_id);
  reversal.text(Text::kInitSetlId) = original;
  return reversal;
}

TEST(Identity, AReversalByIdCancelsWhicheverComesFirst) {
  EXPECT_THAT(counting_in_every_order({sent(stay()), sent(reversal_of("S1", "R1"))}), IsEmpty());
}

TEST(Identity, ASecondReversalAndAReversalOfAReversalHaveNoEffect) {
  EXPECT_THAT(
      counting_in_every_order({sent(stay()), sent(reversal_of("S1", "R1")),
                               sent(reversal_of("S1", "R2")), sent(reversal_of("R1", "R3"))}),
      IsEmpty());
}

TEST(Identity, AReversalOfAnUnknownSettlementWaitsAndIsNeverMatchedOtherwise) {
  EXPECT_THAT(counting_in_every_order({sent(stay()), sent(reversal_of("S9", "R1"))}),
              ElementsAre("S1"));
}

TEST(Identity, AReversalWithoutAnOriginalIsMatchedByAmountsWithinItsVisit) {
  Settlement other = stay();
  other.setl_id = "S2";
  other.amount(Amount::kHifp) += Money{1};
  Settlement elsewhere = stay();
  elsewhere.setl_id = "S3";
  elsewhere.text(Text::kMdtrtId) = "V2";
  EXPECT_THAT(counting_in_every_order(
                  {sent(stay()), sent(other), sent(elsewhere), sent(turned_round(stay(), "R1"))}),
              ElementsAre("S2", "S3"));
}

TEST(Identity, TwoCandidatesLeaveAReversalWaiting) {
  Settlement twin = stay();
  twin.setl_id = "S2";
  EXPECT_THAT(counting_in_every_order({sent(stay()), sent(twin), sent(turned_round(stay(), "R1"))}),
              ElementsAre("S1", "S2"));
}

TEST(Identity, ACandidateThatIsReversedAlreadyIsACandidateStill) {
  Settlement twin = stay();
  twin.setl_id = "S2";
  EXPECT_THAT(counting_in_every_order({sent(stay()), sent(twin), sent(reversal_of("S2", "R1")),
                                       sent(turned_round(stay(), "R2"))}),
              ElementsAre("S1"));
}

TEST(Identity, WithoutAVisitNothingIsMatched) {
  Settlement nowhere = stay();
  nowhere.text(Text::kMdtrtId) = "";
  EXPECT_THAT(counting_in_every_order({sent(nowhere), sent(turned_round(nowhere, "R1"))}),
              ElementsAre("S1"));
}

TEST(Identity, TheCurrentVersionIsComparedByAmounts) {
  Delivery corrected{stay(), kNine, false};
  corrected.settlement.amount(Amount::kHifp) += Money{5};
  const Settlement current = corrected.settlement;
  EXPECT_THAT(counting_in_every_order({sent(stay()), corrected, sent(turned_round(current, "R1"))}),
              IsEmpty());
  EXPECT_THAT(counting_in_every_order({sent(stay()), corrected, sent(turned_round(stay(), "R1"))}),
              ElementsAre("S1"));
}

TEST(Identity, ALaterVersionOfAReversedSettlementStaysReversed) {
  Delivery corrected{stay(), kNine, false};
  corrected.settlement.amount(Amount::kHifp) += Money{5};
  EXPECT_THAT(counting_in_every_order({sent(stay()), corrected, sent(reversal_of("S1", "R1"))}),
              IsEmpty());
}

TEST(Identity, AVoidSettlementDoesNotCountWhateverTheMessageThatSaysSo) {
  Delivery voided{stay(), kEight, true};
  EXPECT_THAT(counting_in_every_order({sent(stay()), voided}), IsEmpty());
  Delivery outdated{stay(), kNoTime, true};
  outdated.settlement.amount(Amount::kMedfee) += Money{1};
  EXPECT_THAT(counting_in_every_order({{stay(), kNine, false}, outdated}), IsEmpty());
  Delivery conflict{stay(), kNine, true};
  conflict.settlement.amount(Amount::kMedfee) += Money{1};
  EXPECT_THAT(counting_in_every_order({{stay(), kNine, false}, conflict}), IsEmpty());
}

TEST(Identity, AVoidReversalReversesNothing) {
  EXPECT_THAT(counting_in_every_order({sent(stay()), {reversal_of("S1", "R1"), kNoTime, true}}),
              ElementsAre("S1"));
  EXPECT_THAT(counting_in_every_order({sent(stay()), {turned_round(stay(), "R1"), kNoTime, true}}),
              ElementsAre("S1"));
}

TEST(Identity, AVoidOriginalCanStillBeMatched) {
  Settlement twin = stay();
  twin.setl_id = "S2";
  // Two candidates, one of them void: the reversal waits.
  EXPECT_THAT(counting_in_every_order(
                  {{stay(), kNoTime, true}, sent(twin), sent(turned_round(stay(), "R1"))}),
              ElementsAre("S2"));
}

TEST(Identity, ANegativeTotalIsAReversalAndZeroIsABill) {
  EXPECT_TRUE(bill("jixi", {.medfee = "-1"}).is_reversal());
  EXPECT_FALSE(bill("jixi", {.medfee = "0"}).is_reversal());
  EXPECT_TRUE(bill("jixi", {.medfee = "10", .init_setl_id = "S0"}).is_reversal());
}

TEST(Identity, ALaterUpdateTimeOfTheSameContentIsRemembered) {
  Delivery other{stay(), kEight, false};
  other.settlement.amount(Amount::kHifp) += Money{5};
  const std::vector<Delivery> deliveries = {sent(stay()), {stay(), kNine, false}, other};
  const std::vector<LedgerItem> items = settle(deliveries);
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].content, stay());
  EXPECT_EQ(items[0].updt_time, kNine);
}

TEST(Identity, AVersionCanTurnABillIntoAReversalAndBack) {
  Settlement other = stay();
  other.setl_id = "S2";
  Delivery turned{reversal_of("S2", "S1"), kEight, false};
  Delivery back{stay(), kNine, false};
  EXPECT_THAT(counting_in_every_order({sent(stay()), sent(other), turned}), IsEmpty());
  EXPECT_THAT(counting_in_every_order({sent(stay()), sent(other), turned, back}),
              UnorderedElementsAre("S1", "S2"));
}

}  // namespace
}  // namespace yujing::monitor

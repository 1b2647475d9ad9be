#include "alerts/lifecycle.h"

#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace yujing::alerts {
namespace {

using monitor::AlertState;
using monitor::OrderKey;
using thresholds::BeijingTime;
using thresholds::Money;

constexpr Money kLine{1'000'000};

OrderKey bill(std::int64_t number) { return {BeijingTime{number}, "S" + std::to_string(number)}; }

AlertState open_state() {
  return {.rule = "r",
          .open = true,
          .revision = 4,
          .by = bill(1),
          .category = "dibao",
          .line = kLine,
          .amount = Money{1'500'000},
          .late = false};
}

Holding holding() {
  return {.rule = "r",
          .by = bill(1),
          .category = "dibao",
          .line = kLine,
          .amount = Money{1'500'000},
          .late = false,
          .report_step = std::nullopt};
}

// What holds now, and what it makes of an alert that is open with revision 4.
struct Transition {
  std::string what;
  Holding now;
  Change change;
};

std::vector<Transition> transitions_of_an_open_alert() {
  const auto with = [](auto&& edit) {
    Holding now = holding();
    edit(now);
    return now;
  };
  const Money step{100'000};
  return {
      {"nothing is new", holding(), Change::kNothing},
      {"another crossing settlement", with([](auto& n) { n.by = bill(2); }), Change::kChanged},
      {"its time was corrected", with([](auto& n) { n.by.setl_time.seconds = 9; }),
       Change::kChanged},
      {"another line", with([](auto& n) { n.line = Money{1}; }), Change::kChanged},
      {"no line any more", with([](auto& n) { n.line.reset(); }), Change::kChanged},
      {"another category", with([](auto& n) { n.category = "tekun"; }), Change::kChanged},
      {"no category any more", with([](auto& n) { n.category = ""; }), Change::kChanged},
      {"late now", with([](auto& n) { n.late = true; }), Change::kChanged},
      {"amount alone, no step", with([](auto& n) { n.amount.fen += 90'000'000; }),
       Change::kNothing},
      {"amount up by less than the step", with([&](auto& n) {
         n.amount.fen += step.fen - 1;
         n.report_step = step;
       }),
       Change::kNothing},
      {"amount up by the step", with([&](auto& n) {
         n.amount += step;
         n.report_step = step;
       }),
       Change::kChanged},
      {"amount down by less than the step", with([&](auto& n) {
         n.amount.fen -= step.fen - 1;
         n.report_step = step;
       }),
       Change::kNothing},
      {"amount down by the step", with([&](auto& n) {
         n.amount -= step;
         n.report_step = step;
       }),
       Change::kChanged},
      {"a step of nothing and no move", with([](auto& n) { n.report_step = Money{}; }),
       Change::kNothing},
  };
}

void expect_told(const AlertState& state, const Holding& now, std::uint32_t revision) {
  EXPECT_TRUE(state.open);
  EXPECT_EQ(state.rule, now.rule);
  EXPECT_EQ(state.revision, revision);
  EXPECT_EQ(state.by, now.by);
  EXPECT_EQ(state.category, now.category);
  EXPECT_EQ(state.line, now.line);
  EXPECT_EQ(state.amount, now.amount);
  EXPECT_EQ(state.late, now.late);
}

TEST(Lifecycle, OpenAlertChangesOnlyByWhatIsWorthTelling) {
  for (const Transition& each : transitions_of_an_open_alert()) {
    SCOPED_TRACE(each.what);
    const AlertState said = open_state();
    const Decision decision = decide(&said, &each.now);
    EXPECT_EQ(name_of(decision.change), name_of(each.change));
    if (each.change == Change::kNothing) {
      EXPECT_EQ(decision.state, said);
    } else {
      expect_told(decision.state, each.now, 5);
    }
  }
}

TEST(Lifecycle, SmallMovesAddUpAgainstTheLastMessage) {
  AlertState said = open_state();
  Holding now = holding();
  now.report_step = Money{100'000};
  now.amount.fen += 60'000;
  said = decide(&said, &now).state;
  EXPECT_EQ(said.amount, open_state().amount);
  now.amount.fen += 60'000;
  EXPECT_EQ(decide(&said, &now).change, Change::kChanged);
}

TEST(Lifecycle, RaisedWhenItWasNeverSaid) {
  const Holding now = holding();
  const Decision decision = decide(nullptr, &now);
  EXPECT_EQ(decision.change, Change::kRaised);
  expect_told(decision.state, now, 1);
}

TEST(Lifecycle, RaisedAgainGoesOnCounting) {
  AlertState said = open_state();
  said.open = false;
  Holding now = holding();
  now.by = bill(7);
  const Decision decision = decide(&said, &now);
  EXPECT_EQ(decision.change, Change::kRaised);
  expect_told(decision.state, now, 5);
}

TEST(Lifecycle, ClearedKeepsWhatWasLastSent) {
  const AlertState said = open_state();
  const Decision decision = decide(&said, nullptr);
  EXPECT_EQ(decision.change, Change::kCleared);
  AlertState expected = said;
  expected.open = false;
  expected.revision = 5;
  EXPECT_EQ(decision.state, expected);
}

TEST(Lifecycle, ClearedStaysCleared) {
  AlertState said = open_state();
  said.open = false;
  const Decision decision = decide(&said, nullptr);
  EXPECT_EQ(decision.change, Change::kNothing);
  EXPECT_EQ(decision.state, said);
}

TEST(Lifecycle, RulesAreKeptInOrderAndNoneIsForgotten) {
  AlertState gone = open_state();
  gone.rule = "gone-from-the-policies";
  AlertState kept = open_state();
  std::vector<AlertState> said = {gone, kept};
  Holding first = holding();
  first.rule = "a";
  Holding last = holding();
  last.rule = "z";
  const std::vector<Holding> now = {first, holding(), last};

  const std::vector<Decision> told = bring_up_to_date(said, now);
  ASSERT_EQ(told.size(), 3U);
  EXPECT_EQ(told[0].state.rule, "a");
  EXPECT_EQ(told[0].change, Change::kRaised);
  EXPECT_EQ(told[1].state.rule, "gone-from-the-policies");
  EXPECT_EQ(told[1].change, Change::kCleared);
  EXPECT_EQ(told[2].state.rule, "z");
  EXPECT_EQ(told[2].change, Change::kRaised);
  ASSERT_EQ(said.size(), 4U);
  EXPECT_EQ(said[0], told[0].state);
  EXPECT_EQ(said[1], told[1].state);
  EXPECT_EQ(said[2], kept);
  EXPECT_EQ(said[3], told[2].state);
}

// Whoever has read every message knows which rules hold, and no revision was skipped or said twice.
RC_GTEST_PROP(Lifecycle, AReaderOfAllMessagesKnowsWhatHolds, ()) {
  std::vector<AlertState> said;
  std::map<std::string, AlertState> reader;
  const int moments = *rc::gen::inRange(1, 12);
  for (int moment = 0; moment < moments; ++moment) {
    std::vector<Holding> now;
    for (const std::string rule : {"a", "b", "c"}) {
      if (!*rc::gen::arbitrary<bool>()) continue;
      Holding each = holding();
      each.rule = rule;
      each.by = bill(*rc::gen::inRange(1, 4));
      each.amount.fen = *rc::gen::inRange(0, 5);
      each.late = *rc::gen::arbitrary<bool>();
      if (*rc::gen::arbitrary<bool>()) each.report_step = Money{*rc::gen::inRange(1, 4)};
      now.push_back(each);
    }
    for (const Decision& told : bring_up_to_date(said, now)) {
      RC_ASSERT(told.change != Change::kNothing);
      RC_ASSERT(told.state.revision == reader[told.state.rule].revision + 1);
      RC_ASSERT(told.state.open == (told.change != Change::kCleared));
      reader[told.state.rule] = told.state;
    }
    std::size_t open = 0;
    for (const auto& [rule, state] : reader)
      open += state.open ? 1U : 0U;
    RC_ASSERT(open == now.size());
    for (const Holding& each : now) {
      RC_ASSERT(reader[each.rule].open);
      RC_ASSERT(reader[each.rule].by == each.by);
      RC_ASSERT(reader[each.rule].late == each.late);
    }
    RC_ASSERT(bring_up_to_date(said, now).empty());
  }
}

}  // namespace
}  // namespace yujing::alerts

// One meaning, two speeds: whatever the order of arrival, with repeats and restarts in between, a
// person's accounts and warnings are those of the clean sorted run and of the batch.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "monitor/identity.h"
#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

// Evenly, also in the first cases.
std::int32_t below(std::int32_t limit) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, limit));
}
bool one_in(std::int32_t n) { return below(n) == 0; }
std::string pick(const std::vector<std::string>& texts) {
  return texts[static_cast<std::size_t>(below(static_cast<std::int32_t>(texts.size())))];
}

struct Record {
  RecordKind kind = RecordKind::kPerson;
  PersonRecord record;
};
using Event = std::variant<Delivery, Record>;

// ---- a person's life

CivilDay some_day() { return day("2025-07-01") + below(700); }

BeijingTime some_update_time() {
  return one_in(2) ? kNoTime : BeijingTime{start_of(day("2026-06-01")).seconds + below(3)};
}

// Cities whose accounts are moved on by a bill in order.
const std::vector<std::string> kQuickCities = {"jixi", "jixi", "yantai"};

Settlement some_bill(const std::string& setl_id, const std::vector<std::string>& cities) {
  BillText text;
  text.setl_id = setl_id;
  text.med_type = pick({"21", "21", "21", "14", "140201", "15", "11", "24", "2106"});
  text.mdtrt_id = pick({"", "V1", "V2"});
  text.place = pick({"", "", "110101"});
  text.filing = pick({"", "referral", "none"});
  Settlement settlement = bill(pick(cities), text);
  const CivilDay day = some_day();
  settlement.setl_time = start_of(day);
  if (!one_in(4)) settlement.setl_time.seconds += below(86'400);
  if (one_in(2)) settlement.enddate = day + -below(40);
  const Money total{1 + below(one_in(3) ? 6'000'000 : 400'000)};
  settlement.amount(Amount::kMedfee) = total;
  settlement.amount(Amount::kFulamtOwnpay) = {total.fen / 10};
  settlement.amount(Amount::kInscpScp) = {total.fen - total.fen / 10};
  settlement.amount(Amount::kHifp) = {total.fen / (2 + below(4))};
  if (one_in(4)) settlement.amount(Amount::kHifmi) = {total.fen / 20};
  if (one_in(4)) settlement.amount(Amount::kMaf) = {total.fen / (1 + below(10))};
  return settlement;
}

// Versions of some bills; now and then one takes back its void mark in vain.
std::vector<Delivery> some_bills(const std::vector<std::string>& cities) {
  std::vector<Delivery> deliveries;
  const std::int32_t bills = 1 + below(7);
  for (std::int32_t i = 1; i <= bills; ++i) {
    const std::string setl_id = "S" + std::to_string(i);
    const std::int32_t versions = one_in(2) ? 1 : 1 + below(3);
    for (std::int32_t v = 0; v < versions; ++v) {
      deliveries.push_back({some_bill(setl_id, cities), some_update_time(), one_in(15)});
      if (v > 0 && one_in(3)) {
        deliveries.back().settlement = deliveries[deliveries.size() - 2].settlement;
      }
    }
  }
  return deliveries;
}

// Reversals of what was sent: by id, by visit, of nothing known, of each other.
std::vector<Delivery> some_reversals(const std::vector<Delivery>& bills) {
  std::vector<Delivery> deliveries;
  const std::int32_t count = below(4);
  for (std::int32_t i = 1; i <= count; ++i) {
    const Settlement& bill =
        bills[static_cast<std::size_t>(below(static_cast<std::int32_t>(bills.size())))].settlement;
    Settlement reversal = turned_round(bill, "R" + std::to_string(i));
    reversal.setl_time.seconds += below(1'000'000);
    if (one_in(2)) {
      reversal.text(Text::kInitSetlId) = one_in(5) ? pick({"R1", "S99", "S1"}) : bill.setl_id;
    } else if (bill.text(Text::kMdtrtId).empty()) {
      continue;
    }
    deliveries.push_back({reversal, some_update_time(), one_in(10)});
  }
  return deliveries;
}

// A twin of a bill, so that a reversal by amounts may find two.
void maybe_twin(std::vector<Delivery>& bills) {
  if (!one_in(3)) return;
  Delivery twin = bills.front();
  twin.settlement.setl_id = "S0";
  bills.push_back(twin);
}

// Each with an update time of its own, so that the last one is the same in any order.
std::vector<Record> some_records() {
  std::vector<Record> records;
  const std::int32_t count = below(4);
  for (std::int32_t i = 0; i < count; ++i) {
    Record& event = records.emplace_back();
    event.kind = one_in(3) ? RecordKind::kDecision : RecordKind::kPerson;
    event.record.psn_no = "P1";
    event.record.updt_time = {i};
    for (std::int32_t n = below(3); n > 0 && !one_in(3); --n) {
      HeldCategory held;
      held.category = pick({"dibao", "monitored", "tekun", "dibao_edge", "illness_poverty", "?"});
      held.from = one_in(4) ? thresholds::kNoStart : some_day();
      if (one_in(3)) held.until = held.from == thresholds::kNoStart ? some_day() : held.from + 90;
      event.record.categories.push_back(held);
    }
    for (std::int32_t n = below(3); n > 0; --n) {
      event.record.applications.push_back(some_day());
    }
  }
  return records;
}

// ---- orders of arrival

// Versions of one settlement with the same update time keep their order.
bool keep_order(const Event& a, const Event& b) {
  const auto* x = std::get_if<Delivery>(&a);
  const auto* y = std::get_if<Delivery>(&b);
  return x != nullptr && y != nullptr && x->settlement.setl_id == y->settlement.setl_id &&
         x->updt_time == y->updt_time;
}

std::vector<Event> shuffled(std::vector<Event> events) {
  std::vector<Event> result;
  while (!events.empty()) {
    auto at = static_cast<std::size_t>(below(static_cast<std::int32_t>(events.size())));
    for (std::size_t i = 0; i < at; ++i) {
      if (keep_order(events[i], events[at])) at = i;
    }
    result.push_back(events[at]);
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return result;
}

// Everything may come again, any time after it first came.
std::vector<Event> with_repeats(std::vector<Event> events) {
  for (std::int32_t n = below(5); n > 0; --n) {
    const std::int32_t from = below(static_cast<std::int32_t>(events.size()));
    const std::int32_t to = from + 1 + below(static_cast<std::int32_t>(events.size()) - from);
    const Event again = events[static_cast<std::size_t>(from)];
    events.insert(events.begin() + to, again);
  }
  return events;
}

// ---- three ways to the same accounts

struct Outcomes {
  std::map<std::pair<std::string, std::int32_t>, YearAccount> accounts;
  // "jixi 2026 burden-over-10000 by S1 on 2026-03-01, 12000.00, late"
  std::vector<std::string> standings;
};

Outcomes judged(const std::map<std::pair<std::string, std::int32_t>, YearAccount>& accounts,
                const PersonRecord* person, const PersonRecord* decision) {
  Outcomes outcomes{accounts, {}};
  for (const auto& [key, account] : outcomes.accounts) {
    const auto& [city_id, year] = key;
    const thresholds::CityRules& city = city_named(city_id);
    Calculator calculator(known_rules(), city, usual_figures());
    const Facts facts = make_facts(city, person, decision);
    YearAccount copy = account;
    for (const WarningStanding& s : WarningFold(calculator, facts, year, copy).standings()) {
      outcomes.standings.push_back(fmt::format(
          "{} {} {} by {} on {}, {}{}", city_id, year, s.rule->id, s.crossing.by.setl_id,
          to_string(s.crossing.day), to_string(s.amount), s.late ? ", late" : ""));
    }
  }
  return outcomes;
}

// One of the persons that share the store.
class Player {
 public:
  Player(Desk& desk, std::string psn_no) : desk_(desk), psn_no_(std::move(psn_no)) {}

  Outcome send(Delivery delivery) {
    delivery.settlement.psn_no = psn_no_;
    any_ = true;
    return desk_.send(delivery);
  }
  void send(RecordKind kind, PersonRecord record) {
    record.psn_no = psn_no_;
    any_ = true;
    desk_.send(kind, record);
  }
  void send(const Event& event) {
    if (const auto* delivery = std::get_if<Delivery>(&event)) {
      send(*delivery);
    } else {
      const auto& record = std::get<Record>(event);
      send(record.kind, record.record);
    }
  }
  Outcomes outcomes() {
    desk_.commit();
    if (!any_) return {};
    const PersonState state = desk_.person(psn_no_);
    return judged(desk_.accounts(psn_no_), state.person ? &*state.person : nullptr,
                  state.decision ? &*state.decision : nullptr);
  }

 private:
  Desk& desk_;
  std::string psn_no_;
  bool any_ = false;
};

struct Life {
  std::vector<Delivery> deliveries;
  std::vector<Record> records;

  [[nodiscard]] const PersonRecord* last(RecordKind kind) const {
    const PersonRecord* last = nullptr;
    for (const Record& event : records) {
      if (event.kind == kind) last = &event.record;
    }
    return last;
  }
};

Life some_life(const std::vector<std::string>& cities) {
  Life life;
  life.deliveries = some_bills(cities);
  maybe_twin(life.deliveries);
  for (Delivery& reversal : some_reversals(life.deliveries)) {
    life.deliveries.push_back(std::move(reversal));
  }
  life.records = some_records();
  return life;
}

std::vector<Settlement> live_settlements(const Life& life) {
  std::vector<Settlement> live;
  for (LedgerItem& item : settle(life.deliveries)) {
    if (item.counts) live.push_back(std::move(item.content));
  }
  std::sort(live.begin(), live.end(), earlier);
  return live;
}

// The batch: identity over all deliveries, then one fold per city.
Outcomes batch(const Life& life) {
  const std::vector<Settlement> live = live_settlements(life);
  const PersonRecord* person = life.last(RecordKind::kPerson);
  const PersonRecord* decision = life.last(RecordKind::kDecision);
  std::map<std::pair<std::string, std::int32_t>, YearAccount> accounts;
  for (const thresholds::CityRules& city : known_rules().cities) {
    std::vector<const Settlement*> of_city;
    for (const Settlement& settlement : live) {
      if (settlement.city == city.code) of_city.push_back(&settlement);
    }
    Calculator calculator(known_rules(), city, usual_figures());
    const Facts facts = make_facts(city, person, decision);
    for (auto& [year, account] : fold_all(calculator, facts, of_city, {}).years) {
      if (account != YearAccount()) accounts.emplace(std::pair(city.id, year), account);
    }
  }
  return judged(accounts, person, decision);
}

// Any order, with repeats and restarts; what was discarded comes again.
Outcomes messy_run(Desk& desk, const std::string& psn_no, const Life& life) {
  std::vector<Event> events(life.deliveries.begin(), life.deliveries.end());
  events.insert(events.end(), life.records.begin(), life.records.end());
  Player player(desk, psn_no);
  std::vector<Event> uncommitted;
  for (const Event& event : with_repeats(shuffled(events))) {
    player.send(event);
    uncommitted.push_back(event);
    switch (below(10)) {
      case 0:
        desk.restart();
        uncommitted.clear();
        break;
      case 1:
        desk.commit();
        uncommitted.clear();
        break;
      case 2:
        if (!one_in(10)) break;
        desk.reopen();
        uncommitted.clear();
        break;
      case 3:
        if (one_in(2)) must(desk.engine().flush());
        desk.discard();
        for (const Event& again : uncommitted)
          player.send(again);
        break;
      default:
        break;
    }
  }
  return player.outcomes();
}

// What is left of it all in computing order, after the records.
Outcomes clean_run(Desk& desk, const std::string& psn_no, const Life& life) {
  Player player(desk, psn_no);
  for (const RecordKind kind : {RecordKind::kPerson, RecordKind::kDecision}) {
    if (const PersonRecord* record = life.last(kind)) player.send(kind, *record);
  }
  for (const Settlement& settlement : live_settlements(life)) {
    RC_ASSERT(player.send({settlement, kNoTime, false}) == Outcome::kApplied);
    if (one_in(4)) desk.restart();
  }
  return player.outcomes();
}

// Some hundred bills of forty visits, with corrections and reversals, in any order.
std::pair<Life, std::vector<Event>> long_life() {
  Life life;
  for (int i = 0; i < 400; ++i) {
    Settlement settlement = some_bill("S" + std::to_string(i), kQuickCities);
    settlement.text(Text::kMdtrtId) = "V" + std::to_string(below(40));
    life.deliveries.push_back({settlement, kNoTime, one_in(50)});
    if (one_in(8)) {
      settlement.amount(Amount::kHifp) += Money{1 + below(100)};
      life.deliveries.push_back({settlement, some_update_time(), false});
    }
  }
  const std::vector<Delivery> bills = life.deliveries;
  for (int i = 0; i < 15; ++i) {
    for (Delivery& reversal : some_reversals(bills)) {
      reversal.settlement.setl_id += "-" + std::to_string(i);
      life.deliveries.push_back(std::move(reversal));
    }
  }
  life.records = some_records();
  std::vector<Event> events(life.deliveries.begin(), life.deliveries.end());
  events.insert(events.end(), life.records.begin(), life.records.end());
  return {life, with_repeats(shuffled(events))};
}

// So many bills that the person's ledger is held in memory.
TEST(Engine, APersonOfManyBillsIsNoException) {
  for (const unsigned seed : {1U, 2U}) {
    const auto [life, events] =
        rc::gen::exec(long_life)(rc::Random(seed), rc::kNominalSize).value();
    Desk desk;
    Player player(desk, "P1");
    for (std::size_t i = 0; i < events.size(); ++i) {
      player.send(events[i]);
      if (i % 40 == 39) desk.commit();
      if (i % 200 == 110) {  // forget the thirty events since the last commit
        desk.discard();
        for (std::size_t again = i - 30; again <= i; ++again)
          player.send(events[again]);
      }
    }
    const Outcomes messy = player.outcomes();
    const Outcomes at_once = batch(life);
    EXPECT_EQ(messy.standings, at_once.standings) << "seed " << seed;
    EXPECT_TRUE(messy.accounts == at_once.accounts) << "seed " << seed;
    EXPECT_EQ(desk.differences(), std::vector<std::string>()) << "seed " << seed;
    desk.reopen();
    EXPECT_EQ(desk.differences(), std::vector<std::string>()) << "seed " << seed;
  }
}

TEST(Engine, AnyOrderOfArrivalGivesTheAccountsOfTheSortedRunAndOfTheBatch) {
  Desk desk;
  int lives = 0;
  const bool same = rc::check("any order of arrival", [&] {
    const std::string number = std::to_string(++lives);
    const Life life = some_life(kQuickCities);
    const std::uint64_t refolds = desk.refolds();
    const Outcomes messy = messy_run(desk, "messy" + number, life);
    const bool refolded = desk.refolds() != refolds;
    const Outcomes at_once = batch(life);
    RC_ASSERT(messy.standings == at_once.standings);
    RC_ASSERT(messy.accounts == at_once.accounts);
    const std::uint64_t before_clean = desk.refolds();
    const Outcomes clean = clean_run(desk, "clean" + number, life);
    RC_ASSERT(desk.refolds() == before_clean);
    RC_ASSERT(clean.standings == at_once.standings);
    RC_ASSERT(clean.accounts == at_once.accounts);
    RC_CLASSIFY(!refolded, "never folded again");
    RC_CLASSIFY(!at_once.standings.empty(), "a rule holds");
    RC_CLASSIFY(at_once.accounts.size() > 2, "three years or more");
  });
  EXPECT_TRUE(same);
  EXPECT_EQ(desk.differences(), std::vector<std::string>());
}

// Warnings over twelve months in a row reach over New Year, so every bill has all years folded
// again, in order or not.
TEST(Engine, RulesThatSumBillsHoldWhateverTheOrderOfArrival) {
  Desk desk;
  int lives = 0;
  const bool same = rc::check("rules that sum bills", [&] {
    const std::string number = std::to_string(++lives);
    const Life life = some_life({"ganyu", "ganyu", "jixi"});
    const Outcomes at_once = batch(life);
    const Outcomes messy = messy_run(desk, "messy" + number, life);
    RC_ASSERT(messy.standings == at_once.standings);
    RC_ASSERT(messy.accounts == at_once.accounts);
    const Outcomes clean = clean_run(desk, "clean" + number, life);
    RC_ASSERT(clean.standings == at_once.standings);
    RC_ASSERT(clean.accounts == at_once.accounts);
    RC_CLASSIFY(
        std::any_of(at_once.standings.begin(), at_once.standings.end(),
                    [](const std::string& s) { return s.find("rolling-") != std::string::npos; }),
        "twelve months in a row");
  });
  EXPECT_TRUE(same);
  EXPECT_EQ(desk.differences(), std::vector<std::string>());
}

}  // namespace
}  // namespace yujing::monitor

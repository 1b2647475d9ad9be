#include "monitor/engine.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "monitor/flat_index.h"
#include "monitor/identity.h"
#include "monitor/recount.h"
#include "monitor/statistics.h"
#include "monitor/year_fold.h"

namespace yujing::monitor {

using thresholds::CityCode;
using thresholds::Result;

namespace {

struct City {
  const thresholds::CityRules* rules;
  std::unique_ptr<Calculator> calculator;
  bool folds_again;  // thresholds::CityRules::folds_again
};

// What the events since the last flush leave to do in one city of a person.
struct Pending {
  const City* city = nullptr;
  std::optional<Facts> facts;  // once they were needed
  bool fold_again = false;
  bool all_years = false;           // with fold_again: not only `years`
  std::vector<std::int32_t> years;  // to fold again, or to look at for alerts; ascending
  BeijingTime cause = kNoTime;      // the latest

  void touch(std::int32_t year) {
    const auto at = std::lower_bound(years.begin(), years.end(), year);
    if (at == years.end() || *at != year) years.insert(at, year);
  }
};

// Whether a year's alerts have to be looked at once it has changed: it has some, or may have.
bool may_have_alerts(const CityYear& year, const Facts& facts) {
  return !year.alerts.empty() || !year.account.warnings.crossings.empty() || !facts.turns.empty();
}

// So many persons are in hand at most who do not wait for the end of the batch.
constexpr std::size_t kFreeHandsMax = 256;

// A person taken into hand since the last flush.
struct Work {
  PersonState state;
  bool changed = false;
  std::vector<Pending> pending;  // by city code
};

}  // namespace

struct Engine::Impl {
  const thresholds::RuleBook& rules;
  const thresholds::Reference& reference;
  Store& store;
  AlertPort& alerts;
  std::map<CityCode, City> cities;
  // In hand: first those that wait for the flush, then the others; then some to be used again.
  std::vector<std::unique_ptr<Work>> works;
  std::size_t waiting = 0;
  std::size_t in_hand = 0;
  FlatIndex by_psn_no;  // of those in hand
  std::vector<AlertMessage> messages;
  Statistics statistics;
  std::uint64_t refolds = 0;
  // Of live(), for their memory.
  std::vector<Settlement> live_read;
  std::vector<const Settlement*> live_order;

  Impl(const thresholds::RuleBook& book, const thresholds::Reference& figures, Store& kept,
       AlertPort& port)
      : rules(book), reference(figures), store(kept), alerts(port) {
    for (const thresholds::CityRules& city : rules.cities) {
      cities.emplace(city.code, City{&city, std::make_unique<Calculator>(rules, city, reference),
                                     city.folds_again()});
    }
    store.forget_accounts();
  }

  Result<Work*> take(std::string_view psn_no);
  Pending& pending_of(Work& work, const City& city) const;
  static const Facts& facts_of(const Work& work, Pending& pending);

  Result<Outcome> apply(const Delivery& delivery);
  Result<bool> apply(RecordKind kind, const PersonRecord& record);

  void enter(Work& work, const Delivery& delivery);
  void move(Work& work, const std::vector<Movement>& movements, BeijingTime cause);
  void move(Work& work, const Settlement& settlement, bool alone, BeijingTime cause);
  bool move_on(Work& work, const Settlement& settlement, Pending& pending);
  void fold_all_again(Work& work, BeijingTime cause) const;
  Result<void> settle(Work& work);
  static bool waits_for_flush(Work& work);
  Result<void> put(Work& work);
  Result<void> let_go();
  Result<void> fold_again(Work& work, Pending& pending);
  Result<Book::Years> folded_years(Work& work, Pending& pending, bool all);
  template <class Wanted>
  Result<std::span<const Settlement* const>> live(const PersonState& state, CityCode city,
                                                  Wanted wanted);
  void look_for_alerts(Work& work, Pending& pending, std::int32_t year);
};

Engine::Engine(const thresholds::RuleBook& rules, const thresholds::Reference& reference,
               Store& store, AlertPort& alerts)
    : impl_(std::make_unique<Impl>(rules, reference, store, alerts)) {}
Engine::~Engine() = default;

Result<void> Engine::start() {
  Result<std::optional<std::string>> note = impl_->store.note(kStatisticsNote);
  if (!note) return tl::unexpected(std::move(note.error()));
  if (*note) impl_->statistics = decode_statistics(**note);
  return {};
}

Result<Outcome> Engine::apply(const Delivery& delivery) { return impl_->apply(delivery); }
Result<bool> Engine::apply(RecordKind kind, const PersonRecord& record) {
  return impl_->apply(kind, record);
}

Result<void> Engine::refold(std::string_view psn_no) {
  Result<Work*> work = impl_->take(psn_no);
  if (!work) return tl::unexpected(std::move(work.error()));
  impl_->fold_all_again(**work, kNoTime);
  return {};
}

Result<void> Engine::flush() {
  for (std::size_t i = 0; i < impl_->in_hand; ++i) {
    Result<void> done = impl_->put(*impl_->works[i]);
    if (!done) return done;
  }
  impl_->waiting = impl_->in_hand = 0;
  impl_->by_psn_no.clear();
  impl_->store.put_note(kStatisticsNote, encode_statistics(impl_->statistics));
  return {};
}

std::vector<AlertMessage> Engine::take_messages() { return std::exchange(impl_->messages, {}); }
const Statistics& Engine::statistics() const { return impl_->statistics; }
std::uint64_t Engine::refolds() const { return impl_->refolds; }

std::set<std::string> Engine::missing_figures() const {
  std::set<std::string> figures;
  for (const auto& [code, city] : impl_->cities) {
    for (const std::string& name : city.calculator->rule_years().missing_figures()) {
      figures.insert(city.rules->id + ": " + name);
    }
  }
  return figures;
}

// ---- the walk of one settlement

namespace {

BeijingTime cause_of(const Delivery& delivery) {
  return delivery.updt_time != kNoTime ? delivery.updt_time : delivery.settlement.setl_time;
}

}  // namespace

Result<Outcome> Engine::Impl::apply(const Delivery& delivery) {
  const Settlement& settlement = delivery.settlement;
  Result<Work*> taken = take(settlement.psn_no);
  if (!taken) return tl::unexpected(std::move(taken.error()));
  Work& work = **taken;
  IdMarks& known_ids = work.state.settlements;
  if (!known_ids.may_hold(settlement.setl_id) && stands_alone(work.state, settlement)) {
    enter(work, delivery);
    return Outcome::kApplied;
  }
  Result<std::optional<LedgerItem>> found = store.item(settlement.psn_no, settlement.setl_id);
  if (!found) return tl::unexpected(std::move(found.error()));
  const std::optional<LedgerItem>& before = *found;
  if (!before) {
    Result<bool> alone = stands_alone(store, work.state, settlement);
    if (!alone) return tl::unexpected(std::move(alone.error()));
    if (*alone) {
      enter(work, delivery);
      return Outcome::kApplied;
    }
    known_ids.add(settlement.setl_id);
  }

  const Verdict verdict = judge(before, delivery);
  const bool newly_void = delivery.is_void && !(before && before->is_void);
  const bool enters = verdict == Verdict::kNew || verdict == Verdict::kReplaces;
  const bool later = verdict == Verdict::kSame && delivery.updt_time > before->updt_time;
  const Outcome outcome = verdict == Verdict::kSame       ? Outcome::kDuplicate
                          : verdict == Verdict::kOutdated ? Outcome::kOutdated
                          : verdict == Verdict::kConflict ? Outcome::kConflict
                          : verdict == Verdict::kReplaces ? Outcome::kReplaced
                          : settlement.is_reversal()      ? Outcome::kReversed
                                                          : Outcome::kApplied;
  if (!enters && !newly_void && !later) return outcome;

  Entry entry;
  entry.kind = enters ? Entry::Kind::kEntered : Entry::Kind::kNoted;
  entry.seq = before ? before->next_seq : 0;
  entry.updt_time = enters || later ? delivery.updt_time : kNoTime;
  entry.is_void = delivery.is_void;
  if (enters) entry.content = settlement;
  if (!enters && !newly_void) {  // a later updt_time is remembered, nothing else changes
    store.put_entry(settlement.psn_no, settlement.setl_id, entry);
    return outcome;
  }
  LedgerItem after = before.value_or(LedgerItem());
  fold(after, entry);

  work.changed = work.changed || !before || after.content.is_reversal();  // marks and flags
  Result<std::vector<Movement>> movements =
      recount(store, work.state, before, after, std::move(entry));
  if (!movements) return tl::unexpected(std::move(movements.error()));
  move(work, *movements, cause_of(delivery));
  return outcome;
}

// What nothing is known of and nothing else has to do with: most bills.
void Engine::Impl::enter(Work& work, const Delivery& delivery) {
  const Settlement& settlement = delivery.settlement;
  work.state.settlements.add(settlement.setl_id);
  work.changed = true;
  const bool counts = !delivery.is_void;
  store.put_first(delivery, counts);
  if (counts) move(work, settlement, true, cause_of(delivery));
}

// ---- the accounts

void Engine::Impl::move(Work& work, const std::vector<Movement>& movements, BeijingTime cause) {
  const bool alone = movements.size() == 1 && movements.front().counts;
  for (const Movement& movement : movements)
    move(work, movement.content, alone, cause);
}

// A settlement starts or stops counting; `alone`: it starts, and is all that changes.
void Engine::Impl::move(Work& work, const Settlement& settlement, bool alone, BeijingTime cause) {
  const auto at = cities.find(settlement.city);
  if (at == cities.end()) return;  // a city no longer in use: its entries rest
  Pending& pending = pending_of(work, at->second);
  pending.cause = std::max(pending.cause, cause);
  const bool quick = alone && !pending.fold_again && !at->second.folds_again;
  if (quick && move_on(work, settlement, pending)) return;
  pending.fold_again = true;
  pending.touch(thresholds::year_of(at->second.calculator->bill(settlement).benefit_day));
}

// The quick way: a settlement that comes after all others moves the kept account on. False: it does
// not.
bool Engine::Impl::move_on(Work& work, const Settlement& settlement, Pending& pending) {
  const City& city = *pending.city;
  Calculator& calculator = *city.calculator;
  const Facts& facts = facts_of(work, pending);
  const Footing place = footing(calculator, facts, settlement);
  const CityCode code = city.rules->code;
  const std::int32_t year = thresholds::year_of(place.bill.benefit_day);
  const YearOf year_of = [&](std::int32_t y) -> YearAccount& {
    return work.state.year_of(code, y).account;
  };
  if (!in_order(place, year_of)) return false;
  // Both years are there now, so the references append() takes stay valid.
  const Totals before = work.state.year_of(code, year).account.totals;
  append(calculator, facts, place, year_of);
  statistics.replace(city.rules->id, before, work.state.year_of(code, year).account.totals);
  work.changed = true;
  pending.touch(year);
  return true;
}

void Engine::Impl::fold_all_again(Work& work, BeijingTime cause) const {
  for (const CityYear& year : work.state.years) {
    const auto at = cities.find(year.city);
    if (at == cities.end()) continue;
    Pending& pending = pending_of(work, at->second);
    pending.fold_again = pending.all_years = true;
    pending.cause = std::max(pending.cause, cause);
  }
}

// Whether the end of the batch has something to say of the person, or to find out.
bool Engine::Impl::waits_for_flush(Work& work) {
  return std::ranges::any_of(work.pending, [&](Pending& pending) {
    return pending.fold_again || std::ranges::any_of(work.state.years, [&](const CityYear& year) {
             return may_have_alerts(year, facts_of(work, pending));
           });
  });
}

// Writes into the store's batch what has become of the person.
Result<void> Engine::Impl::put(Work& work) {
  Result<void> settled = settle(work);
  if (settled && work.changed) store.put_person(work.state);
  return settled;
}

// Lets go of those that do not wait: few hands are in the processor's caches, those of a whole
// batch are not.
Result<void> Engine::Impl::let_go() {
  for (std::size_t i = waiting; i < in_hand; ++i) {
    const std::uint32_t hash = FlatIndex::hash(works[i]->state.psn_no);
    const auto number = static_cast<FlatIndex::Number>(i);
    if (waits_for_flush(*works[i])) {
      by_psn_no.replace(hash, number, static_cast<FlatIndex::Number>(waiting));
      std::swap(works[i], works[waiting++]);
      continue;
    }
    by_psn_no.remove(hash, number);
    Result<void> done = put(*works[i]);
    if (!done) return done;
  }
  in_hand = waiting;
  return {};
}

// Does what the events left to do: folds again where the quick way was not open, then looks for
// alerts.
Result<void> Engine::Impl::settle(Work& work) {
  for (Pending& pending : work.pending) {
    if (pending.fold_again) {
      Result<void> folded = fold_again(work, pending);
      if (!folded) return folded;
    }
    for (const std::int32_t year : pending.years)
      look_for_alerts(work, pending, year);
    std::erase_if(work.state.years, [&](const CityYear& known) {
      return known.city == pending.city->rules->code && known.account.totals.settlements == 0 &&
             known.account == YearAccount() && known.alerts.empty();
    });
  }
  return {};
}

// The other way: the touched years are folded from empty, or from where a book left off. Where
// applications let one year's account charge another year's settlements, or rules sum bills over
// years, all years of the city are. Leaves in `pending` the years it moved.
Result<void> Engine::Impl::fold_again(Work& work, Pending& pending) {
  ++refolds;
  const City& city = *pending.city;
  const CityCode code = city.rules->code;
  const bool all =
      pending.all_years || city.folds_again || !facts_of(work, pending).windows.empty();
  Result<Book::Years> folded = folded_years(work, pending, all);
  if (!folded) return tl::unexpected(std::move(folded.error()));
  if (all) {
    for (const auto& [year, account] : *folded)
      pending.touch(year);
    for (const CityYear& known : work.state.years) {
      if (known.city == code) pending.touch(known.year);
    }
  }
  for (const std::int32_t year : pending.years) {
    CityYear& kept = work.state.year_of(code, year);
    const Totals before = kept.account.totals;
    kept.account = std::move((*folded)[year]);
    statistics.replace(city.rules->id, before, kept.account.totals);
  }
  work.changed = true;
  return {};
}

// The accounts of the city's years as its settlements give them: the touched ones at least.
Result<Book::Years> Engine::Impl::folded_years(Work& work, Pending& pending, bool all) {
  Calculator& calculator = *pending.city->calculator;
  const CityCode code = pending.city->rules->code;
  const Facts& facts = facts_of(work, pending);
  Book* book = pending.city->folds_again ? nullptr : store.book(work.state.psn_no);
  if (book != nullptr) {
    return book->fold(code, [&](const Settlement& settlement, Book::Years& years) {
      append(calculator, facts, footing(calculator, facts, settlement),
             [&](std::int32_t year) -> YearAccount& { return years[year]; });
    });
  }
  Result<std::span<const Settlement* const>> wanted =
      live(work.state, code, [&](const Settlement& settlement) {
        return all ||
               std::binary_search(pending.years.begin(), pending.years.end(),
                                  thresholds::year_of(calculator.bill(settlement).benefit_day));
      });
  if (!wanted) return tl::unexpected(std::move(wanted.error()));
  return fold_all(calculator, facts, *wanted, {}).years;
}

// What counts of a person's settlements in a city and `wanted` says yes to, in computing order.
// Valid until the next call.
template <class Wanted>
Result<std::span<const Settlement* const>> Engine::Impl::live(const PersonState& state,
                                                              CityCode city, Wanted wanted) {
  constexpr std::size_t kKept = 4096;  // more is given back
  if (live_read.size() > kKept) live_read = {};
  std::size_t count = 0;
  Result<void> read = store.items(state.psn_no, [&](const LedgerItem& item) {
    if (!item.counts || item.content.city != city || !wanted(item.content)) return;
    if (count == live_read.size()) live_read.emplace_back();
    live_read[count++] = item.content;
  });
  if (!read) return tl::unexpected(std::move(read.error()));
  live_order.clear();
  for (std::size_t i = 0; i < count; ++i)
    live_order.push_back(&live_read[i]);
  std::ranges::sort(live_order, [](const auto* a, const auto* b) { return earlier(*a, *b); });
  return live_order;
}

void Engine::Impl::look_for_alerts(Work& work, Pending& pending, std::int32_t year) {
  const City& city = *pending.city;
  const Facts& facts = facts_of(work, pending);
  CityYear& kept = work.state.year_of(city.rules->code, year);
  if (!may_have_alerts(kept, facts)) return;
  const std::vector<WarningStanding> standings =
      WarningFold(*city.calculator, facts, year, kept.account).standings();
  if (kept.alerts.empty() && standings.empty()) return;
  const std::function<std::vector<Settlement>()> live_settlements = [&] {
    const auto all = live(work.state, city.rules->code, [](const Settlement&) { return true; });
    CHECK(all.has_value());  // the same range was read a moment ago
    std::vector<Settlement> settlements;
    settlements.reserve(all->size());
    for (const Settlement* settlement : *all)
      settlements.push_back(*settlement);
    return settlements;
  };
  std::vector<AlertState> alerts_now = kept.alerts;
  alerts.year_changed({work.state, facts, *city.calculator, year, kept.account, standings,
                       pending.cause, live_settlements},
                      alerts_now, messages);
  statistics.replace(city.rules->id, kept.alerts, alerts_now);
  kept.alerts = std::move(alerts_now);
}

// ---- persons

Result<Work*> Engine::Impl::take(std::string_view psn_no) {
  const std::uint32_t hash = FlatIndex::hash(psn_no);
  const auto known = by_psn_no.find(
      hash, [&](FlatIndex::Number number) { return works[number]->state.psn_no == psn_no; });
  if (known) return works[*known].get();
  if (in_hand - waiting == kFreeHandsMax) {
    Result<void> done = let_go();
    if (!done) return tl::unexpected(std::move(done.error()));
  }
  if (in_hand == works.size()) works.push_back(std::make_unique<Work>());
  Work& work = *works[in_hand];
  Result<bool> stored = store.person(psn_no, work.state);
  if (!stored) return tl::unexpected(std::move(stored.error()));
  by_psn_no.add(hash, static_cast<FlatIndex::Number>(in_hand));
  ++in_hand;
  work.pending.clear();
  work.changed = !*stored;
  if (!*stored) {
    work.state.begin(psn_no);
    ++statistics.persons;
  }
  return &work;
}

Pending& Engine::Impl::pending_of(Work& work, const City& city) const {
  const auto at =
      std::lower_bound(work.pending.begin(), work.pending.end(), city.rules->code,
                       [](const Pending& p, CityCode code) { return p.city->rules->code < code; });
  if (at != work.pending.end() && at->city == &city) return *at;
  Pending fresh;
  fresh.city = &city;
  return *work.pending.insert(at, std::move(fresh));
}

const Facts& Engine::Impl::facts_of(const Work& work, Pending& pending) {
  const PersonState& state = work.state;
  if (!pending.facts) {
    pending.facts = make_facts(*pending.city->rules, state.person ? &*state.person : nullptr,
                               state.decision ? &*state.decision : nullptr);
  }
  return *pending.facts;
}

Result<bool> Engine::Impl::apply(RecordKind kind, const PersonRecord& record) {
  Result<Work*> taken = take(record.psn_no);
  if (!taken) return tl::unexpected(std::move(taken.error()));
  Work& work = **taken;
  std::optional<PersonRecord>& kept =
      kind == RecordKind::kPerson ? work.state.person : work.state.decision;
  if (kept && record.updt_time < kept->updt_time) return false;
  if (kept && *kept == record) return true;
  const bool same = kept && kept->categories == record.categories &&
                    kept->applications == record.applications &&
                    kept->hukou_admdvs == record.hukou_admdvs;
  kept = record;
  work.changed = true;
  if (same) return true;
  for (Pending& pending : work.pending)
    pending.facts.reset();
  if (Book* book = store.book(record.psn_no)) book->forget_accounts();
  fold_all_again(work, record.updt_time);
  return true;
}

}  // namespace yujing::monitor

#include "monitor/engine.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

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
};

// What the events since the last flush leave to do in one city of a person.
struct Pending {
  bool fold_again = false;
  bool all_years = false;        // with fold_again: not only `years`
  std::set<std::int32_t> years;  // to fold again, or to look at for alerts
  BeijingTime cause = kNoTime;   // the latest
};

// A person taken into hand since the last flush.
struct Work {
  PersonState state;
  bool changed = false;
  std::map<CityCode, Facts> facts;
  std::map<CityCode, Pending> pending;
};

}  // namespace

struct Engine::Impl {
  const thresholds::RuleBook& rules;
  const thresholds::Reference& reference;
  Store& store;
  AlertPort& alerts;
  std::map<CityCode, City> cities;
  std::unordered_map<std::string, Work> works;
  std::vector<Work*> order;  // as they came: what a batch says never hangs on a hash
  std::vector<AlertMessage> messages;
  Statistics statistics;
  std::uint64_t refolds = 0;

  Impl(const thresholds::RuleBook& book, const thresholds::Reference& figures, Store& kept,
       AlertPort& port)
      : rules(book), reference(figures), store(kept), alerts(port) {
    for (const thresholds::CityRules& city : rules.cities) {
      cities.emplace(city.code, City{&city, std::make_unique<Calculator>(rules, city, reference)});
    }
  }

  Result<Work*> take(std::string_view psn_no);
  const Facts& facts_of(Work& work, const City& city);

  Result<Outcome> apply(const Delivery& delivery);
  Result<bool> apply(RecordKind kind, const PersonRecord& record);

  void move(Work& work, const std::vector<Movement>& movements, BeijingTime cause);
  bool move_on(Work& work, const City& city, const Settlement& settlement, Pending& pending);
  void fold_all_again(Work& work, BeijingTime cause) const;
  Result<void> settle(Work& work);
  Result<void> fold_again(Work& work, const City& city, Pending& pending);
  Result<std::vector<Settlement>> live(const PersonState& state, CityCode city);
  void look_for_alerts(Work& work, const City& city, std::int32_t year, BeijingTime cause);
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
  for (Work* work : impl_->order) {
    Result<void> settled = impl_->settle(*work);
    if (!settled) return settled;
    if (work->changed) impl_->store.put_person(work->state);
  }
  impl_->works.clear();
  impl_->order.clear();
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

Result<Outcome> Engine::Impl::apply(const Delivery& delivery) {
  const Settlement& settlement = delivery.settlement;
  Result<Work*> taken = take(settlement.psn_no);
  if (!taken) return tl::unexpected(std::move(taken.error()));
  Work& work = **taken;
  Result<std::optional<LedgerItem>> found = store.item(settlement.psn_no, settlement.setl_id);
  if (!found) return tl::unexpected(std::move(found.error()));
  const std::optional<LedgerItem>& before = *found;

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

  work.changed = work.changed || after.content.is_reversal();  // its flags
  Result<std::vector<Movement>> movements =
      recount(store, work.state, before, after, std::move(entry));
  if (!movements) return tl::unexpected(std::move(movements.error()));
  const BeijingTime cause =
      delivery.updt_time != kNoTime ? delivery.updt_time : settlement.setl_time;
  move(work, *movements, cause);
  return outcome;
}

// ---- the accounts

void Engine::Impl::move(Work& work, const std::vector<Movement>& movements, BeijingTime cause) {
  for (const Movement& movement : movements) {
    const auto at = cities.find(movement.content.city);
    if (at == cities.end()) continue;  // a city no longer in use: its entries rest
    const City& city = at->second;
    Pending& pending = work.pending[movement.content.city];
    pending.cause = std::max(pending.cause, cause);
    const bool alone = movements.size() == 1 && movement.counts;
    if (alone && !pending.fold_again && move_on(work, city, movement.content, pending)) continue;
    pending.fold_again = true;
    pending.years.insert(thresholds::year_of(city.calculator->bill(movement.content).benefit_day));
  }
}

// The quick way: a settlement that comes after all others moves the kept account on. False: it does
// not.
bool Engine::Impl::move_on(Work& work, const City& city, const Settlement& settlement,
                           Pending& pending) {
  Calculator& calculator = *city.calculator;
  const Facts& facts = facts_of(work, city);
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
  pending.years.insert(year);
  return true;
}

void Engine::Impl::fold_all_again(Work& work, BeijingTime cause) const {
  for (const CityYear& year : work.state.years) {
    if (!cities.contains(year.city)) continue;
    Pending& pending = work.pending[year.city];
    pending.fold_again = pending.all_years = true;
    pending.cause = std::max(pending.cause, cause);
  }
}

// Does what the events left to do: folds again where the quick way was not open, then looks for
// alerts.
Result<void> Engine::Impl::settle(Work& work) {
  for (auto& [code, pending] : work.pending) {
    const City& city = cities.at(code);
    if (pending.fold_again) {
      Result<void> folded = fold_again(work, city, pending);
      if (!folded) return folded;
    }
    for (const std::int32_t year : pending.years)
      look_for_alerts(work, city, year, pending.cause);
    std::erase_if(work.state.years, [&, city_code = code](const CityYear& known) {
      return known.city == city_code && known.account == YearAccount() && known.alerts.empty();
    });
  }
  return {};
}

// The other way: the touched years are folded from empty. Where applications let one year's account
// charge another year's settlements, all years of the city are. Leaves in `pending` the years it
// moved.
Result<void> Engine::Impl::fold_again(Work& work, const City& city, Pending& pending) {
  ++refolds;
  Calculator& calculator = *city.calculator;
  const CityCode code = city.rules->code;
  const Facts& facts = facts_of(work, city);
  Result<std::vector<Settlement>> settlements = live(work.state, code);
  if (!settlements) return tl::unexpected(std::move(settlements.error()));

  const bool all = pending.all_years || !facts.windows.empty();
  std::vector<const Settlement*> wanted;
  for (const Settlement& settlement : *settlements) {
    if (all ||
        pending.years.contains(thresholds::year_of(calculator.bill(settlement).benefit_day))) {
      wanted.push_back(&settlement);
    }
  }
  Folded folded = fold_all(calculator, facts, wanted, {});
  for (const auto& [year, account] : folded.years)
    pending.years.insert(year);
  if (all) {
    for (const CityYear& known : work.state.years) {
      if (known.city == code) pending.years.insert(known.year);
    }
  }
  for (const std::int32_t year : pending.years) {
    CityYear& kept = work.state.year_of(code, year);
    const Totals before = kept.account.totals;
    kept.account = std::move(folded.years[year]);
    statistics.replace(city.rules->id, before, kept.account.totals);
  }
  work.changed = true;
  return {};
}

Result<std::vector<Settlement>> Engine::Impl::live(const PersonState& state, CityCode city) {
  std::vector<Settlement> settlements;
  Result<void> read = store.items(state.psn_no, [&](const LedgerItem& item) {
    if (item.counts && item.content.city == city) settlements.push_back(item.content);
  });
  if (!read) return tl::unexpected(std::move(read.error()));
  std::sort(settlements.begin(), settlements.end(), earlier);
  return settlements;
}

void Engine::Impl::look_for_alerts(Work& work, const City& city, std::int32_t year,
                                   BeijingTime cause) {
  const Facts& facts = facts_of(work, city);
  CityYear& kept = work.state.year_of(city.rules->code, year);
  if (kept.alerts.empty() && kept.account.warnings.crossings.empty() && facts.turns.empty()) return;
  const std::vector<WarningStanding> standings =
      WarningFold(*city.calculator, facts, year, kept.account).standings();
  if (kept.alerts.empty() && standings.empty()) return;
  const std::function<std::vector<Settlement>()> live_settlements = [&] {
    Result<std::vector<Settlement>> settlements = live(work.state, city.rules->code);
    CHECK(settlements.has_value());  // the same range was read a moment ago
    return std::move(*settlements);
  };
  std::vector<AlertState> alerts_now = kept.alerts;
  alerts.year_changed(
      {work.state, facts, *city.calculator, year, kept.account, standings, cause, live_settlements},
      alerts_now, messages);
  statistics.replace(city.rules->id, kept.alerts, alerts_now);
  kept.alerts = std::move(alerts_now);
}

// ---- persons

Result<Work*> Engine::Impl::take(std::string_view psn_no) {
  const auto [at, fresh] = works.try_emplace(std::string(psn_no));
  Work& work = at->second;
  if (!fresh) return &work;
  Result<std::optional<PersonState>> state = store.person(psn_no);
  if (!state) {
    works.erase(at);
    return tl::unexpected(std::move(state.error()));
  }
  order.push_back(&work);  // elements of an unordered_map stay where they are
  if (*state) {
    work.state = std::move(**state);
  } else {
    work.state.psn_no = psn_no;
    work.changed = true;
    ++statistics.persons;
  }
  return &work;
}

const Facts& Engine::Impl::facts_of(Work& work, const City& city) {
  const auto at = work.facts.find(city.rules->code);
  if (at != work.facts.end()) return at->second;
  const PersonState& state = work.state;
  return work.facts
      .emplace(city.rules->code, make_facts(*city.rules, state.person ? &*state.person : nullptr,
                                            state.decision ? &*state.decision : nullptr))
      .first->second;
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
  work.facts.clear();
  fold_all_again(work, record.updt_time);
  return true;
}

}  // namespace yujing::monitor

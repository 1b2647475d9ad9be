#include "monitor/verify.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <fmt/format.h>

#include "monitor/identity.h"
#include "monitor/statistics.h"
#include "monitor/year_fold.h"

namespace yujing::monitor {

using thresholds::CityCode;
using thresholds::Result;

namespace {

class Verifier {
 public:
  Verifier(Store& store, const thresholds::RuleBook& rules, const thresholds::Reference& reference)
      : store_(store) {
    for (const thresholds::CityRules& city : rules.cities) {
      calculators_.emplace(city.code, std::make_unique<Calculator>(rules, city, reference));
    }
  }

  Result<void> check(const PersonState& state) {
    ++report_.persons;
    ++statistics_.persons;
    std::vector<LedgerItem> items;
    Result<void> read =
        store_.items(state.psn_no, [&](const LedgerItem& item) { items.push_back(item); });
    if (!read) return read;
    report_.settlements += items.size();
    check_counts(state, items);
    check_marks(state, items);
    std::set<CityCode> codes;
    for (const CityYear& year : state.years)
      codes.insert(year.city);
    for (const LedgerItem& item : items) {
      if (item.counts) codes.insert(item.content.city);
    }
    for (const CityCode code : codes)
      check_city(state, code, items);
    return {};
  }

  // Persons that have entries but no state would be passed over by a walk through the states.
  Result<void> check_owners() {
    std::string last;
    std::optional<thresholds::Error> error;
    Result<void> read =
        store_.entries({}, [&](std::string_view psn_no, std::string_view, const Entry&) {
          if (psn_no == last) return true;
          last = psn_no;
          Result<std::optional<PersonState>> state = store_.person(psn_no);
          if (!state) {
            error = std::move(state.error());
            return false;
          }
          if (!*state) differ(fmt::format("person {}: has ledger entries but no account", psn_no));
          return true;
        });
    if (error) return tl::unexpected(std::move(*error));
    return read;
  }

  Result<VerifyReport> finish() {
    Result<std::optional<std::string>> note = store_.note(kStatisticsNote);
    if (!note) return tl::unexpected(std::move(note.error()));
    Statistics kept = *note ? decode_statistics(**note) : Statistics();
    // What is kept of a city no longer in use rests, too.
    std::erase_if(kept.paid, [&](const auto& entry) { return !in_use(entry.first); });
    std::erase_if(kept.open_alerts, [&](const auto& entry) {
      return entry.second == 0 || !in_use(entry.first.first);
    });
    std::erase_if(kept.paid, [](const auto& entry) { return entry.second == Statistics::Paid(); });
    std::erase_if(statistics_.paid,
                  [](const auto& entry) { return entry.second == Statistics::Paid(); });
    if (kept != statistics_)
      differ("the statistics over the store differ from the sum of its persons");
    return std::move(report_);
  }

 private:
  [[nodiscard]] bool in_use(const std::string& city_id) const {
    return std::any_of(calculators_.begin(), calculators_.end(), [&](const auto& calculator) {
      return calculator.second->city().id == city_id;
    });
  }

  void differ(const std::string& what) {
    ++report_.difference_count;
    if (report_.differences.size() < kDifferencesMax) report_.differences.push_back(what);
  }

  void check_counts(const PersonState& state, const std::vector<LedgerItem>& items) {
    std::vector<LedgerItem> decided = items;
    decide_counts(decided);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (items[i].counts != decided[i].counts) {
        differ(fmt::format(
            "person {}, settlement {}: the ledger says it {}, its versions and reversals say it {}",
            state.psn_no, items[i].content.setl_id, items[i].counts ? "counts" : "does not count",
            decided[i].counts ? "does" : "does not"));
      }
    }
  }

  // An id without its mark would be taken for new when it comes again.
  void check_marks(const PersonState& state, const std::vector<LedgerItem>& items) {
    for (const LedgerItem& item : items) {
      const std::string& original = item.content.text(Text::kInitSetlId);
      const std::string& target = original.empty() && reverses_by_visit(item)
                                      ? item.content.text(Text::kMdtrtId)
                                      : original;
      if (state.settlements.may_hold(item.content.setl_id) &&
          (target.empty() || state.reversed.may_hold(target))) {
        continue;
      }
      differ(
          fmt::format("person {}, settlement {}: is in the ledger, the person's marks say it "
                      "is not",
                      state.psn_no, item.content.setl_id));
    }
  }

  void check_city(const PersonState& state, CityCode code, const std::vector<LedgerItem>& items) {
    const auto calculator = calculators_.find(code);
    if (calculator == calculators_.end()) return;  // a city no longer in use: its entries rest
    const thresholds::CityRules& city = calculator->second->city();
    const Facts facts = make_facts(city, state.person ? &*state.person : nullptr,
                                   state.decision ? &*state.decision : nullptr);
    std::vector<const Settlement*> live;
    for (const LedgerItem& item : items) {
      if (item.counts && item.content.city == code) live.push_back(&item.content);
    }
    std::sort(live.begin(), live.end(),
              [](const auto* a, const auto* b) { return earlier(*a, *b); });
    Folded folded = fold_all(*calculator->second, facts, live, {});
    for (const CityYear& year : state.years) {
      if (year.city == code) folded.years.try_emplace(year.year);
    }
    static const CityYear kNothing;
    for (auto& [number, account] : folded.years) {
      const CityYear* kept = state.find(code, number);
      if (kept == nullptr) kept = &kNothing;
      if (kept->account != account) {
        differ(fmt::format(
            "person {}, {} {}: the kept account is not the fold of the ledger (burden {} kept, {} "
            "folded)",
            state.psn_no, city.id, number,
            thresholds::to_string(kept->account.totals.after_insurance),
            thresholds::to_string(account.totals.after_insurance)));
      }
      check_alerts(state, *calculator->second, facts, number, account, kept->alerts);
      statistics_.replace(city.id, Totals(), account.totals);
      statistics_.replace(city.id, {}, kept->alerts);
    }
  }

  void check_alerts(const PersonState& state, Calculator& calculator, const Facts& facts,
                    std::int32_t year, YearAccount& account,
                    const std::vector<AlertState>& alerts) {
    std::set<std::string> holds;
    for (const WarningStanding& standing :
         WarningFold(calculator, facts, year, account).standings()) {
      holds.insert(standing.rule->id);
    }
    std::set<std::string> open;
    for (const AlertState& alert : alerts) {
      if (alert.open) open.insert(alert.rule);
    }
    if (holds == open) return;
    differ(
        fmt::format("person {}, {} {}: open alerts are not the rules that hold ({} open, {} hold)",
                    state.psn_no, calculator.city().id, year, open.size(), holds.size()));
  }

  Store& store_;
  std::map<CityCode, std::unique_ptr<Calculator>> calculators_;
  Statistics statistics_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify_store(Store& store, const thresholds::RuleBook& rules,
                                  const thresholds::Reference& reference,
                                  const std::function<void(std::uint64_t)>& progress) {
  Result<void> sound = store.verify_checksums();
  if (!sound) return tl::unexpected(std::move(sound.error()));
  Verifier verifier(store, rules, reference);
  std::uint64_t done = 0;
  std::optional<thresholds::Error> error;
  Result<void> read = store.persons({}, [&](const PersonState& state) {
    Result<void> checked = verifier.check(state);
    if (!checked) {
      error = std::move(checked.error());
      return false;
    }
    if (++done % 1024 == 0 && progress) progress(done);
    return true;
  });
  if (error) return tl::unexpected(std::move(*error));
  if (!read) return tl::unexpected(std::move(read.error()));
  Result<void> owners = verifier.check_owners();
  if (!owners) return tl::unexpected(std::move(owners.error()));
  return verifier.finish();
}

}  // namespace yujing::monitor

#include "alerts/lists/list_builder.h"

#include <algorithm>
#include <set>

#include "alerts/lists/list_heading.h"
#include "monitor/warnings.h"
#include "thresholds/result.h"

namespace yujing::alerts {

using monitor::LedgerItem;
using monitor::PersonState;
using monitor::Settlement;
using thresholds::CivilDay;

namespace {

void count(std::map<std::string, Undetermined>& undetermined, const std::set<std::string>& figures,
           const std::string& psn_no) {
  for (const auto& figure : figures) {
    Undetermined& found = undetermined[figure];
    ++found.persons;
    if (found.psn_nos.size() < kUndeterminedNamedMax) found.psn_nos.push_back(psn_no);
  }
}

std::vector<Settlement> live_in(const thresholds::CityRules& city,
                                const std::vector<LedgerItem>& items) {
  std::vector<Settlement> live;
  for (const LedgerItem& item : items) {
    if (item.counts && item.content.city == city.code) live.push_back(item.content);
  }
  std::ranges::sort(live, monitor::earlier);
  return live;
}

// The insured area of somebody without an alert: as the year's latest bill that names one says.
std::string latest_area(const History& history, const PersonState& state, std::int32_t year) {
  std::string area;
  for (const Dated& dated : history.all()) {
    if (thresholds::year_of(dated.benefit_day) != year) continue;
    const auto& said = dated.settlement.text(monitor::Text::kInsuAdmdvs);
    if (!said.empty()) area = said;
  }
  if (area.empty() && state.person) area = state.person->insu_admdvs;
  return list_area(area);
}

monitor::Facts facts_of(const thresholds::CityRules& city, const PersonState& state) {
  return monitor::make_facts(city, state.person ? &*state.person : nullptr,
                             state.decision ? &*state.decision : nullptr);
}

std::set<std::string> figures_to_judge(const ListedPerson& person, std::int32_t year) {
  std::vector<CivilDay> days;
  for (const Dated& dated : person.history.all()) {
    if (thresholds::year_of(dated.benefit_day) == year) days.push_back(dated.benefit_day);
  }
  std::set<std::string> missing;
  if (!days.empty()) {
    monitor::find_missing_lines(person.calculator, person.facts, year, days, missing);
  }
  return missing;
}

}  // namespace

ListBuilder::ListBuilder(const thresholds::RuleBook& book, const thresholds::Reference& reference,
                         const Month& month)
    : month_(month) {
  for (const thresholds::CityRules& rules : book.cities) {
    City& city = cities_.emplace_back();
    city.rules = &rules;
    city.calculator = std::make_unique<monitor::Calculator>(book, rules, reference);
    for (const auto& version : rules.versions) {
      // Figures may change within the year.
      for (const auto day : {thresholds::first_of_year(month.year()), month.last}) {
        const auto& lines = city.calculator->rule_years().of(version, day).lines;
        if (std::ranges::any_of(lines, [](const auto& line) { return line.missing; })) {
          city.lines_missing = true;
        }
      }
    }
  }
}

bool ListBuilder::must_be_judged(const City& city, const PersonState& state) const {
  if (!city.lines_missing) return false;
  const auto* const year = state.find(city.rules->code, month_.year());
  return year != nullptr && year->account.totals.settlements > 0;
}

void ListBuilder::note_sources(City& city, const PersonState& state) {
  bool known_here = false;
  for (const auto& year : state.years) {
    if (year.city != city.rules->code) continue;
    known_here = true;
    auto& newest = city.knowledge.newest_settlement;
    if (!year.account.warnings.last.setl_id.empty()) {
      newest = std::max(newest, year.account.warnings.last.setl_time);
    }
  }
  if (state.person &&
      (known_here || thresholds::city_code(state.person->insu_admdvs) == city.rules->code)) {
    auto& newest = city.knowledge.newest_person;
    newest = std::max(newest, state.person->updt_time);
  }
  if (state.decision && known_here) {
    auto& newest = city.knowledge.newest_decision;
    newest = std::max(newest, state.decision->updt_time);
  }
}

bool ListBuilder::meet(const PersonState& state) {
  CHECK(psn_nos_.empty() || psn_nos_.back() < state.psn_no);
  bool needed = false;
  bool known = false;
  for (City& city : cities_) {
    note_sources(city, state);
    needed = needed || must_be_judged(city, state);
    if (!may_be_listed(state, city.rules->code, month_)) continue;
    if (!known) psn_nos_.push_back(state.psn_no);
    known = true;
    city.listed.push_back(static_cast<std::uint32_t>(psn_nos_.size() - 1));
  }
  return needed;
}

void ListBuilder::judge(const PersonState& state, const std::vector<LedgerItem>& items) {
  for (City& city : cities_) {
    if (!must_be_judged(city, state)) continue;
    const History history(*city.calculator, live_in(*city.rules, items));
    const auto facts = facts_of(*city.rules, state);
    const auto unjudged =
        figures_to_judge({state, facts, *city.calculator, history}, month_.year());
    if (unjudged.empty()) continue;
    count(city.gaps[latest_area(history, state, month_.year())].unjudged, unjudged, state.psn_no);
  }
}

std::vector<ListRow> ListBuilder::rows(std::size_t city_index, const PersonState& state,
                                       const std::vector<LedgerItem>& items) {
  City& city = cities_[city_index];
  const History history(*city.calculator, live_in(*city.rules, items));
  const auto facts = facts_of(*city.rules, state);
  std::set<std::string> missing;
  auto rows = list_rows({state, facts, *city.calculator, history}, month_, missing);
  std::set<std::string> counted_in;
  for (ListRow& row : rows) {
    row.area = list_area(row.area);
    if (row.due_incomplete && counted_in.insert(row.area).second) {
      count(city.gaps[row.area].uncomputed, missing, state.psn_no);
    }
  }
  return rows;
}

}  // namespace yujing::alerts

#include "alerts/lists/list_builder.h"

#include <algorithm>
#include <set>

#include "alerts/lists/list_heading.h"
#include "monitor/warnings.h"

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
      const auto& lines = city.calculator->rule_years().of(version, month.year()).lines;
      if (std::ranges::any_of(lines, [](const auto& line) { return line.missing; })) {
        city.lines_missing = true;
      }
    }
  }
}

bool ListBuilder::concerns(const City& city, const PersonState& state) const {
  if (city.lines_missing) {
    const auto* const year = state.find(city.rules->code, month_.year());
    if (year != nullptr && year->account.totals.settlements > 0) return true;
  }
  return may_be_listed(state, city.rules->code, month_);
}

bool ListBuilder::needs_settlements(const PersonState& state) {
  bool needed = false;
  for (City& city : cities_) {
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
    needed = needed || concerns(city, state);
  }
  return needed;
}

void ListBuilder::add(const PersonState& state, const std::vector<LedgerItem>& items) {
  for (City& city : cities_) {
    if (!concerns(city, state)) continue;
    add_to(city, state, History(*city.calculator, live_in(*city.rules, items)));
  }
}

void ListBuilder::add_to(City& city, const PersonState& state, const History& history) const {
  const monitor::Facts facts =
      monitor::make_facts(*city.rules, state.person ? &*state.person : nullptr,
                          state.decision ? &*state.decision : nullptr);
  const ListedPerson person{state, facts, *city.calculator, history};
  std::set<std::string> missing;
  std::set<std::string> counted_in;
  for (ListRow& row : list_rows(person, month_, missing)) {
    const std::string key = list_area(row.area);
    AreaRows& area = city.areas[key];
    if (row.due_incomplete && counted_in.insert(key).second) {
      count(area.uncomputed, missing, state.psn_no);
    }
    area.rows.push_back(std::move(row));
  }
  if (!city.lines_missing) return;
  const auto unjudged = figures_to_judge(person, month_.year());
  if (unjudged.empty()) return;
  count(city.areas[latest_area(history, state, month_.year())].unjudged, unjudged, state.psn_no);
}

}  // namespace yujing::alerts

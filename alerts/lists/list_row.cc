#include "alerts/lists/list_row.h"

#include <algorithm>

#include "alerts/applications/permission.h"
#include "alerts/counterfactual.h"
#include "monitor/year_fold.h"

namespace yujing::alerts {

using monitor::CityYear;
using monitor::WarningStanding;
using thresholds::BeijingTime;
using thresholds::Money;
using thresholds::Payer;

namespace {

// An account of another year is listed in the month in which its line was crossed: by a late bill.
bool fits(std::int32_t year, BeijingTime crossed_at, const Month& month) {
  const auto day = thresholds::day_of(crossed_at);
  return year == month.year() ? day <= month.last : month.contains(day);
}

// A settlement crosses when it is made, a category on the day on which it begins or has ended.
BeijingTime crossed_at(const WarningStanding& standing, const Dated* settlement) {
  const auto& crossing = standing.crossing;
  if (settlement != nullptr && settlement->benefit_day == crossing.day) {
    return crossing.by.setl_time;
  }
  return std::max(crossing.by.setl_time, thresholds::start_of(crossing.day));
}

Money paid(const monitor::Totals& totals, Payer payer) {
  return totals.paid[static_cast<std::size_t>(payer)];
}

void take_totals(const monitor::Totals& totals, ListRow& row) {
  row.medfee = totals.medfee;
  row.basic = paid(totals, Payer::kHifp);
  row.critical = paid(totals, Payer::kHifmi) + paid(totals, Payer::kHifob);
  row.other = paid(totals, Payer::kCvlserv) + paid(totals, Payer::kHifes) +
              paid(totals, Payer::kHifdm) + paid(totals, Payer::kOth);
  row.due = totals.assistance_due;
  row.paid = totals.assistance_paid();
}

// What the rule watches; where it watches for a payment, the burden beside it.
Money burden(const monitor::YearAccount& account, const WarningStanding& standing) {
  const bool payment = standing.rule->measure == thresholds::Measure::kCriticalIllnessStarted;
  return payment ? account.totals.watched : standing.amount;
}

std::string area_of(const ListedPerson& person, const Dated* crossing) {
  if (crossing != nullptr) {
    const auto& area = crossing->settlement.text(monitor::Text::kInsuAdmdvs);
    if (!area.empty()) return area;
  }
  return person.state.person ? person.state.person->insu_admdvs : std::string();
}

// Whether something due in the year cannot be computed, and for want of which figures.
bool lacks_figures(const ListedPerson& person, std::int32_t year, std::set<std::string>& missing) {
  std::set<std::string> found;
  monitor::FoldOptions options;
  options.missing = &found;
  const auto settlements = person.history.of_all_years();
  const auto folded = monitor::fold_all(person.calculator, person.facts, settlements, options);
  if (found.empty() || !folded.years.contains(year)) return false;
  missing.insert(found.begin(), found.end());
  return true;
}

// What an application made on the day of the crossing would bring, for somebody who may still make
// one: the same figure as in the alert's message.
void take_application(const ListedPerson& person, const Month& month, thresholds::CivilDay crossing,
                      ListRow& row) {
  const thresholds::CityRules& city = person.calculator.city();
  row.may_apply = invites_application(city, person.facts, month.last);
  if (!row.may_apply) return;
  row.after_application = suppose_application(person.calculator, {.policy = *row.policy,
                                                                  .history = person.history,
                                                                  .year = row.year,
                                                                  .resident = person.facts.resident,
                                                                  .application = crossing});
  if (const auto earliest = person.history.earliest_benefit_day(row.year)) {
    row.apply_until = application_covers_until(city, *earliest);
  }
}

ListRow make_row(const ListedPerson& person, const CityYear& year, const WarningStanding& standing,
                 const Dated* crossing, BeijingTime at, const Month& month) {
  ListRow row;
  row.psn_no = person.state.psn_no;
  row.year = year.year;
  row.is_new = month.contains(thresholds::day_of(at));
  row.area = area_of(person, crossing);
  row.category = standing.crossing.category;
  row.policy = standing.policy;
  row.rule = standing.rule;
  if ((person.facts.held(standing.crossing.day) & standing.rule->back_into_poverty) != 0) {
    row.type = WarningType::kBackIntoPoverty;
  }
  if (standing.has_line) row.line = standing.line;
  row.burden = burden(year.account, standing);
  row.crossed_by = standing.crossing.by.setl_id;
  row.crossed_at = at;
  row.late = standing.late;
  take_totals(year.account.totals, row);
  take_application(person, month, thresholds::day_of(standing.crossing.by.setl_time), row);
  return row;
}

bool is_open(const CityYear& year, const std::string& rule) {
  return std::ranges::any_of(year.alerts,
                             [&](const auto& alert) { return alert.open && alert.rule == rule; });
}

}  // namespace

bool may_be_listed(const monitor::PersonState& state, thresholds::CityCode city,
                   const Month& month) {
  return std::ranges::any_of(state.years, [&](const CityYear& year) {
    return year.city == city && std::ranges::any_of(year.alerts, [&](const auto& alert) {
             return alert.open && fits(year.year, alert.by.setl_time, month);
           });
  });
}

std::vector<ListRow> list_rows(const ListedPerson& person, const Month& month,
                               std::set<std::string>& missing) {
  std::vector<ListRow> rows;
  for (const CityYear& year : person.state.years) {
    if (year.city != person.calculator.city().code || year.alerts.empty()) continue;
    CityYear kept = year;  // the fold reads it through a reference it may write to
    const monitor::WarningFold watch(person.calculator, person.facts, year.year, kept.account);
    for (const WarningStanding& standing : watch.standings()) {
      if (!is_open(year, standing.rule->id)) continue;
      const Dated* const crossing = person.history.find(standing.crossing.by);
      const BeijingTime at = crossed_at(standing, crossing);
      if (!fits(year.year, at, month)) continue;
      rows.push_back(make_row(person, year, standing, crossing, at, month));
      rows.back().due_incomplete = lacks_figures(person, year.year, missing);
    }
  }
  return rows;
}

}  // namespace yujing::alerts

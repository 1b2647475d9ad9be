#include "monitor/facts.h"

#include <algorithm>
#include <set>

namespace yujing::monitor {

using thresholds::CategorySet;

CategorySet Facts::held(CivilDay day, bool from_next_month) const {
  CategorySet set = 0;
  for (const Held& held : from_next_month ? deferred : plain) {
    if (held.from <= day && day <= held.until) set |= CategorySet{1} << held.category;
  }
  return set;
}

namespace {

void add_categories(const thresholds::CityRules& city, const PersonRecord& record, Facts& facts,
                    std::set<CivilDay>& turns) {
  for (const HeldCategory& held : record.categories) {
    if (held.from != thresholds::kNoStart) turns.insert(held.from);
    if (held.until != thresholds::kNoEnd) turns.insert(held.until + 1);
    const auto bit = city.category_bit(held.category);
    if (!bit) continue;
    facts.plain.push_back({*bit, held.from, held.until});
    Held deferred{*bit, held.from, held.until};
    if (held.from != thresholds::kNoStart)
      deferred.from = thresholds::first_of_next_month(held.from);
    if (held.until != thresholds::kNoEnd) deferred.until = thresholds::last_of_month(held.until);
    facts.deferred.push_back(deferred);
  }
}

}  // namespace

Facts make_facts(const thresholds::CityRules& city, const PersonRecord* person,
                 const PersonRecord* decision) {
  Facts facts;
  std::set<CivilDay> turns;
  std::set<CivilDay> applications;
  for (const PersonRecord* record : {person, decision}) {
    if (record == nullptr) continue;
    add_categories(city, *record, facts, turns);
    applications.insert(record->applications.begin(), record->applications.end());
  }
  facts.turns.assign(turns.begin(), turns.end());
  // Of several applications in one calendar year only the first counts; one made on a day without a
  // version in force, or under a version that knows no application, is as if never made.
  for (const CivilDay day : applications) {
    const thresholds::Policy* policy = city.in_force(day);
    if (policy == nullptr || !policy->application) continue;
    if (!facts.windows.empty() && facts.windows.back().year == thresholds::year_of(day)) continue;
    facts.windows.push_back(window_of(*policy, day));
  }
  for (const PersonRecord* record : {person, decision}) {
    if (record != nullptr && !record->hukou_admdvs.empty()) {
      facts.resident = thresholds::city_code(record->hukou_admdvs) == city.code;
      break;
    }
  }
  return facts;
}

const thresholds::CityRules* certified_elsewhere(const thresholds::RuleBook& rules,
                                                 const HeldCategory& held) {
  if (held.certified_by.empty()) return nullptr;
  const thresholds::CityRules* elsewhere = nullptr;
  for (const thresholds::CityRules& city : rules.cities) {
    const auto bit = city.category_bit(held.category);
    if (!bit) continue;
    const auto& offices = city.categories[*bit].certified_by;
    if (offices.empty() ||
        std::find(offices.begin(), offices.end(), held.certified_by) != offices.end()) {
      return nullptr;
    }
    if (elsewhere == nullptr) elsewhere = &city;
  }
  return elsewhere;
}

Window window_of(const thresholds::Policy& policy, CivilDay application) {
  const thresholds::ApplicationRule& rule = *policy.application;
  Window window;
  window.application = application;
  window.policy = &policy;
  window.year = thresholds::year_of(application);
  switch (rule.start) {
    case thresholds::ApplicationRule::WindowStart::kSameDay:
      window.from = thresholds::months_before(application, rule.months);
      break;
    case thresholds::ApplicationRule::WindowStart::kFirstOfMonth:
      window.from = thresholds::first_of_month(thresholds::months_before(application, rule.months));
      break;
    case thresholds::ApplicationRule::WindowStart::kFirstOfYear:
      window.from = thresholds::first_of_year(window.year);
      break;
    case thresholds::ApplicationRule::WindowStart::kFirstOfLastYear:
      window.from = thresholds::first_of_year(window.year - 1);
      break;
  }
  switch (rule.end) {
    case thresholds::ApplicationRule::WindowEnd::kYearEnd:
      window.until = thresholds::last_of_year(window.year);
      break;
    case thresholds::ApplicationRule::WindowEnd::kApplicationDay:
      window.until = application;
      break;
    case thresholds::ApplicationRule::WindowEnd::kLastYearEnd:
      window.until = thresholds::last_of_year(window.year - 1);
      break;
  }
  return window;
}

std::uint8_t first_category(const thresholds::Policy& policy, CategorySet held) {
  for (const thresholds::Tier& tier : policy.tiers) {
    if ((tier.category_set & held) == 0) continue;
    for (const std::uint8_t bit : tier.categories) {
      if ((held >> bit & 1U) != 0) return bit;
    }
  }
  return kNoBit;
}

}  // namespace yujing::monitor

// What stands beside a list so that it can be checked: what every figure means and which article it
// comes from, and what the list knows and does not. Pure texts; the workbook lays them out.
#pragma once

#include <compare>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "alerts/lists/list_builder.h"
#include "alerts/lists/list_heading.h"
#include "monitor/rule_years.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::alerts {

// One line: what, what about it, by which article. Without `text` it opens a section.
struct Explained {
  std::string what;
  std::string text;
  std::string cite;
};

// A version as it is applied to the accounts of a year.
struct AppliedRules {
  std::int32_t year = 0;
  const thresholds::Policy* policy = nullptr;  // borrowed
  auto operator<=>(const AppliedRules&) const = default;
};
// What a list of this month speaks of: the versions in force on a day of the year up to the month's
// end, and what is in `used`, the rules of its rows.
[[nodiscard]] std::vector<AppliedRules> applied_rules(const ListHeading& heading,
                                                      const std::set<AppliedRules>& used);
// The offices to which any of the city's versions sends warnings in the month's year, by code.
[[nodiscard]] std::vector<std::string> receiving_offices(const thresholds::CityRules& city,
                                                         const Month& month);

// Sheet 数字说明: the columns, the warning rules of this office, the tiers, the application.
[[nodiscard]] std::vector<Explained> explain_figures(const ListHeading& heading,
                                                     std::span<const AppliedRules> rules,
                                                     monitor::RuleYears& rule_years);

// What a list knows of its sources.
struct ListSources {
  std::string position;  // as the monitor wrote it; "" none
  CityKnowledge knowledge;
  bool contacts_asked = false;  // a persons file is configured
  std::uint64_t contacts_found = 0;
  std::uint64_t persons = 0;  // in the list
  std::uint64_t rows = 0;
  std::uint64_t rows_new = 0;
  std::uint32_t correction = kFirstIssue;
  std::string replaces;  // of a correction: file name of the list before it, without an ending
};

// Sheet 数据范围.
[[nodiscard]] std::vector<Explained> explain_sources(const ListHeading& heading,
                                                     std::span<const AppliedRules> rules,
                                                     const ListSources& sources,
                                                     const AreaGaps& gaps,
                                                     const thresholds::Reference& reference);

}  // namespace yujing::alerts

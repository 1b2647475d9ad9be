// A city's warning rules against one person's year, for people and as JSON: which hold, since which
// bill, and of those that do not, what stood in the way and how far it was. Chinese, plain text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/why_not.h"
#include "app/payout_case.h"

namespace yujing::app {

struct YearWarnings {
  std::int32_t year = 0;
  std::vector<alerts::RuleFinding> rules;  // by id; borrow from the case result
  std::size_t excluded = 0;                // settlements of kinds that count for no burden
  thresholds::Money excluded_burden;
  std::size_t cancelled = 0;  // settlements that were reversed or declared void
};

// Every year with a settlement, and `year` where it is given; in order. The result has to stay
// where it is.
[[nodiscard]] std::vector<YearWarnings> judge_years(const CaseResult& result,
                                                    const thresholds::RuleBook& book,
                                                    const thresholds::Reference& reference,
                                                    std::optional<std::int32_t> year);

// A line per rule, each indented by two blanks and ended.
[[nodiscard]] std::string rule_lines(const thresholds::CityRules& city, const YearWarnings& year);

// The part of the page about one rule: what it asks, what came of it, and when. REQUIRES: the year
// knows the rule.
[[nodiscard]] std::string rule_page(const CaseResult& result, const YearWarnings& year,
                                    std::string_view rule);

// The year's rules as JSON objects, `,` between them; with the moments when `rule` names one, which
// then is the only one.
void append_rules(std::string& out, const thresholds::CityRules& city, const YearWarnings& year,
                  std::string_view rule);

}  // namespace yujing::app

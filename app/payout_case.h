// One payout case computed: the settlements that count, in computing order, with what each came to.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/case_codec.h"
#include "monitor/identity.h"
#include "monitor/premium.h"
#include "monitor/year_fold.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::app {

struct CaseWarning {
  std::int32_t year = 0;
  monitor::WarningStanding standing;
};

// Holds the settlements its bills point to: movable, not copyable.
struct CaseResult {
  const thresholds::CityRules* city = nullptr;
  monitor::Facts facts;
  std::vector<monitor::LedgerItem> items;
  monitor::Folded folded;             // with bills
  std::vector<CaseWarning> warnings;  // by year, rule
  bool premium_asked = false;
  std::optional<thresholds::Money> premium_subsidy;
  monitor::Steps premium_steps;
  bool deposit_waiver = false;
  std::set<std::string> missing;

  CaseResult() = default;
  CaseResult(CaseResult&&) = default;
  CaseResult& operator=(CaseResult&&) = default;
};

// Folds one person's settlements in one city: `items` of any state and city 0 or the city's; only
// those that count and belong to it are taken.
[[nodiscard]] CaseResult fold_person(const thresholds::CityRules& city,
                                     const thresholds::RuleBook& book,
                                     const thresholds::Reference& reference, monitor::Facts facts,
                                     std::vector<monitor::LedgerItem> items, bool with_steps);

// `reference` is used where the case brings none of its own.
[[nodiscard]] CaseResult compute_case(const consumer::PayoutCase& payout_case,
                                      const thresholds::RuleBook& book,
                                      const thresholds::Reference& reference, bool with_steps);

// The result as its JSON line (with the newline), and the line of a case that cannot be computed.
// With steps: every settlement also lists `steps`, where they were asked for. `rules`, unless it is
// empty, is written as it is: why each warning rule holds or not (warning_page.h).
void append_result(std::string& out, const std::string& case_id_json, const CaseResult& result,
                   std::string_view rules = {});
void append_error(std::string& out, const consumer::CaseError& error);

}  // namespace yujing::app

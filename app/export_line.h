// The lines of `yujing export`: totals, alerts, ledger entries as JSON (keys and their order are a
// contract: docs, "Exports"). Pure.
#pragma once

#include <string>

#include "monitor/ledger.h"
#include "monitor/person_state.h"
#include "thresholds/policy.h"

namespace yujing::app {

// One person's years of one city each, sorted for output: by year, then city id. Years of cities
// that the book does not know come back in `unknown` instead.
struct ExportYear {
  const monitor::CityYear* year = nullptr;
  const thresholds::CityRules* city = nullptr;
};
struct ExportYears {
  std::vector<ExportYear> years;
  std::vector<thresholds::CityCode> unknown;
};
[[nodiscard]] ExportYears export_years(const thresholds::RuleBook& book,
                                       const monitor::PersonState& person);

// Appends one line; nothing where no settlement of the year is live.
void append_totals(std::string& out, std::string_view psn_no, const ExportYear& year);

// Appends a line per rule that was ever sent for the year.
void append_alerts(std::string& out, std::string_view psn_no, const ExportYear& year);

// Appends the entry with all content that is not empty. `book` names its city; one it does not know
// is given by its code.
void append_entry(std::string& out, const thresholds::RuleBook& book, std::string_view psn_no,
                  std::string_view setl_id, const monitor::Entry& entry);

// What a rule measures over the year as it stands. `fallback` where the city's rules no longer have
// it.
[[nodiscard]] thresholds::Money measure_now(const thresholds::CityRules& city,
                                            const std::string& rule,
                                            const monitor::YearAccount& account,
                                            thresholds::Money fallback);

}  // namespace yujing::app

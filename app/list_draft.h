// A monthly list while it is made: its spreadsheet and its CSV file, row by row, with what has to
// be said of the rows once they are all there.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>

#include "alerts/lists/list_csv.h"
#include "alerts/lists/list_explanation.h"
#include "alerts/lists/list_workbook.h"
#include "app/output.h"
#include "thresholds/result.h"

namespace yujing::app {

class ListDraft {
 public:
  // `path`: of both files, without an ending. Errors: kUnavailable.
  [[nodiscard]] static thresholds::Result<ListDraft> create(alerts::ListHeading heading,
                                                            const std::string& path,
                                                            std::string_view note);

  // Rows come by psn_no, year, rule. `cells`: room for one row's. Errors: kUnavailable.
  [[nodiscard]] thresholds::Result<void> add(const alerts::ListRow& row,
                                             const alerts::Contact* contact,
                                             std::span<alerts::ListCell> cells);
  // No more rows: the CSV file is whole. Errors: kUnavailable.
  [[nodiscard]] thresholds::Result<void> end_rows();
  // The spreadsheet is whole too. Errors as ListWorkbook::finish.
  [[nodiscard]] thresholds::Result<void> finish(const alerts::ListWorkbook::OtherSheets& sheets);

  [[nodiscard]] const alerts::ListHeading& heading() const { return heading_; }
  [[nodiscard]] const std::string& csv_path() const { return csv_path_; }
  // The rules of the rows.
  [[nodiscard]] const std::set<alerts::AppliedRules>& rules() const { return rules_; }
  struct Counts {
    std::uint64_t rows = 0;
    std::uint64_t rows_new = 0;
    std::uint64_t may_apply = 0;  // rows
    std::uint64_t persons = 0;
    std::uint64_t contacts_found = 0;
  };
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  ListDraft(alerts::ListHeading heading, alerts::ListWorkbook workbook, Output csv,
            std::string csv_path);

  alerts::ListHeading heading_;
  alerts::ListWorkbook workbook_;
  Output csv_;
  std::string csv_path_;
  std::set<alerts::AppliedRules> rules_;
  Counts counts_;
  std::string last_psn_no_;
  std::int32_t last_year_ = 0;
};

}  // namespace yujing::app

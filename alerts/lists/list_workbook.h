// A monthly list as a spreadsheet: the list itself, then 数字说明, 数据范围 and, of a list issued
// again, 更正说明. Rows go straight to the file; memory does not grow with them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "alerts/lists/list_column.h"
#include "alerts/lists/list_explanation.h"
#include "alerts/workbook.h"
#include "thresholds/result.h"

namespace yujing::alerts {

class ListWorkbook {
 public:
  // `note`: at the foot of every printed page. Errors as Workbook::add_sheet.
  [[nodiscard]] static thresholds::Result<ListWorkbook> create(std::string path,
                                                               const ListHeading& heading,
                                                               std::string_view note);

  // `cells`: as list_columns(). `summed`: whether its amounts go into the totals (a person's year
  // is counted once).
  enum class Totals : std::uint8_t { kCounted, kSeenBefore };
  void add(std::span<const ListCell> cells, Totals totals);

  // Writes the totals and the other sheets. Errors as Workbook::close and add_sheet.
  struct OtherSheets {
    std::span<const Explained> figures;
    std::span<const Explained> sources;
    std::uint32_t correction = kFirstIssue;
    std::span<const Explained> corrected = {};  // of a correction
  };
  [[nodiscard]] thresholds::Result<void> finish(const OtherSheets& sheets);

 private:
  ListWorkbook(Workbook book, Sheet& list, std::string title, std::string_view note);
  void write_headings();
  void write_totals();
  [[nodiscard]] thresholds::Result<void> write_explained(
      std::string_view name, std::span<const Explained> lines,
      std::span<const std::string_view> headings);

  Workbook book_;
  Sheet* list_;  // of the book
  std::string title_;
  std::string note_;
  std::uint32_t row_ = 1;
  std::vector<thresholds::Money> totals_;
};

}  // namespace yujing::alerts

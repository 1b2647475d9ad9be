// A spreadsheet on its way to a file: the one place that knows libxlsxwriter. Text is always
// written as text (nothing is ever a formula), amounts as numbers with two decimals.
//
// Rows of a streamed workbook are written from the top down, each once; memory does not grow with
// them. A call that fails is remembered and told by close(). Single-threaded. The same calls make
// the same bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "thresholds/civil_day.h"
#include "thresholds/money.h"
#include "thresholds/result.h"

namespace yujing::alerts {

enum class Style : std::uint8_t {
  kText,        // of a table: boxed, small, wrapped
  kCentred,     // the same in the middle
  kMoney,       // the same with two decimals and thousands separators
  kHeading,     // of a table's column
  kTotal,       // of a table's last row
  kTotalMoney,  // an amount in it
  kTitle,       // of a page, without a box
  kLine,        // running text without a box
  kLabel,       // of a form's field
  kField,       // what is written in it
  kFieldMoney,
  kSection,  // of a form: a bar over its fields
};
inline constexpr std::size_t kStyles = 12;

struct CellRange {
  std::uint32_t first_row = 0;
  std::uint16_t first_column = 0;
  std::uint32_t last_row = 0;
  std::uint16_t last_column = 0;
};

// One sheet, owned by its workbook. Rows and columns count from 0.
class Sheet {
 public:
  enum class Page : std::uint8_t { kA4Portrait, kA4Landscape };
  ~Sheet();

  void text(std::uint32_t row, std::uint16_t column, std::string_view text, Style style);
  void money(std::uint32_t row, std::uint16_t column, thresholds::Money amount, Style style);
  void number(std::uint32_t row, std::uint16_t column, std::int64_t number, Style style);
  void blank(std::uint32_t row, std::uint16_t column, Style style);
  // The text over several columns of one row.
  void across(std::uint32_t row, std::uint16_t first, std::uint16_t last, std::string_view text,
              Style style);

  // In characters, in points. A row's height comes before its cells.
  void width(std::uint16_t column, double characters);
  void height(std::uint32_t row, double points);

  // As wide as one page, as long as it takes; `title` at the head of each (or nowhere when ""),
  // page numbers at the foot with `note` beside them.
  void print_as(Page page, std::string_view title, std::string_view note);
  // Rows and columns up to these, not included, stay in sight; the rows are printed on every page.
  void keep_heading(std::uint32_t row, std::uint16_t column = 0);
  // The rows are printed at the head of every page behind theirs.
  void repeat(std::uint32_t first_row, std::uint32_t last_row);
  void filter(const CellRange& range);

 private:
  friend class Workbook;
  struct Impl;
  explicit Sheet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct WorkbookOptions {
  std::string title;
  thresholds::CivilDay created;  // said to have been made then
  bool streamed = false;
};

class Workbook {
 public:
  // The file appears under `path` when it is closed, whole, in place of an older one.
  Workbook(std::string path, const WorkbookOptions& options);
  // What is not closed is given up.
  ~Workbook();
  Workbook(Workbook&&) noexcept;
  Workbook& operator=(Workbook&&) noexcept;

  // The sheet lives as long as the workbook. Errors: kUnavailable when a streamed workbook cannot
  // make its temporary file, in the folder of `path`. REQUIRES: a name of 1 to 31 characters, once.
  [[nodiscard]] thresholds::Result<Sheet*> add_sheet(std::string_view name);
  // Errors: kUnavailable when the file cannot be written, kInput when a text is too long for a
  // cell or there are more rows than a sheet holds.
  [[nodiscard]] thresholds::Result<void> close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::alerts

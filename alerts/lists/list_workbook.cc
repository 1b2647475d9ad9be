#include "alerts/lists/list_workbook.h"

#include <algorithm>
#include <array>

namespace yujing::alerts {

using thresholds::Result;

namespace {

constexpr double kHeadingPoints = 36;
constexpr double kLinePoints = 13;
constexpr double kRowPoints = 18;  // at least
constexpr double kRowPointsMax = 400;
constexpr std::uint16_t kColumnsInSight = 5;  // up to the name
constexpr std::array<double, 3> kExplainedWidths = {30, 78, 34};

// How many lines a text takes in a column: a Chinese character is two wide.
std::size_t lines_in(std::string_view text, double width) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) ++units;
    if (byte >= 0xC0) units += 2;
  }
  const auto per_line = static_cast<std::size_t>(width * 1.15);  // the print is small
  return std::max<std::size_t>(1, (units + per_line - 1) / per_line);
}

double points(std::size_t lines) {
  return std::clamp(kLinePoints * static_cast<double>(lines) + 3, kRowPoints, kRowPointsMax);
}

}  // namespace

ListWorkbook::ListWorkbook(Workbook book, Sheet& list, std::string title, std::string_view note)
    : book_(std::move(book)),
      list_(&list),
      title_(std::move(title)),
      note_(note),
      totals_(list_columns().size()) {}

Result<ListWorkbook> ListWorkbook::create(std::string path, const ListHeading& heading,
                                          std::string_view note) {
  std::string title = list_title(heading);
  Workbook book(std::move(path), {.title = title, .created = heading.month.last, .streamed = true});
  const auto sheet = book.add_sheet("清单");
  if (!sheet) return tl::unexpected(sheet.error());
  ListWorkbook list(std::move(book), **sheet, std::move(title), note);
  list.write_headings();
  return list;
}

void ListWorkbook::write_headings() {
  const auto columns = list_columns();
  list_->keep_heading(1, kColumnsInSight);
  list_->height(0, kHeadingPoints);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto column = static_cast<std::uint16_t>(i);
    list_->width(column, columns[i].width);
    list_->text(0, column, columns[i].heading, Style::kHeading);
  }
}

void ListWorkbook::add(std::span<const ListCell> cells, Totals totals) {
  const auto columns = list_columns();
  std::size_t lines = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].money) lines = std::max(lines, lines_in(cells[i].text, columns[i].width));
  }
  list_->height(row_, points(lines));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto column = static_cast<std::uint16_t>(i);
    const ListCell& cell = cells[i];
    if (cell.money) {
      list_->money(row_, column, *cell.money, Style::kMoney);
      if (columns[i].summed && totals == Totals::kCounted) totals_[i] += *cell.money;
    } else {
      list_->text(row_, column, cell.text,
                  columns[i].kind == ColumnKind::kText ? Style::kText : Style::kCentred);
    }
  }
  ++row_;
}

void ListWorkbook::write_totals() {
  const auto columns = list_columns();
  const auto last = static_cast<std::uint16_t>(columns.size() - 1);
  if (row_ == 1) {
    list_->height(row_, points(2));
    list_->across(row_++, 0, last, "本月没有预警。", Style::kText);
  }
  list_->filter({.last_row = row_ - 1, .last_column = last});
  list_->height(row_, points(2));
  list_->across(row_, 0, kColumnsInSight - 1, "合计（一人一年计一次）", Style::kTotal);
  for (std::size_t i = kColumnsInSight; i < columns.size(); ++i) {
    const auto column = static_cast<std::uint16_t>(i);
    if (columns[i].summed) {
      list_->money(row_, column, totals_[i], Style::kTotalMoney);
    } else {
      list_->blank(row_, column, Style::kTotal);
    }
  }
}

Result<void> ListWorkbook::write_explained(std::string_view name, std::span<const Explained> lines,
                                           std::span<const std::string_view> headings) {
  const auto added = book_.add_sheet(name);
  if (!added) return tl::unexpected(added.error());
  Sheet& sheet = **added;
  sheet.print_as(Sheet::Page::kA4Landscape, title_ + "　" + std::string(name), note_);
  sheet.keep_heading(1);
  for (std::size_t i = 0; i < kExplainedWidths.size(); ++i) {
    const auto column = static_cast<std::uint16_t>(i);
    sheet.width(column, kExplainedWidths[i]);
    sheet.text(0, column, headings[i], Style::kHeading);
  }
  std::uint32_t row = 1;
  for (const Explained& line : lines) {
    if (line.text.empty()) {
      sheet.across(row++, 0, 2, line.what, Style::kSection);
      continue;
    }
    const std::array<std::string_view, 3> texts = {line.what, line.text, line.cite};
    std::size_t height = 1;
    for (std::size_t i = 0; i < texts.size(); ++i)
      height = std::max(height, lines_in(texts[i], kExplainedWidths[i]));
    sheet.height(row, points(height));
    for (std::size_t i = 0; i < texts.size(); ++i)
      sheet.text(row, static_cast<std::uint16_t>(i), texts[i], Style::kText);
    ++row;
  }
  return {};
}

Result<void> ListWorkbook::finish(const OtherSheets& sheets) {
  static constexpr std::array<std::string_view, 3> kFigures = {"项目", "说明", "依据"};
  static constexpr std::array<std::string_view, 3> kSources = {"项目", "内容", "备注"};
  static constexpr std::array<std::string_view, 3> kCorrected = {"更正", "内容", "人员编号"};
  title_ += issue_words(sheets.correction);
  list_->print_as(Sheet::Page::kA4Landscape, title_, note_);
  write_totals();
  if (auto done = write_explained("数字说明", sheets.figures, kFigures); !done) return done;
  if (auto done = write_explained("数据范围", sheets.sources, kSources); !done) return done;
  if (sheets.correction != kFirstIssue) {
    if (auto done = write_explained("更正说明", sheets.corrected, kCorrected); !done) return done;
  }
  return book_.close();
}

}  // namespace yujing::alerts

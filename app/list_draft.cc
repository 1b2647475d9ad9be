#include "app/list_draft.h"

#include <utility>

#include "app/list_folder.h"

namespace yujing::app {

using alerts::ListWorkbook;
using thresholds::Result;

ListDraft::ListDraft(alerts::ListHeading heading, ListWorkbook workbook, Output csv,
                     std::string csv_path)
    : heading_(std::move(heading)),
      workbook_(std::move(workbook)),
      csv_(std::move(csv)),
      csv_path_(std::move(csv_path)) {}

Result<ListDraft> ListDraft::create(alerts::ListHeading heading, const std::string& path,
                                    std::string_view note) {
  auto workbook = ListWorkbook::create(path + std::string(kSheetEnding), heading, note);
  if (!workbook) return tl::unexpected(std::move(workbook.error()));
  std::string csv_path = path + std::string(kCsvEnding);
  auto csv = Output::create(csv_path);
  if (!csv) return tl::unexpected(std::move(csv.error()));
  alerts::append_csv_heading(csv->buffer());
  return ListDraft(std::move(heading), std::move(*workbook), std::move(*csv), std::move(csv_path));
}

Result<void> ListDraft::add(const alerts::ListRow& row, const alerts::Contact* contact,
                            std::span<alerts::ListCell> cells) {
  const bool same_person = counts_.rows > 0 && last_psn_no_ == row.psn_no;
  const bool same_year = same_person && last_year_ == row.year;
  if (!same_person) {
    ++counts_.persons;
    if (contact != nullptr) ++counts_.contacts_found;
    last_psn_no_ = row.psn_no;
  }
  last_year_ = row.year;
  ++counts_.rows;
  if (row.is_new) ++counts_.rows_new;
  if (row.may_apply) ++counts_.may_apply;
  rules_.insert({row.year, row.policy});
  alerts::fill_cells({*heading_.city, row, contact, counts_.rows}, cells);
  // A person's year is summed once.
  workbook_.add(cells,
                same_year ? ListWorkbook::Totals::kSeenBefore : ListWorkbook::Totals::kCounted);
  alerts::append_csv_row(csv_.buffer(), cells);
  return csv_.write_when_full();
}

Result<void> ListDraft::end_rows() { return csv_.finish(); }

Result<void> ListDraft::finish(const ListWorkbook::OtherSheets& sheets) {
  return workbook_.finish(sheets);
}

}  // namespace yujing::app

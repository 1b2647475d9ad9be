#include "app/list_files.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "alerts/lists/list_builder.h"
#include "alerts/lists/list_csv.h"
#include "alerts/lists/list_explanation.h"
#include "alerts/lists/list_workbook.h"
#include "app/contacts.h"
#include "app/output.h"
#include "app/store_reading.h"
#include "monitor/store.h"

namespace yujing::app {

namespace fs = std::filesystem;
using alerts::AreaRows;
using alerts::ListBuilder;
using alerts::ListHeading;
using alerts::ListRow;
using monitor::Store;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

constexpr std::uint64_t kTellEvery = 4096;

// Goes through every person once; the ledger is read of those alone whom a list may hold.
Result<std::uint64_t> gather(Store& store, const ListJob& job, ListBuilder& builder) {
  std::uint64_t persons = 0;
  std::optional<thresholds::Error> error;
  std::vector<monitor::LedgerItem> items;
  auto read = store.persons("", [&](const monitor::PersonState& state) {
    if (++persons % kTellEvery == 0 && job.persons) job.persons(persons);
    if (!builder.needs_settlements(state)) return true;
    items.clear();
    auto done =
        store.items(state.psn_no, [&](const monitor::LedgerItem& item) { items.push_back(item); });
    if (!done) {
      error = std::move(done.error());
      return false;
    }
    builder.add(state, items);
    return true;
  });
  if (error) return tl::unexpected(std::move(*error));
  if (!read) return tl::unexpected(std::move(read.error()));
  return persons;
}

// The CSV file under a name of its own until it is whole; what is not finished is taken away.
class CsvFile {
 public:
  ~CsvFile() {
    std::error_code error;
    if (!path_.empty()) fs::remove(path_ + ".part", error);
  }
  CsvFile(CsvFile&& other) noexcept
      : path_(std::exchange(other.path_, std::string())), output_(std::move(other.output_)) {}
  CsvFile& operator=(CsvFile&&) = delete;

  static Result<CsvFile> create(std::string path) {
    auto output = Output::create(path + ".part");
    if (!output) return tl::unexpected(std::move(output.error()));
    CsvFile file(std::move(path), std::move(*output));
    alerts::append_csv_heading(file.output_.buffer());
    return file;
  }
  Result<void> add(std::span<const alerts::ListCell> cells) {
    alerts::append_csv_row(output_.buffer(), cells);
    return output_.write_when_full();
  }
  Result<void> finish() {
    if (auto done = output_.finish(); !done) return done;
    std::error_code error;
    fs::rename(path_ + ".part", path_, error);
    if (error) {
      return fail(ErrorCode::kUnavailable,
                  fmt::format("{}: cannot be put in place: {}", path_, error.message()));
    }
    path_.clear();
    return {};
  }

 private:
  CsvFile(std::string path, Output output) : path_(std::move(path)), output_(std::move(output)) {}
  std::string path_;
  Output output_;
};

// Writes the lists of all areas and offices of one city.
class CityLists {
 public:
  CityLists(const ListJob& job, ListBuilder& builder, const Contacts& contacts,
            WrittenLists& written)
      : job_(job), builder_(builder), contacts_(contacts), written_(written) {}

  Result<void> write(std::size_t index) {
    const auto& city = job_.rules.book.cities[index];
    const auto offices = alerts::receiving_offices(city, job_.month);
    if (offices.empty()) {
      written_.without_warnings.push_back(city.id);
      return {};
    }
    // A month without a warning is told too.
    const ListBuilder::Areas nothing = {{city.area, AreaRows()}};
    const auto& areas = builder_.areas(index);
    for (const auto& [area, rows] : areas.empty() ? nothing : areas) {
      for (const auto& office : offices) {
        if (auto done = write_one(index, {&city, area, office, job_.month}, rows); !done)
          return done;
      }
    }
    return {};
  }

 private:
  Result<void> write_one(std::size_t index, const ListHeading& heading, const AreaRows& area) {
    std::vector<const ListRow*> rows;
    for (const ListRow& row : area.rows) {
      if (std::ranges::find(row.rule->offices, heading.office) != row.rule->offices.end()) {
        rows.push_back(&row);
      }
    }
    const auto path = (fs::path(job_.folder) / alerts::list_file_name(heading)).string();
    WrittenList list{heading.city->id, heading.area,  heading.office,
                     path + ".xlsx",   path + ".csv", rows.size()};
    const auto& knowledge = builder_.knowledge(index);
    const std::string newest = knowledge.newest_settlement == monitor::kNoTime
                                   ? std::string("没有结算")
                                   : to_string(knowledge.newest_settlement);
    alerts::ListWorkbook workbook(list.xlsx, heading, "结算数据截至 " + newest);
    auto csv = CsvFile::create(list.csv);
    if (!csv) return tl::unexpected(std::move(csv.error()));
    alerts::ListSources sources{written_.position, knowledge,
                                !job_.settings.source.persons.empty()};
    if (auto done = write_rows(heading, rows, workbook, *csv, list, sources); !done) return done;
    const auto versions = alerts::versions_of(heading, rows);
    if (auto done = workbook.finish(
            alerts::explain_figures(heading, versions, builder_.rule_years(index)),
            alerts::explain_sources(heading, versions, sources, area, job_.rules.reference));
        !done) {
      return done;
    }
    written_.lists.push_back(std::move(list));
    return csv->finish();
  }

  Result<void> write_rows(const ListHeading& heading, const std::vector<const ListRow*>& rows,
                          alerts::ListWorkbook& workbook, CsvFile& csv, WrittenList& list,
                          alerts::ListSources& sources) {
    cells_.resize(alerts::list_columns().size());
    const ListRow* last = nullptr;
    std::uint64_t number = 0;
    for (const ListRow* const row : rows) {
      const auto* const contact = contacts_.find(row->psn_no);
      const bool same_person = last != nullptr && last->psn_no == row->psn_no;
      const bool same_year = same_person && last->year == row->year;
      last = row;
      if (!same_person) {
        ++list.persons;
        if (contact != nullptr) ++sources.contacts_found;
      }
      if (row->is_new) ++list.rows_new;
      if (row->may_apply) ++list.may_apply;
      alerts::fill_cells({*heading.city, *row, contact, ++number}, cells_);
      using Totals = alerts::ListWorkbook::Totals;
      workbook.add(cells_, same_year ? Totals::kSeenBefore : Totals::kCounted);
      if (auto done = csv.add(cells_); !done) return done;
    }
    sources.persons = list.persons;
    sources.rows = list.rows;
    sources.rows_new = list.rows_new;
    return {};
  }

  const ListJob& job_;
  ListBuilder& builder_;
  const Contacts& contacts_;
  WrittenLists& written_;
  std::vector<alerts::ListCell> cells_;
};

std::vector<std::string> listed_persons(const ListBuilder& builder, std::size_t cities) {
  std::vector<std::string> psn_nos;
  for (std::size_t city = 0; city < cities; ++city) {
    for (const auto& [area, rows] : builder.areas(city)) {
      for (const ListRow& row : rows.rows) {
        if (psn_nos.empty() || psn_nos.back() != row.psn_no) psn_nos.push_back(row.psn_no);
      }
    }
  }
  return psn_nos;
}

Result<void> make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) return {};
  return fail(ErrorCode::kUnavailable,
              fmt::format("{}: the folder cannot be made: {}; choose another with --out", folder,
                          error.message()));
}

}  // namespace

Result<WrittenLists> write_lists(const ListJob& job) {
  auto store = Store::open(job.settings.store, Store::Mode::kReader);
  if (!store) return tl::unexpected(std::move(store.error()));
  if (auto done = check_same_rules(**store, job.rules); !done)
    return tl::unexpected(std::move(done.error()));
  WrittenLists written;
  auto position = read_position(**store);
  if (!position) return tl::unexpected(std::move(position.error()));
  written.position = std::move(*position);
  ListBuilder builder(job.rules.book, job.rules.reference, job.month);
  const auto persons = gather(**store, job, builder);
  if (!persons) return tl::unexpected(persons.error());
  written.persons_seen = *persons;
  const std::size_t cities = job.rules.book.cities.size();
  const auto contacts =
      Contacts::read(job.settings.source.persons, listed_persons(builder, cities));
  if (!contacts) return tl::unexpected(contacts.error());
  if (auto done = make_folder(job.folder); !done) return tl::unexpected(std::move(done.error()));
  CityLists lists(job, builder, *contacts, written);
  for (std::size_t city = 0; city < cities; ++city) {
    if (auto done = lists.write(city); !done) return tl::unexpected(std::move(done.error()));
  }
  return written;
}

}  // namespace yujing::app

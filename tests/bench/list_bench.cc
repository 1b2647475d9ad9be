// How fast a monthly list is written and how much memory that takes: made-up rows through the
// workbook and the CSV file, as `yujing lists` writes them. The bar: 100,000 rows in 10 CPU seconds
// and 100 MiB (goal: 4 and 50).
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "alerts/lists/list_csv.h"
#include "alerts/lists/list_workbook.h"
#include "thresholds/policy_file.h"

namespace yujing::alerts {
namespace {

using thresholds::Money;

const thresholds::RuleBook& rules() {
  static const thresholds::RuleBook kRules = [] {
    auto read = thresholds::load_rule_book({YUJING_SOURCE_DIR "/thresholds/policies"});
    CHECK(read.has_value());
    return *std::move(read);
  }();
  return kRules;
}

ListRow make_row(std::int64_t number, const thresholds::Policy& policy) {
  ListRow row;
  row.psn_no = fmt::format("P2303{:015}", number);
  row.year = 2026;
  row.is_new = number % 7 == 0;
  row.area = "230302";
  row.category = static_cast<std::uint8_t>(number % 3);
  row.policy = &policy;
  row.rule = &policy.warnings.front();
  row.line = Money{1'000'000};
  row.burden = Money{1'000'000 + number * 37 % 9'000'000};
  row.crossed_by = fmt::format("S{:018}", number);
  row.crossed_at = {1'772'000'000 + number * 13};
  row.medfee = row.burden + row.burden;
  row.basic = Money{number * 11 % 4'000'000};
  row.critical = Money{number * 5 % 1'000'000};
  row.due = Money{number * 3 % 3'000'000};
  row.may_apply = number % 2 == 0;
  if (row.may_apply) row.after_application = Money{number * 17 % 3'000'000};
  if (row.may_apply) row.apply_until = thresholds::civil_day(2027, 3, 9);
  return row;
}

double resident_mebibytes_max() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void write_list(benchmark::State& state) {
  const auto* const city = rules().by_id("jixi");
  const ListHeading heading{city, "230302", "civil_affairs", *parse_month("2026-03")};
  const auto folder = std::filesystem::temp_directory_path();
  const std::string path = (folder / "yujing-list-bench.xlsx").string();
  const Contact contact{"测试甲", "000000000000000000", "00000000000"};
  std::vector<ListCell> cells(list_columns().size());
  const double before = resident_mebibytes_max();
  for (auto iteration : state) {
    auto book = ListWorkbook::create(path, heading, "bench");
    CHECK(book.has_value());
    std::FILE* const csv = std::fopen((path + ".csv").c_str(), "wb");
    CHECK(csv != nullptr);
    std::string text;
    for (std::int64_t number = 1; number <= state.range(0); ++number) {
      const ListRow row = make_row(number, city->versions.front());
      fill_cells({*city, row, &contact, static_cast<std::uint64_t>(number)}, cells);
      book->add(cells, ListWorkbook::Totals::kCounted);
      text.clear();
      append_csv_row(text, cells);
      std::fwrite(text.data(), 1, text.size(), csv);
    }
    std::fclose(csv);
    const auto done = book->finish({});
    CHECK(done.has_value());
  }
  state.counters["rows"] = static_cast<double>(state.range(0));
  state.counters["xlsx_bytes"] = static_cast<double>(std::filesystem::file_size(path));
  state.counters["MiB_before"] = before;
  state.counters["MiB_max"] = resident_mebibytes_max();
  std::filesystem::remove(path);
  std::filesystem::remove(path + ".csv");
}
BENCHMARK(write_list)->Arg(1'000)->Arg(100'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace yujing::alerts

#include "alerts/lists/list_correction.h"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "alerts/lists/list_csv.h"

namespace yujing::alerts {
namespace {

using Record = std::vector<std::string>;

// The records of a list's CSV file behind its headings.
class Table {
 public:
  explicit Table(std::string_view csv) : rest_(csv) { headings_ = read_csv_record(rest_); }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] Record next() { return read_csv_record(rest_); }
  [[nodiscard]] const Record& headings() const { return headings_; }
  [[nodiscard]] std::string_view cell(const Record& record, std::string_view heading) const {
    const auto found = std::ranges::find(headings_, heading);
    const auto at = static_cast<std::size_t>(found - headings_.begin());
    return at < record.size() ? std::string_view(record[at]) : std::string_view();
  }
  [[nodiscard]] bool has(std::string_view heading) const {
    return std::ranges::find(headings_, heading) != headings_.end();
  }

 private:
  std::string_view rest_;
  Record headings_;
};

std::string_view heading(std::size_t column) { return list_columns()[column].heading; }

std::string key_of(const Table& table, const Record& record) {
  std::string key;
  for (const std::size_t column : kKeyColumns) {
    key += table.cell(record, heading(column));
    key += '\n';
  }
  return key;
}

// A row in a line: what it is about, without the person's number.
Explained line(std::string_view what, const Table& table, const Record& record,
               std::string_view about) {
  const auto cell = [&](std::size_t column) { return table.cell(record, heading(column)); };
  return {std::string(what),
          fmt::format("{}年度，{}：{}", cell(kKeyColumns[1]), cell(kKeyColumns[2]), about),
          std::string(cell(kKeyColumns[0]))};
}

std::string amount_words(const Table& table, const Record& record) {
  const auto name = heading(kBurdenColumn);
  return fmt::format("{}{}元", name, table.cell(record, name));
}

std::string or_blank(std::string_view text) {
  return text.empty() ? "（空白）" : std::string(text);
}

// "个人负担金额 12000.17→13000.17；…"; "" where nothing differs.
std::string differences(const Table& published, const Record& before, const Table& now,
                        const Record& after) {
  std::string text;
  for (const auto& name : now.headings()) {
    if (name == heading(kNumberColumn) || !published.has(name)) continue;
    const auto old_cell = published.cell(before, name);
    const auto new_cell = now.cell(after, name);
    if (old_cell == new_cell) continue;
    if (!text.empty()) text += "；";
    text += fmt::format("{} {}→{}", name, or_blank(old_cell), or_blank(new_cell));
  }
  return text;
}

void append_section(std::string_view what, std::vector<Explained>&& lines,
                    std::vector<Explained>& out) {
  if (lines.empty()) return;
  out.push_back({fmt::format("{}　{}行", what, lines.size()), "", ""});
  std::ranges::move(lines, std::back_inserter(out));
}

}  // namespace

std::vector<Explained> explain_correction(std::string_view published, std::string_view now) {
  Table before(published);
  Table after(now);
  std::vector<Record> records;
  std::map<std::string, std::size_t, std::less<>> by_key;
  while (!before.at_end()) {
    records.push_back(before.next());
    by_key.emplace(key_of(before, records.back()), records.size() - 1);
  }
  std::vector<bool> kept(records.size());
  std::vector<Explained> added;
  std::vector<Explained> changed;
  while (!after.at_end()) {
    const Record record = after.next();
    const auto found = by_key.find(key_of(after, record));
    if (found == by_key.end()) {
      added.push_back(line("增加", after, record, amount_words(after, record)));
      continue;
    }
    kept[found->second] = true;
    const auto text = differences(before, records[found->second], after, record);
    if (!text.empty()) changed.push_back(line("变更", after, record, text));
  }
  std::vector<Explained> withdrawn;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!kept[i])
      withdrawn.push_back(line("撤出", before, records[i], amount_words(before, records[i])));
  }
  std::vector<Explained> out;
  append_section("撤出：不再符合预警规则，或者转入其他清单", std::move(withdrawn), out);
  append_section("增加：原清单出具以后才知道", std::move(added), out);
  append_section("变更：原清单出具以后有变化", std::move(changed), out);
  return out;
}

}  // namespace yujing::alerts

#include "alerts/lists/list_csv.h"

namespace yujing::alerts {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kFormulaStarts = "=+-@\t\r";
constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

void append_csv_text(std::string& out, std::string_view text) {
  out += '"';
  if (!text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::vector<std::string> read_csv_record(std::string_view& rest) {
  if (rest.starts_with(kByteOrderMark)) rest.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> cells(1);
  bool quoted = false;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (quoted && c == '"' && rest.starts_with('"')) {
      cells.back() += c;
      rest.remove_prefix(1);
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      cells.emplace_back();
    } else if (!quoted && c == '\n') {
      break;
    } else if (quoted || c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

void append_csv_heading(std::string& out) {
  out += kByteOrderMark;
  bool first = true;
  for (const ListColumn& column : list_columns()) {
    if (!first) out += ',';
    first = false;
    append_csv_text(out, column.heading);
  }
  out += kLineEnd;
}

void append_csv_row(std::string& out, std::span<const ListCell> cells) {
  bool first = true;
  for (const ListCell& cell : cells) {
    if (!first) out += ',';
    first = false;
    if (cell.money) {
      thresholds::append(out, *cell.money);
    } else if (!cell.text.empty()) {
      append_csv_text(out, cell.text);
    }
  }
  out += kLineEnd;
}

}  // namespace yujing::alerts

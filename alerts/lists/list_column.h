// The columns of a monthly list: heading, width, what stands in a row's cell, and what it means.
// The spreadsheet and the CSV file are both made from this table, so that they cannot differ.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "alerts/lists/list_row.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

// What staff need to reach the person; from the persons file, never kept.
struct Contact {
  std::string name;
  std::string certno;
  std::string phone;
};

enum class ColumnKind : std::uint8_t { kText, kWord, kMoney };  // kWord: short, in the middle

struct ListColumn {
  std::string_view heading;
  double width = 0;  // characters
  ColumnKind kind = ColumnKind::kText;
  bool summed = false;
  std::string_view meaning;
};

[[nodiscard]] std::span<const ListColumn> list_columns();

// Kept from row to row, so that its texts are not allocated anew.
struct ListCell {
  std::string text;
  std::optional<thresholds::Money> money;  // of a kMoney column; else `text`, which may say why not
};

// Columns that others have to find.
inline constexpr std::size_t kNumberColumn = 0;                        // counts the list's rows
inline constexpr std::array<std::size_t, 3> kKeyColumns = {3, 1, 10};  // person, year, rule: once
inline constexpr std::size_t kBurdenColumn = 12;

// What a row is filled in from.
struct RowSource {
  const thresholds::CityRules& city;
  const ListRow& row;
  const Contact* contact = nullptr;  // null: not known
  std::uint64_t number = 0;          // 1 for the first
};

// `cells`: as list_columns().
void fill_cells(const RowSource& source, std::span<ListCell> cells);

}  // namespace yujing::alerts

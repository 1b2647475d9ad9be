// A monthly list as CSV: UTF-8 with a byte order mark, RFC 4180, ids as quoted text, amounts as
// plain yuan with two decimals. A text that a spreadsheet would run as a formula gets an apostrophe
// before it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/lists/list_column.h"

namespace yujing::alerts {

void append_csv_heading(std::string& out);
// `cells`: as list_columns().
void append_csv_row(std::string& out, std::span<const ListCell> cells);

// The next record of such a file, taken off its front; the byte order mark is no part of it. A text
// keeps the apostrophe that made it harmless. REQUIRES: not at the end.
[[nodiscard]] std::vector<std::string> read_csv_record(std::string_view& rest);

// One text cell, quoted, made harmless.
void append_csv_text(std::string& out, std::string_view text);

}  // namespace yujing::alerts

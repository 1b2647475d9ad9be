#include "alerts/workbook.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <xlsxwriter.h>

namespace yujing::alerts {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Money;
using thresholds::Result;

namespace {

constexpr const char* kFont = "宋体";
constexpr const char* kMoneyFormat = "#,##0.00";
constexpr lxw_color_t kHeadingColour = 0xE7ECF4;
constexpr lxw_color_t kLineColour = 0x808080;
constexpr std::uint8_t kA4 = 9;
// Inches; enough that printers in use do not cut.
constexpr double kSide = 0.3;
constexpr double kTop = 0.75;
constexpr double kBottom = 0.6;

struct Look {
  double size = 9;
  bool bold = false;
  bool boxed = true;
  bool filled = false;
  bool money = false;
  bool indented = false;
  lxw_format_alignments align = LXW_ALIGN_LEFT;
};

// As Style.
constexpr std::array<Look, kStyles> kLooks = {{
    {},
    {.align = LXW_ALIGN_CENTER},
    {.money = true, .align = LXW_ALIGN_RIGHT},
    {.bold = true, .filled = true, .align = LXW_ALIGN_CENTER},
    {.bold = true, .filled = true},
    {.bold = true, .filled = true, .money = true, .align = LXW_ALIGN_RIGHT},
    {.size = 16, .bold = true, .boxed = false, .align = LXW_ALIGN_CENTER},
    {.size = 10, .boxed = false},
    {.size = 10.5, .filled = true, .align = LXW_ALIGN_CENTER},
    {.size = 10.5, .indented = true},
    {.size = 10.5, .money = true, .align = LXW_ALIGN_RIGHT},
    {.size = 10.5, .bold = true, .filled = true, .indented = true},
}};

lxw_format* make_format(lxw_workbook* book, const Look& look) {
  lxw_format* const format = workbook_add_format(book);
  format_set_font_name(format, kFont);
  format_set_font_size(format, look.size);
  if (look.bold) format_set_bold(format);
  format_set_align(format, static_cast<std::uint8_t>(look.align));
  format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  if (look.boxed) {
    format_set_border(format, LXW_BORDER_THIN);
    format_set_border_color(format, kLineColour);
  }
  if (look.filled) format_set_bg_color(format, kHeadingColour);
  if (look.indented) format_set_indent(format, 1);
  if (look.money) {
    format_set_num_format(format, kMoneyFormat);
    format_set_shrink(format);  // an amount too long for its column stays readable
  } else {
    format_set_num_format_index(format, 49);  // @: stays text when somebody edits it
    format_set_text_wrap(format);
  }
  return format;
}

// For header and footer: & starts a command there.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '&') out += c;
  }
  return out;
}

}  // namespace

struct Sheet::Impl {
  lxw_worksheet* sheet = nullptr;
  const std::array<lxw_format*, kStyles>* formats = nullptr;
  lxw_error* first_error = nullptr;
  std::string scratch;  // the library wants texts that end in a zero

  lxw_format* format(Style style) const { return (*formats)[static_cast<std::size_t>(style)]; }
  const char* zero_ended(std::string_view text) {
    scratch.assign(text);
    return scratch.c_str();
  }
  void note(lxw_error error) const {
    if (error != LXW_NO_ERROR && *first_error == LXW_NO_ERROR) *first_error = error;
  }
};

Sheet::Sheet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sheet::~Sheet() = default;

void Sheet::text(std::uint32_t row, std::uint16_t column, std::string_view text, Style style) {
  if (text.empty()) return blank(row, column, style);
  impl_->note(worksheet_write_string(impl_->sheet, row, column, impl_->zero_ended(text),
                                     impl_->format(style)));
}

// A fen count below 2^53 is exact as a double, and its hundredth prints back with the same two
// decimals; amounts are limited far below that.
void Sheet::money(std::uint32_t row, std::uint16_t column, Money amount, Style style) {
  impl_->note(worksheet_write_number(impl_->sheet, row, column,
                                     static_cast<double>(amount.fen) / 100, impl_->format(style)));
}

void Sheet::number(std::uint32_t row, std::uint16_t column, std::int64_t number, Style style) {
  impl_->note(worksheet_write_number(impl_->sheet, row, column, static_cast<double>(number),
                                     impl_->format(style)));
}

void Sheet::blank(std::uint32_t row, std::uint16_t column, Style style) {
  impl_->note(worksheet_write_blank(impl_->sheet, row, column, impl_->format(style)));
}

void Sheet::across(std::uint32_t row, std::uint16_t first, std::uint16_t last,
                   std::string_view text, Style style) {
  impl_->note(worksheet_merge_range(impl_->sheet, row, first, row, last, impl_->zero_ended(text),
                                    impl_->format(style)));
}

void Sheet::width(std::uint16_t column, double characters) {
  impl_->note(worksheet_set_column(impl_->sheet, column, column, characters, nullptr));
}

void Sheet::height(std::uint32_t row, double points) {
  impl_->note(worksheet_set_row(impl_->sheet, row, points, nullptr));
}

void Sheet::print_as(Page page, std::string_view title, std::string_view note) {
  lxw_worksheet* const sheet = impl_->sheet;
  if (page == Page::kA4Landscape) {
    worksheet_set_landscape(sheet);
  } else {
    worksheet_set_portrait(sheet);
  }
  worksheet_set_paper(sheet, kA4);
  worksheet_set_margins(sheet, kSide, kSide, title.empty() ? kBottom : kTop, kBottom);
  worksheet_fit_to_pages(sheet, 1, 0);
  worksheet_center_horizontally(sheet);
  if (!title.empty()) {
    const std::string header = fmt::format("&C&\"{},Bold\"&14 {}", kFont, plain(title));
    impl_->note(worksheet_set_header(sheet, header.c_str()));
  }
  const std::string footer = fmt::format(
      "&L&\"{0},Regular\"&8 {1}&R&\"{0},Regular\"&8 第 &P 页，共 &N 页", kFont, plain(note));
  impl_->note(worksheet_set_footer(sheet, footer.c_str()));
}

void Sheet::keep_heading(std::uint32_t row, std::uint16_t column) {
  worksheet_freeze_panes(impl_->sheet, row, column);
  repeat(0, row - 1);
}

void Sheet::repeat(std::uint32_t first_row, std::uint32_t last_row) {
  impl_->note(worksheet_repeat_rows(impl_->sheet, first_row, last_row));
}

void Sheet::filter(const CellRange& range) {
  impl_->note(worksheet_autofilter(impl_->sheet, range.first_row, range.first_column,
                                   range.last_row, range.last_column));
}

struct Workbook::Impl {
  std::string path;
  std::string part;  // while it is being made
  lxw_workbook* book = nullptr;
  std::array<lxw_format*, kStyles> formats{};
  std::vector<std::unique_ptr<Sheet>> sheets;
  lxw_error first_error = LXW_NO_ERROR;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  [[nodiscard]] bool all_written() const;
  [[nodiscard]] tl::unexpected<thresholds::Error> unwritable(std::string_view why) const {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: cannot be written: {}; check the folder and the room on the disk",
                            path, why));
  }
  ~Impl() {
    if (book != nullptr) lxw_workbook_free(book);
  }
};

Workbook::Workbook(std::string path, const WorkbookOptions& options)
    : impl_(std::make_unique<Impl>()) {
  impl_->path = std::move(path);
  impl_->part = impl_->path + ".part";
  // Temporary files hold what the sheet holds: they belong where it goes.
  std::string folder = std::filesystem::path(impl_->path).parent_path().string();
  if (folder.empty()) folder = ".";
  lxw_workbook_options how{};
  how.constant_memory = options.streamed ? LXW_TRUE : LXW_FALSE;
  how.tmpdir = folder.data();
  impl_->book = workbook_new_opt(impl_->part.c_str(), &how);
  CHECK(impl_->book != nullptr);
  std::string title = options.title;
  std::string company = "yujing";
  lxw_doc_properties properties{};
  properties.title = title.data();
  properties.company = company.data();
  properties.created = static_cast<time_t>(options.created.days) * 24 * 60 * 60;
  workbook_set_properties(impl_->book, &properties);
  for (std::size_t style = 0; style < kStyles; ++style) {
    impl_->formats[style] = make_format(impl_->book, kLooks[style]);
  }
}

Workbook::~Workbook() = default;
Workbook::Workbook(Workbook&&) noexcept = default;
Workbook& Workbook::operator=(Workbook&&) noexcept = default;

Result<Sheet*> Workbook::add_sheet(std::string_view name) {
  lxw_worksheet* const sheet = workbook_add_worksheet(impl_->book, std::string(name).c_str());
  if (sheet == nullptr) return impl_->unwritable("no temporary file can be made beside it");
  auto inner = std::make_unique<Sheet::Impl>();
  inner->sheet = sheet;
  inner->formats = &impl_->formats;
  inner->first_error = &impl_->first_error;
  impl_->sheets.push_back(std::unique_ptr<Sheet>(new Sheet(std::move(inner))));
  return impl_->sheets.back().get();
}

// The library takes a full disk under its temporary files for a success.
bool Workbook::Impl::all_written() const {
  for (const auto& sheet : sheets) {
    FILE* const rows = sheet->impl_->sheet->optimize_tmpfile;
    if (rows != nullptr && (std::fflush(rows) != 0 || std::ferror(rows) != 0)) return false;
  }
  return true;
}

Result<void> Workbook::close() {
  const bool all_written = impl_->all_written();
  lxw_workbook* const book = std::exchange(impl_->book, nullptr);
  CHECK(book != nullptr);
  const lxw_error closed = workbook_close(book);
  std::error_code error;
  if (impl_->first_error != LXW_NO_ERROR) {
    std::filesystem::remove(impl_->part, error);
    return fail(ErrorCode::kInput,
                fmt::format("{}: a spreadsheet cannot hold this: {}; a sheet has at most "
                            "1,048,576 rows and a cell 32,767 characters",
                            impl_->path, lxw_strerror(impl_->first_error)));
  }
  if (closed == LXW_NO_ERROR && all_written) {
    std::filesystem::rename(impl_->part, impl_->path, error);
    if (!error) return {};
  }
  std::string why = closed != LXW_NO_ERROR ? lxw_strerror(closed) : error.message();
  if (!all_written) why = "no room for temporary files beside it";
  std::filesystem::remove(impl_->part, error);
  return impl_->unwritable(why);
}

}  // namespace yujing::alerts

#include "consumer/json_scan.h"

#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/format.h>

namespace yujing::consumer {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kTextBytesMin = 4096;
// After a text larger than this the memory it took is given back.
constexpr std::size_t kTextBytesKept = 1024 * 1024;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_json_number(std::string_view token) {
  const char* at = token.data();
  const char* const end = at + token.size();
  const auto digits = [&] {
    const char* const first = at;
    while (at != end && is_digit(*at))
      ++at;
    return at - first;
  };
  if (at != end && *at == '-') ++at;
  const bool leading_zero = at != end && *at == '0';
  const auto whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (at != end && *at == '.') {
    ++at;
    if (digits() == 0) return false;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == end;
}

JsonScan::Error JsonScan::index(std::string_view bytes) {
  mark_ = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  bytes.remove_prefix(mark_);
  const std::size_t needed = bytes.size() + simdjson::SIMDJSON_PADDING;
  if (padded_.size() > kTextBytesKept && needed <= kTextBytesKept) {
    padded_ = {};
    unescaped_ = {};
  }
  if (padded_.size() < needed) {
    padded_.resize(std::max(needed + needed / 2, kTextBytesMin));
    const std::size_t capacity = padded_.size() - simdjson::SIMDJSON_PADDING;
    if (const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, kJsonDepthMax, stage_)) {
      padded_ = {};
      return error;
    }
  }
  has_escapes_ = bytes.find('\\') != std::string_view::npos;
  if (has_escapes_ && unescaped_.size() < padded_.size()) unescaped_.resize(padded_.size());
  unescaped_size_ = 0;
  std::copy(bytes.begin(), bytes.end(), padded_.begin());
  std::memset(padded_.data() + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
  return stage_->stage1(reinterpret_cast<const std::uint8_t*>(padded_.data()), bytes.size(),
                        simdjson::stage1_mode::regular);
}

JsonFault JsonScan::fault() const {
  std::string_view why = simdjson::error_message(error_);
  if (error_ == simdjson::TAPE_ERROR) why = "a value, comma, colon or bracket is missing or wrong";
  if (error_ == simdjson::DEPTH_ERROR) why = "objects and lists stand in each other too deep";
  if (error_ == simdjson::TRAILING_CONTENT) why = "something follows the JSON object";
  if (error_ == simdjson::EMPTY) why = "it is empty";
  if (at_ == nullptr) return JsonFault{std::string(why)};
  return JsonFault{fmt::format("{}, at byte {}", why,
                               static_cast<std::size_t>(at_ - padded_.data()) + mark_ + 1)};
}

std::optional<JsonKind> JsonScan::plain_kind(std::string_view text) {
  if (is_json_number(text)) return JsonKind::kNumber;
  if (text == "null") return JsonKind::kNull;
  if (text == "true" || text == "false") return JsonKind::kBool;
  return std::nullopt;
}

// An unescaped string is no longer than it was written, so all of them have room.
std::string_view JsonScan::unescaped(std::string_view content) {
  auto* const begin = reinterpret_cast<std::uint8_t*>(unescaped_.data() + unescaped_size_);
  const auto* const end =
      stage_->parse_string(reinterpret_cast<const std::uint8_t*>(content.data()), begin);
  if (end == nullptr) return {};
  const std::string_view text(reinterpret_cast<const char*>(begin),
                              static_cast<std::size_t>(end - begin));
  unescaped_size_ += text.size();
  // simdjson lets half a surrogate pair through; what it makes of it is no UTF-8.
  return simdjson::validate_utf8(text) ? text : std::string_view();
}

}  // namespace yujing::consumer

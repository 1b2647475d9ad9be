#include "consumer/json_scan.h"

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

simdjson::simdjson_result<JsonScan::Document> JsonScan::start(std::string_view bytes) {
  mark_ = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  bytes.remove_prefix(mark_);
  const std::size_t needed = bytes.size() + simdjson::SIMDJSON_PADDING;
  if (padded_.size() > kTextBytesKept && needed <= kTextBytesKept) {
    padded_ = {};
    parser_ = Parser();
  }
  if (padded_.size() < needed) {
    padded_.resize(std::max(needed + needed / 2, kTextBytesMin));
    if (const auto error = parser_.allocate(padded_.size() - simdjson::SIMDJSON_PADDING)) {
      padded_ = {};
      parser_ = Parser();
      return error;
    }
  }
  has_escapes_ = bytes.find('\\') != std::string_view::npos;
  std::copy(bytes.begin(), bytes.end(), padded_.begin());
  end_ = padded_.data() + bytes.size();
  std::memset(padded_.data() + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
  return parser_.iterate(padded_.data(), bytes.size(), padded_.size());
}

const char* JsonScan::location() const {
  const char* where = nullptr;
  if (document_->current_location().get(where) != simdjson::SUCCESS) return nullptr;
  return where;
}

JsonFault JsonScan::fault(Error error, const char* where) const {
  if (at_ != nullptr) where = at_;
  const char* text = padded_.data();
  std::string_view why = simdjson::error_message(error);
  if (error == simdjson::TAPE_ERROR) why = "a value, comma, colon or bracket is missing or wrong";
  if (error == simdjson::DEPTH_ERROR) why = "objects and lists stand in each other too deep";
  if (error == simdjson::TRAILING_CONTENT) why = "something follows the JSON object";
  if (error == simdjson::EMPTY) why = "it is empty";
  if (where == nullptr || text == nullptr || where < text) {
    return JsonFault{std::string(why)};
  }
  return JsonFault{
      fmt::format("{}, at byte {}", why, static_cast<std::size_t>(where - text) + mark_ + 1)};
}

// simdjson lets half a surrogate pair through; what it makes of it is no UTF-8.

JsonScan::Error JsonScan::unescape_key(Member& member, std::string_view& key) {
  if (const auto error = member.unescaped_key().get(key)) return error;
  return simdjson::validate_utf8(key) ? simdjson::SUCCESS : simdjson::STRING_ERROR;
}

JsonScan::Error JsonScan::unescape(Value& value, std::string_view& content) {
  if (const auto error = value.get_string().get(content)) return error;
  return simdjson::validate_utf8(content) ? simdjson::SUCCESS : simdjson::STRING_ERROR;
}

}  // namespace yujing::consumer

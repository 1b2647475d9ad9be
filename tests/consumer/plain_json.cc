#include "tests/consumer/plain_json.h"

#include <cstdint>

namespace yujing::tests {
namespace {

using Kind = PlainJson::Kind;

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool read_document(PlainJson& into) {
    return read_value(into, 0) && (skip_blanks(), rest_.empty());
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() &&
           std::string_view(" \t\r\n").find(rest_.front()) != std::string_view::npos) {
      rest_.remove_prefix(1);
    }
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool read_value(PlainJson& into, int depth) {
    skip_blanks();
    if (rest_.empty() || depth > 64) return false;
    if (rest_.front() == '{' || rest_.front() == '[') return read_container(into, depth + 1);
    if (rest_.front() == '"') {
      into.kind = Kind::kString;
      return read_string(into.text);
    }
    for (const std::string_view word : {"null", "true", "false"}) {
      if (!take(word)) continue;
      into.kind = word == "null" ? Kind::kNull : Kind::kBool;
      into.text = word;
      return true;
    }
    into.kind = Kind::kNumber;
    return read_number(into.text);
  }

  bool read_container(PlainJson& into, int depth) {
    if (depth > 64) return false;
    const bool object = take("{");
    if (!object) take("[");
    into.kind = object ? Kind::kObject : Kind::kArray;
    const std::string_view end = object ? "}" : "]";
    skip_blanks();
    if (take(end)) return true;
    while (true) {
      auto& [key, value] = into.members.emplace_back();
      skip_blanks();
      if (object && (!rest_.starts_with('"') || !read_string(key))) return false;
      skip_blanks();
      if (object && !take(":")) return false;
      if (!read_value(value, depth)) return false;
      skip_blanks();
      if (take(end)) return true;
      if (!take(",")) return false;
    }
  }

  std::size_t take_digits(std::string& into) {
    std::size_t count = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      into += rest_.front();
      rest_.remove_prefix(1);
      ++count;
    }
    return count;
  }
  bool read_number(std::string& into) {
    if (take("-")) into += '-';
    if (take("0")) {
      into += '0';
    } else if (take_digits(into) == 0) {
      return false;
    }
    if (take(".")) {
      into += '.';
      if (take_digits(into) == 0) return false;
    }
    if (rest_.starts_with('e') || rest_.starts_with('E')) {
      into += rest_.front();
      rest_.remove_prefix(1);
      if (rest_.starts_with('+') || rest_.starts_with('-')) {
        into += rest_.front();
        rest_.remove_prefix(1);
      }
      if (take_digits(into) == 0) return false;
    }
    return true;
  }

  bool read_string(std::string& into) {
    take("\"");
    while (!rest_.empty()) {
      const auto first = static_cast<unsigned char>(rest_.front());
      if (take("\"")) return true;
      if (first < 0x20) return false;
      if (take("\\")) {
        if (!read_escape(into)) return false;
      } else if (!copy_character(into)) {
        return false;
      }
    }
    return false;
  }

  bool copy_character(std::string& into) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest_[i]); };
    const std::size_t size = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
    if (rest_.size() < size || (byte(0) >= 0x80 && byte(0) < 0xC2) || byte(0) > 0xF4) return false;
    for (std::size_t i = 1; i < size; ++i) {
      if (byte(i) < 0x80 || byte(i) > 0xBF) return false;
    }
    if (byte(0) == 0xE0 && byte(1) < 0xA0) return false;
    if (byte(0) == 0xED && byte(1) > 0x9F) return false;
    if (byte(0) == 0xF0 && byte(1) < 0x90) return false;
    if (byte(0) == 0xF4 && byte(1) > 0x8F) return false;
    into += rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }

  std::optional<std::uint32_t> take_hex() {
    if (rest_.size() < 4) return std::nullopt;
    std::uint32_t code = 0;
    for (const char c : rest_.substr(0, 4)) {
      const auto digit = std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20));
      if (digit == std::string_view::npos || (digit < 10 && (c < '0' || c > '9')))
        return std::nullopt;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    rest_.remove_prefix(4);
    return code;
  }

  bool read_escape(std::string& into) {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (const auto at = kNames.find(c); at != std::string_view::npos) {
      into += kMeanings[at];
      return true;
    }
    if (c != 'u') return false;
    auto code = take_hex();
    if (!code || (*code >= 0xDC00 && *code <= 0xDFFF)) return false;
    if (*code >= 0xD800 && *code <= 0xDBFF) {
      if (!take("\\u")) return false;
      const auto low = take_hex();
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      *code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
    }
    append_utf8(into, *code);
    return true;
  }

  static void append_utf8(std::string& into, std::uint32_t code) {
    const auto add = [&](std::uint32_t byte) { into += static_cast<char>(byte); };
    if (code < 0x80) {
      add(code);
    } else if (code < 0x800) {
      add(0xC0 | code >> 6U);
      add(0x80 | (code & 0x3FU));
    } else if (code < 0x10000) {
      add(0xE0 | code >> 12U);
      add(0x80 | (code >> 6U & 0x3FU));
      add(0x80 | (code & 0x3FU));
    } else {
      add(0xF0 | code >> 18U);
      add(0x80 | (code >> 12U & 0x3FU));
      add(0x80 | (code >> 6U & 0x3FU));
      add(0x80 | (code & 0x3FU));
    }
  }

  std::string_view rest_;
};

}  // namespace

std::optional<PlainJson> read_plain_json(std::string_view text) {
  PlainJson value;
  if (!Reader(text).read_document(value)) return std::nullopt;
  return value;
}

}  // namespace yujing::tests

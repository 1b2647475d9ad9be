#include "app/json_text.h"

#include <fmt/format.h>

namespace yujing::app {

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

void JsonLine::key(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void JsonLine::text(std::string_view name, std::string_view value) {
  key(name);
  append_json(out_, value);
}

void JsonLine::money(std::string_view name, thresholds::Money value) {
  key(name);
  out_ += '"';
  thresholds::append(out_, value);
  out_ += '"';
}

void JsonLine::number(std::string_view name, std::int64_t value) {
  key(name);
  fmt::format_to(std::back_inserter(out_), "{}", value);
}

void JsonLine::truth(std::string_view name, bool value) { raw(name, value ? "true" : "false"); }

void JsonLine::null(std::string_view name) { raw(name, "null"); }

void JsonLine::raw(std::string_view name, std::string_view json) {
  key(name);
  out_ += json;
}

void JsonLine::end_line() { out_ += "}\n"; }

void JsonLine::end() { out_ += '}'; }

}  // namespace yujing::app

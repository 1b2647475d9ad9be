// Walks one JSON object in one pass and checks every value of it, also of fields nobody asks for.
// What passes is JSON (RFC 8259) in valid UTF-8.
//
// simdjson's first stage finds where the tokens begin and checks UTF-8 and the ends of strings; the
// grammar is checked here. Its own iterators would do that too, and take twice the time.
//
// To be included by .cc files and headers of this room only. Not thread-safe; what a visitor was
// shown is valid until the next run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "consumer/json_item.h"

namespace yujing::consumer {

// A number by the grammar of JSON; nothing is computed.
[[nodiscard]] bool is_json_number(std::string_view token);

class JsonScan {
 public:
  // Shows the members of the object in `bytes` to `visitor`, in order:
  //   scalar(const JsonItem&)       null, true, false, a number, a string
  //   open(const JsonItem&)         an object or list; its members follow
  //   close(const char* end)        its end: the first byte behind it, blanks included
  // The fault, if there is one, comes after part of the document was shown. Blanks around the
  // object and a byte order mark before it are passed over.
  template <class Visitor>
  [[nodiscard]] std::optional<JsonFault> run(std::string_view bytes, Visitor& visitor) {
    at_ = nullptr;
    error_ = index(bytes);
    if (error_ != simdjson::SUCCESS) return fault();
    const Token first = stage_->structural_indexes.get();
    const Token end = first + stage_->n_structural_indexes;
    if (*begin_of(first) != '{' || *begin_of(end - 1) != '}') {
      return JsonFault{"it is no JSON object, or something follows it"};
    }
    const Token rest = walk_members(first + 1, '}', 1, visitor);
    if (rest == nullptr) return fault();
    if (rest == end) return std::nullopt;
    refuse(simdjson::TRAILING_CONTENT, rest);
    return fault();
  }

 private:
  using Stage = simdjson::internal::dom_parser_implementation;
  using Error = simdjson::error_code;
  // Where a token begins, as an offset into the text. A token is a bracket, comma, colon, string,
  // or anything else without blanks; blanks may follow it. Behind the last one stands the end of
  // the text, where a '\0' is read, which is wrong wherever the walk meets it.
  using Token = const std::uint32_t*;

  // Copies the text and finds its tokens.
  [[nodiscard]] Error index(std::string_view bytes);
  [[nodiscard]] JsonFault fault() const;

  // Remembers what is wrong at a token; the walk ends.
  Token refuse(Error error, Token token) {
    error_ = error;
    at_ = begin_of(token);
    return nullptr;
  }

  [[nodiscard]] const char* begin_of(Token token) const { return padded_.data() + *token; }

  static constexpr bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  [[nodiscard]] const char* end_of(Token token) const {
    const char* end = begin_of(token + 1);
    while (is_blank(end[-1]))
      --end;
    return end;
  }

  // What stands between the quotes of a string; its data() is nullptr when an escape in it is
  // wrong.
  [[nodiscard]] std::string_view string_in(const char* begin, const char* end) {
    ++begin;
    if (begin == end || end[-1] != '"') return {};
    const std::string_view content(begin, static_cast<std::size_t>(end - 1 - begin));
    if (!has_escapes_ || content.find('\\') == std::string_view::npos) return content;
    return unescaped(content);
  }
  [[nodiscard]] std::string_view unescaped(std::string_view content);

  // The walks begin behind the opening bracket, or at the value, and return the token behind it;
  // nullptr after a fault.

  // Of an object or list; `close` is the bracket at its end.
  template <class Visitor>
  [[nodiscard]] Token walk_members(Token token, char close, unsigned depth, Visitor& visitor) {
    if (*begin_of(token) == close) return token + 1;
    while (true) {
      std::string_view key;
      if (close == '}') {
        if (*begin_of(token) != '"') return refuse(simdjson::TAPE_ERROR, token);
        if (*begin_of(token + 1) != ':') return refuse(simdjson::TAPE_ERROR, token + 1);
        key = string_in(begin_of(token), end_of(token));
        token += 2;
        if (key.data() == nullptr) return refuse(simdjson::STRING_ERROR, token);
      }
      token = walk_value(token, depth, key, visitor);
      if (token == nullptr) return nullptr;
      const char next = *begin_of(token);
      if (next == close) return token + 1;
      if (next != ',') return refuse(simdjson::TAPE_ERROR, token);
      ++token;
    }
  }

  // An item is put together only where it is shown: until then its parts stay in registers.
  template <class Visitor>
  [[nodiscard]] Token walk_value(Token token, unsigned depth, std::string_view key,
                                 Visitor& visitor) {
    const char* const begin = begin_of(token);
    if (*begin == '{' || *begin == '[') return walk_container(token, depth, key, visitor);
    const char* const end = end_of(token);
    std::optional<JsonKind> kind = JsonKind::kString;
    std::string_view text;
    if (*begin == '"') {
      text = string_in(begin, end);
      if (text.data() == nullptr) return refuse(simdjson::STRING_ERROR, token + 1);
    } else {
      text = {begin, static_cast<std::size_t>(end - begin)};
      kind = plain_kind(text);
      if (!kind) return refuse(simdjson::TAPE_ERROR, token);
    }
    visitor.scalar({depth, key, *kind, text, begin, end});
    return token + 1;
  }

  // Of null, true, false or a number.
  [[nodiscard]] static std::optional<JsonKind> plain_kind(std::string_view text);

  template <class Visitor>
  [[nodiscard]] Token walk_container(Token token, unsigned depth, std::string_view key,
                                     Visitor& visitor) {
    if (depth >= kJsonDepthMax) return refuse(simdjson::DEPTH_ERROR, token);
    const char* const begin = begin_of(token);
    const bool is_object = *begin == '{';
    const JsonKind kind = is_object ? JsonKind::kObject : JsonKind::kArray;
    visitor.open({depth, key, kind, {}, begin, nullptr});
    const Token behind = walk_members(token + 1, is_object ? '}' : ']', depth + 1, visitor);
    if (behind != nullptr) visitor.close(begin_of(behind));
    return behind;
  }

  std::unique_ptr<Stage> stage_;
  std::vector<char> padded_;     // the text and the room simdjson wants behind it
  std::vector<char> unescaped_;  // what strings with escapes hold, one behind the other
  std::size_t unescaped_size_ = 0;
  std::size_t mark_ = 0;      // bytes of the byte order mark that was passed over
  bool has_escapes_ = false;  // a backslash stands somewhere in the text
  Error error_ = simdjson::SUCCESS;
  const char* at_ = nullptr;  // where the fault is; nullptr: nowhere in particular
};

}  // namespace yujing::consumer

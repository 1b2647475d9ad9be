// Walks one JSON object with simdjson, in one pass, and checks every value of it: also of fields
// nobody asks for, which simdjson alone would step over. What passes is JSON (RFC 8259) in valid
// UTF-8.
//
// To be included by .cc files and headers of this room only. Not thread-safe; what a visitor was
// shown is valid until the next run.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
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
    Document document;
    if (const auto error = start(bytes).get(document)) return fault(error, nullptr);
    document_ = &document;
    Object root;
    if (document.get_object().get(root) != simdjson::SUCCESS) {
      return JsonFault{"it is no JSON object, or something follows it"};
    }
    if (const auto error = walk_object(root, 1, visitor)) return fault(error, location());
    if (const char* rest = location()) return fault(simdjson::TRAILING_CONTENT, rest);
    return std::nullopt;
  }

 private:
  using Document = simdjson::ondemand::document;
  using Object = simdjson::ondemand::object;
  using Array = simdjson::ondemand::array;
  using Member = simdjson::ondemand::field;
  using Value = simdjson::ondemand::value;
  using Parser = simdjson::ondemand::parser;
  using Error = simdjson::error_code;

  [[nodiscard]] simdjson::simdjson_result<Document> start(std::string_view bytes);
  [[nodiscard]] JsonFault fault(Error error, const char* where) const;
  // Where the walk stands; nullptr at the end of the text.
  [[nodiscard]] const char* location() const;
  [[nodiscard]] static Error unescape_key(Member& member, std::string_view& key);
  [[nodiscard]] static Error unescape(Value& value, std::string_view& content);

  static constexpr bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

  // The value's text. A token runs up to the next one: only blanks can follow the value in it.
  static std::string_view token_of(Value& value) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && is_blank(token.back()))
      token.remove_suffix(1);
    return token;
  }

  // The key ends where, looking back from its value, the quote before the colon stands.
  [[nodiscard]] Error read_key(Member& member, const char* value, std::string_view& key) const {
    const char* const begin = member.key().raw();
    const char* end = value - 1;
    while (*end != ':')
      --end;
    do {
      --end;
    } while (*end != '"');
    key = {begin, static_cast<std::size_t>(end - begin)};
    if (!has_escapes_ || key.find('\\') == std::string_view::npos) return simdjson::SUCCESS;
    return unescape_key(member, key);
  }

  [[nodiscard]] Error read_string(Value& value, std::string_view token,
                                  std::string_view& content) const {
    if (token.size() < 2 || token.back() != '"') return simdjson::STRING_ERROR;
    content = token.substr(1, token.size() - 2);
    if (has_escapes_ && content.find('\\') != std::string_view::npos)
      return unescape(value, content);
    return value.get_raw_json_string().error();
  }

  template <class Visitor>
  [[nodiscard]] Error walk_object(Object& object, unsigned depth, Visitor& visitor) {
    for (auto result : object) {
      Member member;
      if (const auto error = std::move(result).get(member)) return error;
      JsonItem item;
      item.depth = depth;
      const std::string_view token = token_of(member.value());
      if (const auto error = read_key(member, token.data(), item.key)) return error;
      if (const auto error = walk_value(member.value(), token, item, visitor)) return error;
    }
    return simdjson::SUCCESS;
  }

  template <class Visitor>
  [[nodiscard]] Error walk_array(Array& array, unsigned depth, Visitor& visitor) {
    for (auto result : array) {
      Value value;
      if (const auto error = result.get(value)) return error;
      JsonItem item;
      item.depth = depth;
      if (const auto error = walk_value(value, token_of(value), item, visitor)) return error;
    }
    return simdjson::SUCCESS;
  }

  template <class Visitor>
  [[nodiscard]] Error walk_value(Value& value, std::string_view token, JsonItem& item,
                                 Visitor& visitor) {
    item.begin = token.data();
    item.end = token.data() + token.size();
    switch (token.empty() ? '\0' : token.front()) {
      case '{':
      case '[':
        return walk_container(value, item, visitor);
      case '"':
        item.kind = JsonKind::kString;
        if (const auto error = read_string(value, token, item.text)) return error;
        visitor.scalar(item);
        return simdjson::SUCCESS;
      case 'n':
        item.kind = JsonKind::kNull;
        break;
      case 't':
      case 'f':
        item.kind = JsonKind::kBool;
        break;
      default:
        item.kind = JsonKind::kNumber;
        break;
    }
    if (!is_plain_scalar(item.kind, token)) return refuse(simdjson::TAPE_ERROR, item.begin);
    item.text = token;
    visitor.scalar(item);
    return simdjson::SUCCESS;
  }

  template <class Visitor>
  [[nodiscard]] Error walk_container(Value& value, JsonItem& item, Visitor& visitor) {
    if (item.depth >= kJsonDepthMax) return refuse(simdjson::DEPTH_ERROR, item.begin);
    const bool is_object = *item.begin == '{';
    item.kind = is_object ? JsonKind::kObject : JsonKind::kArray;
    visitor.open(item);
    if (is_object) {
      Object object;
      if (const auto error = value.get_object().get(object)) return error;
      if (const auto error = walk_object(object, item.depth + 1, visitor)) return error;
    } else {
      Array array;
      if (const auto error = value.get_array().get(array)) return error;
      if (const auto error = walk_array(array, item.depth + 1, visitor)) return error;
    }
    // Where nothing follows, a bracket further out is missing.
    const char* const where = location();
    visitor.close(where != nullptr ? where : end_);
    return simdjson::SUCCESS;
  }

  [[nodiscard]] static bool is_plain_scalar(JsonKind kind, std::string_view token) {
    switch (kind) {
      case JsonKind::kNull:
        return token == "null";
      case JsonKind::kBool:
        return token == "true" || token == "false";
      default:
        return is_json_number(token);
    }
  }

  // Remembers where the walk itself found a fault.
  [[nodiscard]] Error refuse(Error error, const char* where) {
    at_ = where;
    return error;
  }

  Parser parser_;
  std::vector<char> padded_;      // the text and the room simdjson wants behind it
  const char* end_ = nullptr;     // of the text in it
  std::size_t mark_ = 0;          // bytes of the byte order mark that was passed over
  bool has_escapes_ = false;      // a backslash stands somewhere in the text
  Document* document_ = nullptr;  // while a run lasts
  const char* at_ = nullptr;
};

}  // namespace yujing::consumer

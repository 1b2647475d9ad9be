// A second, slow and simple reader of JSON, to check the fast one against: it shares nothing with
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yujing::tests {

struct PlainMember;

struct PlainJson {
  enum class Kind { kNull, kBool, kNumber, kString, kObject, kArray };
  Kind kind = Kind::kNull;
  std::string text;  // of a number or literal as written, of a string its content
  std::vector<PlainMember> members;
};

struct PlainMember {
  std::string key;  // "" in a list
  PlainJson value;
};

// nullopt for what is no JSON text in valid UTF-8, or nested deeper than 64.
std::optional<PlainJson> read_plain_json(std::string_view text);

}  // namespace yujing::tests

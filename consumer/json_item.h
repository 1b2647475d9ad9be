// One value of a JSON document as a walk over it meets it (json_scan.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace yujing::consumer {

enum class JsonKind : std::uint8_t { kNull, kBool, kNumber, kString, kObject, kArray };

// Objects and lists may stand in each other this often; what goes deeper is refused.
inline constexpr unsigned kJsonDepthMax = 64;

struct JsonItem {
  unsigned depth = 0;    // of the object or list it stands in: 1 for the members of the document
  std::string_view key;  // unescaped; "" in a list
  JsonKind kind = JsonKind::kNull;
  // A string's content, unescaped; of other scalars the text as written; "" for objects and lists.
  std::string_view text;
  const char* begin = nullptr;  // where the value begins in the text
  const char* end = nullptr;    // where a scalar ends
};

// Why bytes are not accepted as a JSON object. The message holds nothing of the bytes.
struct JsonFault {
  std::string message;
};

}  // namespace yujing::consumer

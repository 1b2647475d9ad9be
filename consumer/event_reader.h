// Finds the fields of a settlement event in its JSON, whatever shape it comes in: the flat object,
// an object with a `setlinfo` node, a whole reply with `output.setlinfo`. Says what stands there,
// not what it means (codec.h does).
//
// Where several places name one field: node before wrapper, national name before other spellings,
// and the last of equal keys; an empty one yields. Not thread-safe.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

#include "consumer/event_field.h"
#include "consumer/json_scan.h"
#include "monitor/refusal.h"

namespace yujing::consumer {

// A value as it was written: the content of a string, the text of a number.
struct RawValue {
  std::string_view text;
  JsonKind kind = JsonKind::kNull;

  [[nodiscard]] bool is_text() const {
    return kind == JsonKind::kString || kind == JsonKind::kNumber;
  }
};

class EventReader {
 public:
  // Refuses what is no JSON object, and a wrapper without its node. What was read is valid until
  // the next call.
  [[nodiscard]] std::optional<monitor::Refusal> read(std::string_view bytes);

  // False where the field is missing, null or "".
  [[nodiscard]] bool has(Field field) const { return (present_ >> index(field) & 1U) != 0; }
  // REQUIRES: has(field)
  [[nodiscard]] const RawValue& value(Field field) const { return *values_[index(field)]; }
  // A string, or a number as it was written; "" where there is none.
  [[nodiscard]] std::string_view text(Field field) const {
    if (!has(field) || !value(field).is_text()) return {};
    return value(field).text;
  }

  // What the walk shows (json_scan.h). Inline for the walk that read() begins: most of the time of
  // reading passes there.
  inline void scalar(const JsonItem& item);
  void open(const JsonItem& item);
  void close(const char*) {}

 private:
  // Objects whose members can be fields.
  enum Place : std::uint8_t { kRoot, kRootNode, kOutput, kOutputNode, kOutside };
  static constexpr std::size_t kPlaces = kOutside;
  // What `setlinfo` or `output` turned out to be.
  enum class Node : std::uint8_t { kAbsent, kObject, kOther };

  static std::size_t index(Field field) { return static_cast<std::size_t>(field); }
  [[nodiscard]] bool note_node(Place place, NameId name, JsonKind kind);
  inline void keep(Place place, NameId name, const JsonItem& item);
  [[nodiscard]] std::optional<monitor::Refusal> resolve();
  void take(Place place);

  JsonScan scan_;
  std::array<Place, kJsonDepthMax + 2> place_at_{};  // by depth
  Node root_node_ = Node::kAbsent;
  Node output_ = Node::kAbsent;
  Node output_node_ = Node::kAbsent;
  std::array<std::uint64_t, kPlaces> filled_{};  // bit: name with a value that is not empty
  std::array<std::array<RawValue, kValueNames>, kPlaces> found_{};
  std::uint64_t present_ = 0;  // bit: field
  std::array<const RawValue*, kFields> values_{};
};
static_assert(kValueNames <= 64, "names of a place are bits of one word");

}  // namespace yujing::consumer

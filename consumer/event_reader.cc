#include "consumer/event_reader.h"

#include <utility>

#include <fmt/format.h>

namespace yujing::consumer {
namespace {

using monitor::Refusal;
using monitor::RefusalReason;

constexpr Field field_named(NameId name) {
  return name < kFields ? static_cast<Field>(name) : kSpellings[name - kFields].field;
}

bool is_empty(const JsonItem& item) {
  return item.kind == JsonKind::kNull || (item.kind == JsonKind::kString && item.text.empty());
}

Refusal no_node(std::string_view name) {
  return {RefusalReason::kMissingField,
          fmt::format("{} is missing or no object: send the whole reply, with the settlement in it",
                      name)};
}

}  // namespace

std::optional<Refusal> EventReader::read(std::string_view bytes) {
  place_at_[1] = kRoot;
  root_node_ = output_ = output_node_ = Node::kAbsent;
  filled_ = {};
  if (const auto fault = scan_.run(bytes, *this)) {
    return Refusal{
        RefusalReason::kNotJson,
        fmt::format("the event cannot be read as JSON: {}; send it again as one JSON object",
                    fault->message)};
  }
  return resolve();
}

void EventReader::scalar(const JsonItem& item) {
  const Place place = place_at_[item.depth];
  if (place == kOutside) return;
  const NameId name = kNameTable.find(item.key);
  if (name == kNoName) return;
  if (name < kValueNames) {
    keep(place, name, item);
  } else {
    static_cast<void>(note_node(place, name, item.kind));
  }
}

void EventReader::open(const JsonItem& item) {
  const Place place = place_at_[item.depth];
  Place inside = kOutside;
  if (place != kOutside) {
    const NameId name = kNameTable.find(item.key);
    if (name < kValueNames) {
      keep(place, name, item);
    } else if (name != kNoName && note_node(place, name, item.kind)) {
      inside = name == kOutputName ? kOutput : place == kRoot ? kRootNode : kOutputNode;
      filled_[inside] = 0;
    }
  }
  place_at_[item.depth + 1] = inside;
}

// True when the members of `name`, standing in `place`, can be fields.
bool EventReader::note_node(Place place, NameId name, JsonKind kind) {
  const Node node = kind == JsonKind::kObject ? Node::kObject : Node::kOther;
  if (name == kOutputName && place == kRoot) {
    output_ = node;
    output_node_ = Node::kAbsent;
    filled_[kOutput] = filled_[kOutputNode] = 0;
  } else if (name == kSetlinfoName && place == kRoot) {
    root_node_ = node;
  } else if (name == kSetlinfoName && place == kOutput) {
    output_node_ = node;
  } else {
    return false;
  }
  return node == Node::kObject;
}

void EventReader::keep(Place place, NameId name, const JsonItem& item) {
  const std::uint64_t bit = std::uint64_t{1} << name;
  if (is_empty(item)) {
    filled_[place] &= ~bit;
    return;
  }
  filled_[place] |= bit;
  found_[place][name] = {item.text, item.kind};
}

std::optional<Refusal> EventReader::resolve() {
  present_ = 0;
  if (root_node_ != Node::kAbsent) {
    if (root_node_ != Node::kObject) return no_node("setlinfo");
    take(kRootNode);
  } else if (output_ != Node::kAbsent) {
    if (output_ != Node::kObject) return no_node("output");
    if (output_node_ != Node::kObject) return no_node("output.setlinfo");
    take(kOutputNode);
    take(kOutput);
  }
  take(kRoot);
  return std::nullopt;
}

// Takes from `place` what is not there yet.
void EventReader::take(Place place) {
  constexpr std::uint64_t kNational = (std::uint64_t{1} << kFields) - 1;
  std::uint64_t wanted = filled_[place] & kNational & ~present_;
  present_ |= wanted;
  for (; wanted != 0; wanted &= wanted - 1) {
    const auto name = static_cast<std::size_t>(std::countr_zero(wanted));
    values_[name] = &found_[place][name];
  }
  for (std::uint64_t others = filled_[place] & ~kNational; others != 0; others &= others - 1) {
    const auto name = static_cast<NameId>(std::countr_zero(others));
    const std::size_t field = index(field_named(name));
    if ((present_ >> field & 1U) != 0) continue;
    present_ |= std::uint64_t{1} << field;
    values_[field] = &found_[place][name];
  }
}

}  // namespace yujing::consumer

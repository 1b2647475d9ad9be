#include "monitor/id_marks.h"

#include <algorithm>

namespace yujing::monitor {

namespace {

// The two halves of FNV-1a over each other: it is stored, so it stays what it is.
std::uint16_t mark_of(std::string_view id) {
  std::uint32_t hash = 2'166'136'261U;
  for (const char c : id) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 16'777'619U;
  }
  return static_cast<std::uint16_t>(hash >> 16 ^ hash);
}

}  // namespace

void IdMarks::add(std::string_view id) {
  if (!many_) keep(mark_of(id));
}

bool IdMarks::may_hold(std::string_view id) const {
  if (many_) return true;
  return !marks_.empty() && std::find(marks_.begin(), marks_.end(), mark_of(id)) != marks_.end();
}

void IdMarks::keep(std::uint16_t mark) {
  if (marks_.size() == kMarksMax) return keep_none();
  if (!many_) marks_.push_back(mark);
}

void IdMarks::keep_none() {
  marks_.clear();
  many_ = true;
}

void IdMarks::clear() {
  marks_.clear();
  many_ = false;
}

}  // namespace yujing::monitor

// Short marks of ids, kept with a person: an id whose mark is not among them was never added, and
// nothing need be looked up to know it. One whose mark is there may have been.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace yujing::monitor {

class IdMarks {
 public:
  // Past so many they cost more than they save: then every id may have been added.
  static constexpr std::size_t kMarksMax = 255;

  void add(std::string_view id);
  [[nodiscard]] bool may_hold(std::string_view id) const;

  // As they are stored: the marks in the order they were added, or that there are too many.
  [[nodiscard]] const std::vector<std::uint16_t>& marks() const { return marks_; }
  [[nodiscard]] bool many() const { return many_; }
  void keep(std::uint16_t mark);
  void keep_none();
  void clear();

  bool operator==(const IdMarks&) const = default;

 private:
  std::vector<std::uint16_t> marks_;  // none when there are many
  bool many_ = false;
};

}  // namespace yujing::monitor

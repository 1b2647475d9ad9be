// Finds an element of a list by a hash of its key: a table of numbers, open addressing, linear
// probing. The owner of the list has the keys and says which element is the one. The hash's 32 bits
// are kept, so that few elements are looked at and growing looks at none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace yujing::monitor {

class FlatIndex {
 public:
  using Number = std::uint32_t;
  static constexpr Number kNone = ~Number{0};

  // Of this process only: never stored.
  [[nodiscard]] static std::uint32_t hash(std::string_view key) {
    return static_cast<std::uint32_t>(std::hash<std::string_view>()(key));
  }

  // The number that was added with `hash` and that `is_it` says is meant.
  template <class IsIt>
  [[nodiscard]] std::optional<Number> find(std::uint32_t hash, IsIt is_it) const {
    if (slots_.empty()) return std::nullopt;
    for (std::size_t at = hash & mask(); slots_[at].number != kNone; at = (at + 1) & mask()) {
      if (slots_[at].hash == hash && is_it(slots_[at].number)) return slots_[at].number;
    }
    return std::nullopt;
  }

  // Asks for the memory that find() looks at first. Always inline: the compiler leaves out a call
  // that changes nothing.
  [[gnu::always_inline]] void fetch(std::uint32_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[hash & mask()]);
  }

  void add(std::uint32_t hash, Number number) {
    if (size_ * 3 >= slots_.size() * 2) grow();
    put({hash, number});
    ++size_;
  }

  // `number` was added with `hash`. What lies behind moves up, so that no gap parts it from its
  // place.
  void remove(std::uint32_t hash, Number number) {
    std::size_t gap = place(hash, number);
    slots_[gap] = Slot();
    for (std::size_t at = (gap + 1) & mask(); slots_[at].number != kNone; at = (at + 1) & mask()) {
      const std::size_t home = slots_[at].hash & mask();
      if (((at - home) & mask()) < ((at - gap) & mask())) continue;
      slots_[gap] = std::exchange(slots_[at], Slot());
      gap = at;
    }
    --size_;
  }

  // Another number for the same element.
  void replace(std::uint32_t hash, Number number, Number by) {
    slots_[place(hash, number)].number = by;
  }

  // Keeps its room.
  void clear() {
    if (size_ > 0) slots_.assign(slots_.size(), Slot());
    size_ = 0;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    std::uint32_t hash = 0;
    Number number = kNone;
  };
  static constexpr std::size_t kSlotsMin = 64;

  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }

  [[nodiscard]] std::size_t place(std::uint32_t hash, Number number) const {
    std::size_t at = hash & mask();
    while (slots_[at].number != number)
      at = (at + 1) & mask();
    return at;
  }

  void put(Slot slot) {
    std::size_t at = slot.hash & mask();
    while (slots_[at].number != kNone)
      at = (at + 1) & mask();
    slots_[at] = slot;
  }

  void grow() {
    std::vector<Slot> old(slots_.empty() ? kSlotsMin : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) put(slot);
    }
  }

  std::vector<Slot> slots_;  // a power of two
  std::size_t size_ = 0;
};

}  // namespace yujing::monitor

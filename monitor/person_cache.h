// Encoded states of the persons met, in compact rows, so that a person whose bills keep coming is
// not looked up in the store again. When the memory is full, rows that nobody asked for lately make
// room. Nothing depends on a person being held. Single-threaded.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "monitor/flat_index.h"

namespace yujing::monitor {

class PersonCache {
 public:
  // `bytes_max`: of the rows; the index takes some tenth more.
  explicit PersonCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Nullopt when not held. Valid until the next put.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view psn_no);
  void put(std::string_view psn_no, std::string_view state);

  // The person is going to be asked for, after kExpected others or so: has the processor fetch
  // their row.
  static constexpr std::size_t kExpected = 16;
  void expect(std::string_view psn_no);

  // Lets go of everybody.
  void clear();

  // Whether every person that was put since the last clear() is still held.
  [[nodiscard]] bool holds_all() const { return holds_all_; }

 private:
  // Rows lie in blocks, each tiled with slots of whole units; a slot's number is that of its first
  // unit.
  struct Head {
    std::uint32_t value_size : 30;
    std::uint32_t taken : 1;
    std::uint32_t asked_for : 1;  // since the hand last passed
    std::uint16_t key_size;
    std::uint16_t units;  // of the slot
  };
  using Slot = FlatIndex::Number;
  static constexpr std::uint32_t kValueSizeMax = (1U << 30) - 1;
  static constexpr std::size_t kUnitBytes = 16;
  static constexpr std::size_t kBlockUnits = 65'536;
  static constexpr std::size_t kRowUnitsMax = 1024;  // a larger row is not held
  static constexpr int kStepsMax = 256;              // of the hand, in search of one slot

  [[nodiscard]] char* at(Slot slot) const;
  [[nodiscard]] Head& head(Slot slot) const;
  [[nodiscard]] std::string_view key(Slot slot) const;
  [[nodiscard]] std::optional<Slot> find_row(std::uint32_t hash, std::string_view psn_no) const;

  [[nodiscard]] std::optional<Slot> take_slot(std::size_t units);
  [[nodiscard]] std::optional<Slot> take_free(std::size_t units);
  [[nodiscard]] bool add_block();
  void let_go(Slot slot);
  void move_hand();
  void make_free(Slot slot, std::size_t units);

  std::size_t bytes_max_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::vector<Slot>> free_{kRowUnitsMax + 1};  // by units
  Slot untouched_ = 0;                                     // of the last block, from here on
  Slot hand_ = 0;
  FlatIndex index_;
  std::array<std::uint32_t, kExpected / 2> expected_{};  // hashes, round and round
  std::size_t next_expected_ = 0;
  bool holds_all_ = true;
};

}  // namespace yujing::monitor

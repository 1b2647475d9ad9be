// What a batch is going to write into one column family: found by key and by group (all keys of one
// person) by reads of the same batch, and handed out at its end. Keys and values lie in blocks that
// are used again. Single-threaded.
//
// Most groups are small, so there is an index of groups, and a group is looked through; only the
// keys of large ones have an index of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "monitor/flat_index.h"

namespace yujing::monitor {

struct PendingWrite {
  std::string_view key;
  std::optional<std::string_view> value;  // nullopt: the key is deleted
  bool operator==(const PendingWrite&) const = default;
};

class PendingWrites {
 public:
  // `key` starts with `group_size` bytes that name its group, the same each time. A later write of
  // the same key stands for the earlier.
  void put(std::string_view key, std::size_t group_size, std::optional<std::string_view> value);

  // Nullopt when the batch does not write `key`. What is returned is valid until clear().
  [[nodiscard]] std::optional<PendingWrite> find(std::string_view key,
                                                 std::size_t group_size) const;
  // The writes whose keys start with `prefix`, which is of `group`, in the order of keys.
  [[nodiscard]] std::vector<PendingWrite> of_group(std::string_view group,
                                                   std::string_view prefix) const;
  // All, as their keys were first put.
  [[nodiscard]] std::span<const PendingWrite> all() const { return writes_; }
  [[nodiscard]] std::size_t size() const { return writes_.size(); }
  // Of keys and values, those that a later write of the same key stands for among them.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Puts what `later` writes, in its order, and leaves it empty.
  void take_over(PendingWrites& later);
  void clear();

 private:
  using Number = FlatIndex::Number;
  static constexpr std::size_t kBlockBytes = 1U << 20;
  static constexpr std::uint32_t kLookedThrough = 16;

  [[nodiscard]] std::optional<Number> last_of_group(std::uint32_t hash,
                                                    std::string_view group) const;
  [[nodiscard]] std::optional<Number> in_group(Number last, std::string_view key) const;
  void add_to_group(Number last, Number number);
  [[nodiscard]] std::string_view keep(std::string_view bytes);
  [[nodiscard]] std::optional<std::string_view> keep(std::optional<std::string_view> value);

  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;  // in use
  std::size_t used_ = 0;   // of it
  std::size_t bytes_ = 0;  // of all

  std::vector<PendingWrite> writes_;  // as they came
  struct InGroup {
    std::uint32_t group_size = 0;
    std::uint32_t length = 1;          // of the group, up to this write
    Number before = FlatIndex::kNone;  // the write before in the same group
  };
  std::vector<InGroup> in_group_;  // by write
  FlatIndex by_group_;             // the last write of each
  FlatIndex by_key_;               // of groups that are longer than kLookedThrough
};

}  // namespace yujing::monitor

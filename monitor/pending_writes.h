// What a batch is going to write: sorted by key, so that reads of the same batch can be merged with
// the store and the write-out goes through the memtables in order. Single-threaded.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace yujing::monitor {

class PendingWrites {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;

  void put(std::string key, std::string value) {
    writes_.insert_or_assign(std::move(key), std::move(value));
  }
  // Null when the batch does not write `key`.
  [[nodiscard]] const std::string* find(std::string_view key) const {
    const auto at = writes_.find(key);
    return at == writes_.end() ? nullptr : &at->second;
  }
  // The first write at or after `key`.
  [[nodiscard]] Map::const_iterator from(std::string_view key) const {
    return writes_.lower_bound(key);
  }
  [[nodiscard]] const Map& all() const { return writes_; }
  void clear() { writes_.clear(); }

 private:
  Map writes_;
};

}  // namespace yujing::monitor

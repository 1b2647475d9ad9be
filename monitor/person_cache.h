// Encoded person states that were read or written lately, so that a person whose bills keep coming
// is not looked up in the store again. Two generations: what the older one holds and nobody asks
// for is dropped when the younger one is full. Single-threaded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace yujing::monitor {

class PersonCache {
 public:
  // `bytes_max`: of one generation, about.
  explicit PersonCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Null when not held. Valid until the next call.
  [[nodiscard]] const std::string* find(const std::string& key) {
    if (const auto at = young_.find(key); at != young_.end()) return &at->second;
    const auto at = old_.find(key);
    if (at == old_.end()) return nullptr;
    std::string value = std::move(at->second);
    old_.erase(at);
    return &put(key, std::move(value));
  }

  const std::string& put(const std::string& key, std::string value) {
    if (bytes_ > bytes_max_) {
      old_ = std::exchange(young_, {});
      bytes_ = 0;
    } else {
      old_.erase(key);
    }
    bytes_ += key.size() + value.size() + kOverheadBytes;
    std::string& held = young_[key];
    held = std::move(value);
    return held;
  }

 private:
  static constexpr std::size_t kOverheadBytes = 96;  // of an element of the table

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;  // of the younger generation, counting what was written over
  std::unordered_map<std::string, std::string> young_;
  std::unordered_map<std::string, std::string> old_;
};

}  // namespace yujing::monitor

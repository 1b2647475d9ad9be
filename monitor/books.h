// The whole ledger of persons with very many settlements, kept in memory: folding a year of theirs
// again need not read thousands of entries each time. Nothing depends on a book being held.
// Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "monitor/book.h"

namespace yujing::monitor {

class Books {
 public:
  // A person with fewer settlements is as well read from the store.
  static constexpr std::size_t kItemsMin = 96;
  static constexpr std::size_t kBytesMax = 256U << 20;

  explicit Books(std::size_t bytes_max = kBytesMax) : bytes_max_(bytes_max) {}

  // Null when not held.
  [[nodiscard]] Book* find(std::string_view psn_no);
  // Takes a person's book in; returns it.
  Book& keep(std::string_view psn_no, Book book);
  // Puts the least used books away until the rest fits.
  void trim();
  void clear();

 private:
  struct Held {
    Book book;
    std::uint64_t used = 0;  // by the clock
    std::size_t bytes = 0;   // when it was last counted
  };
  std::size_t bytes_max_;
  struct Hash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard names it
    std::size_t operator()(std::string_view psn_no) const {
      return std::hash<std::string_view>()(psn_no);
    }
  };
  std::unordered_map<std::string, Held, Hash, std::equal_to<>> books_;
  std::uint64_t clock_ = 0;
  std::uint64_t counted_ = 0;  // the clock when they were last counted
  std::size_t bytes_ = 0;      // of all, then
};

}  // namespace yujing::monitor

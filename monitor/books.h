// The whole ledger of persons with very many settlements, kept in memory: folding a year of theirs
// again need not read thousands of entries each time. Nothing depends on a book being held.
// Single-threaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "monitor/ledger.h"

namespace yujing::monitor {

struct Book {
  std::vector<LedgerItem> items;
  std::unordered_map<std::string, std::size_t> by_setl_id;  // index into items
  std::uint64_t used = 0;

  void add(LedgerItem item);
  // Folds one more entry of one settlement.
  void fold_in(std::string_view psn_no, std::string_view setl_id, const Entry& entry);
};

class Books {
 public:
  // A person with fewer settlements is as well read from the store.
  static constexpr std::size_t kItemsMin = 256;
  static constexpr std::size_t kItemsMax = 200'000;  // in all books, about 150 MB

  // Null when not held.
  [[nodiscard]] Book* find(const std::string& psn_no);
  // Takes a person's book in; returns it.
  Book& keep(const std::string& psn_no, Book book);
  // Puts the least used books away until the rest fits.
  void trim();

 private:
  std::unordered_map<std::string, Book> books_;
  std::uint64_t clock_ = 0;
};

}  // namespace yujing::monitor

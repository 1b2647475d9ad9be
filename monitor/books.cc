#include "monitor/books.h"

#include <algorithm>
#include <utility>

namespace yujing::monitor {

Book* Books::find(std::string_view psn_no) {
  const auto at = books_.find(psn_no);
  if (at == books_.end()) return nullptr;
  at->second.used = ++clock_;
  return &at->second.book;
}

Book& Books::keep(std::string_view psn_no, Book book) {
  return books_.insert_or_assign(std::string(psn_no), Held{std::move(book), ++clock_})
      .first->second.book;
}

void Books::trim() {
  std::size_t bytes = 0;
  for (const auto& [psn_no, held] : books_)
    bytes += held.book.bytes();
  while (bytes > bytes_max_) {
    const auto least = std::min_element(
        books_.begin(), books_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    bytes -= least->second.book.bytes();
    books_.erase(least);
  }
}

}  // namespace yujing::monitor

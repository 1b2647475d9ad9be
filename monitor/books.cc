#include "monitor/books.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace yujing::monitor {

Book* Books::find(std::string_view psn_no) {
  const auto at = books_.find(psn_no);
  if (at == books_.end()) return nullptr;
  at->second.used = ++clock_;
  return &at->second.book;
}

Book& Books::keep(std::string_view psn_no, Book book) {
  if (const auto before = books_.find(psn_no); before != books_.end()) {
    bytes_ -= before->second.bytes;
    books_.erase(before);
  }
  return books_.emplace(psn_no, Held{std::move(book), ++clock_}).first->second.book;
}

void Books::trim() {
  for (auto& [psn_no, held] : books_) {
    if (held.used <= counted_) continue;  // and unchanged
    bytes_ -= held.bytes;
    held.bytes = held.book.bytes();
    bytes_ += held.bytes;
  }
  counted_ = clock_;
  if (bytes_ <= bytes_max_) return;
  std::vector<decltype(books_)::iterator> least_used_first;
  least_used_first.reserve(books_.size());
  for (auto at = books_.begin(); at != books_.end(); ++at)
    least_used_first.push_back(at);
  std::ranges::sort(least_used_first, {}, [](auto at) { return at->second.used; });
  for (const auto at : least_used_first) {
    if (bytes_ <= bytes_max_) break;
    bytes_ -= at->second.bytes;
    books_.erase(at);
  }
}

void Books::clear() {
  books_.clear();
  bytes_ = 0;
}

}  // namespace yujing::monitor

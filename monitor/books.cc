#include "monitor/books.h"

#include <algorithm>

namespace yujing::monitor {

void Book::add(LedgerItem item) {
  by_setl_id.emplace(item.content.setl_id, items.size());
  items.push_back(std::move(item));
}

void Book::fold_in(std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
  const auto [at, fresh] = by_setl_id.try_emplace(std::string(setl_id), items.size());
  if (fresh) items.emplace_back();
  LedgerItem& item = items[at->second];
  fold(item, entry);
  item.content.psn_no = psn_no;
  item.content.setl_id = setl_id;
}

Book* Books::find(const std::string& psn_no) {
  const auto at = books_.find(psn_no);
  if (at == books_.end()) return nullptr;
  at->second.used = ++clock_;
  return &at->second;
}

Book& Books::keep(const std::string& psn_no, Book book) {
  book.used = ++clock_;
  return books_.insert_or_assign(psn_no, std::move(book)).first->second;
}

void Books::trim() {
  std::size_t items = 0;
  for (const auto& [psn_no, book] : books_)
    items += book.items.size();
  while (items > kItemsMax) {
    const auto least = std::min_element(
        books_.begin(), books_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    items -= least->second.items.size();
    books_.erase(least);
  }
}

}  // namespace yujing::monitor

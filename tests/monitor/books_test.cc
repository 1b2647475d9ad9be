#include "monitor/books.h"

#include <gtest/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

Book book_of(std::size_t items) {
  Book book;
  for (std::size_t i = 0; i < items; ++i) {
    LedgerItem item;
    item.content.setl_id = "S" + std::to_string(i);
    book.add(std::move(item));
  }
  return book;
}

Entry entered(const char* medfee) {
  Entry entry;
  entry.counts = true;
  entry.content = bill("jixi", {.medfee = medfee});
  return entry;
}

TEST(Books, ABookFoldsEntriesOfNewAndKnownSettlements) {
  Book book;
  book.fold_in("P1", "S1", entered("100"));
  book.fold_in("P1", "S2", entered("200"));
  Entry undone;
  undone.kind = Entry::Kind::kUndone;
  undone.seq = 1;
  book.fold_in("P1", "S1", undone);
  ASSERT_EQ(book.items.size(), 2U);
  const LedgerItem& first = book.items[book.by_setl_id.at("S1")];
  EXPECT_EQ(first.content.setl_id, "S1");
  EXPECT_EQ(first.content.psn_no, "P1");
  EXPECT_FALSE(first.counts);
  EXPECT_EQ(first.next_seq, 2U);
  EXPECT_EQ(book.items[book.by_setl_id.at("S2")].content.amount(Amount::kMedfee), yuan("200"));
}

TEST(Books, WhatIsNotHeldIsNotFound) {
  Books books;
  EXPECT_EQ(books.find("P1"), nullptr);
  books.keep("P1", book_of(3));
  ASSERT_NE(books.find("P1"), nullptr);
  EXPECT_EQ(books.find("P1")->items.size(), 3U);
}

TEST(Books, TheLeastUsedIsPutAwayFirst) {
  Books books;
  const std::size_t half = Books::kItemsMax / 2;
  books.keep("P1", book_of(half));
  books.keep("P2", book_of(half));
  books.trim();
  EXPECT_NE(books.find("P2"), nullptr);
  EXPECT_NE(books.find("P1"), nullptr);  // used after P2
  books.keep("P3", book_of(1));
  books.trim();
  EXPECT_EQ(books.find("P2"), nullptr);
  EXPECT_NE(books.find("P1"), nullptr);
  EXPECT_NE(books.find("P3"), nullptr);
}

TEST(Books, OneThatIsTooLargeByItselfIsPutAwayToo) {
  Books books;
  books.keep("P1", book_of(Books::kItemsMax + 1));
  books.trim();
  EXPECT_EQ(books.find("P1"), nullptr);
}

}  // namespace
}  // namespace yujing::monitor

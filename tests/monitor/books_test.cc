#include "monitor/books.h"

#include <gtest/gtest.h>

#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

Book book_of(std::size_t items) {
  Book book("P1");
  for (std::size_t i = 0; i < items; ++i)
    book.enter({bill("jixi", {.setl_id = "S" + std::to_string(i)}), kNoTime, false}, true);
  return book;
}

TEST(Books, WhatIsNotHeldIsNotFound) {
  Books books;
  EXPECT_EQ(books.find("P1"), nullptr);
  books.keep("P1", book_of(3));
  ASSERT_NE(books.find("P1"), nullptr);
  EXPECT_EQ(books.find("P1")->size(), 3U);
}

TEST(Books, TheLeastUsedIsPutAwayFirst) {
  const std::size_t large = book_of(500).bytes();
  Books books(2 * large + large / 2);
  books.keep("P1", book_of(500));
  books.keep("P2", book_of(500));
  books.trim();
  EXPECT_NE(books.find("P2"), nullptr);
  EXPECT_NE(books.find("P1"), nullptr);  // used after P2
  books.keep("P3", book_of(500));
  books.trim();
  EXPECT_EQ(books.find("P2"), nullptr);
  EXPECT_NE(books.find("P1"), nullptr);
  EXPECT_NE(books.find("P3"), nullptr);
}

TEST(Books, OneThatIsTooLargeByItselfIsPutAwayToo) {
  Books books(1000);
  books.keep("P1", book_of(500));
  books.trim();
  EXPECT_EQ(books.find("P1"), nullptr);
}

}  // namespace
}  // namespace yujing::monitor

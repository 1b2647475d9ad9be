#include "alerts/lists/list_csv.h"

#include <gmock/gmock.h>

#include "alerts/lists/list_heading.h"
#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

std::string cell(std::string_view text) {
  std::string out;
  append_csv_text(out, text);
  return out;
}

TEST(ListCsv, MakesFormulasHarmless) {
  EXPECT_EQ(cell("=1+1"), "\"'=1+1\"");
  EXPECT_EQ(cell("+86"), "\"'+86\"");
  EXPECT_EQ(cell("-2"), "\"'-2\"");
  EXPECT_EQ(cell("@SUM(A1)"), "\"'@SUM(A1)\"");
  EXPECT_EQ(cell("\t=1"), "\"'\t=1\"");
  EXPECT_EQ(cell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(cell("a=1"), "\"a=1\"");
}

TEST(ListCsv, QuotesByRfc4180) {
  EXPECT_EQ(cell("say \"hi\", twice\n"), "\"say \"\"hi\"\", twice\n\"");
  EXPECT_EQ(cell(""), "\"\"");
}

TEST(ListCsv, AmountsArePlainAndNegativeOnesStayNumbers) {
  std::vector<ListCell> cells(3);
  cells[0].money = yuan("-1234.5");
  cells[1].text = "000123";
  std::string out;
  append_csv_row(out, cells);
  EXPECT_EQ(out, "-1234.50,\"000123\",\r\n");
}

TEST(ListCsv, OpensWithAByteOrderMarkAndEveryHeading) {
  std::string out;
  append_csv_heading(out);
  EXPECT_TRUE(out.starts_with("\xEF\xBB\xBF\"序号\",\"本月新增\",\"人员编号\","));
  EXPECT_TRUE(out.ends_with("\"依据条款\"\r\n"));
}

TEST(ListHeading, NamesFilesByAreaOfficeAndMonth) {
  const auto* const jixi = shipped_rules().by_id("jixi");
  ListHeading heading{jixi, "230302", "civil_affairs", *parse_month("2026-03")};
  EXPECT_EQ(list_file_name(heading), "预警清单_230302_民政_2026-03");
  EXPECT_EQ(list_title(heading), "鸡西市 230302 因病致贫返贫预警清单（民政，2026年3月）");
  heading.area = "";
  EXPECT_EQ(list_file_name(heading), "预警清单_2303未注明_民政_2026-03");
  EXPECT_EQ(area_words("230399"), "市本级（230399）");
  EXPECT_EQ(list_area("23030"), "");
  EXPECT_EQ(list_area("23030x"), "");
}

TEST(Month, IsReadStrictly) {
  const auto month = parse_month("2024-02");
  ASSERT_TRUE(month.has_value());
  EXPECT_EQ(month->first, day("2024-02-01"));
  EXPECT_EQ(month->last, day("2024-02-29"));
  EXPECT_EQ(month_words(*month), "2024年2月");
  for (const auto* const wrong : {"2024-13", "2024-2", "2024-02-01", "", "24-02"})
    EXPECT_FALSE(parse_month(wrong).has_value()) << wrong;
}

}  // namespace
}  // namespace yujing::alerts

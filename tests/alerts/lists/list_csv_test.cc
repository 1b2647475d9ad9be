#include "alerts/lists/list_csv.h"

#include <gmock/gmock.h>

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
  EXPECT_TRUE(out.starts_with("\xEF\xBB\xBF\"序号\",\"年度\",\"本月新增\",\"人员编号\","));
  EXPECT_TRUE(out.ends_with("\"依据条款\"\r\n"));
}

TEST(ListCsv, ReadsBackWhatItWrote) {
  std::vector<ListCell> cells(4);
  cells[0].text = "say \"hi\", twice\r\n";
  cells[1].money = yuan("-0.05");
  cells[3].text = "=1";
  std::string out;
  append_csv_heading(out);
  append_csv_row(out, cells);
  append_csv_row(out, cells);
  std::string_view rest = out;
  EXPECT_EQ(read_csv_record(rest).size(), list_columns().size());
  for (int row = 0; row < 2; ++row)
    EXPECT_THAT(read_csv_record(rest),
                testing::ElementsAre("say \"hi\", twice\r\n", "-0.05", "", "'=1"));
  EXPECT_TRUE(rest.empty());
}

}  // namespace
}  // namespace yujing::alerts

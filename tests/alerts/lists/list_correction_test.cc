#include "alerts/lists/list_correction.h"

#include <gmock/gmock.h>

#include "alerts/lists/list_csv.h"

namespace yujing::alerts {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHeading =
    "\xEF\xBB\xBF\"序号\",\"年度\",\"人员编号\",\"预警规则\",\"个人负担金额\",\"身份类别\"\r\n";

std::string csv(std::string_view rows) { return std::string(kHeading) + std::string(rows); }

TEST(ListCorrection, TellsWithdrawnAddedAndChangedRows) {
  const auto before =
      csv("\"1\",\"2026\",\"P1\",\"甲\",100.00,\"\"\r\n"
          "\"2\",\"2026\",\"P2\",\"甲\",200.00,\"低保对象\"\r\n"
          "\"3\",\"2026\",\"P3\",\"甲\",300.00,\"\"\r\n");
  const auto now =
      csv("\"1\",\"2026\",\"P2\",\"甲\",250.00,\"\"\r\n"
          "\"2\",\"2025\",\"P3\",\"甲\",300.00,\"\"\r\n"
          "\"3\",\"2026\",\"P3\",\"甲\",300.00,\"\"\r\n");
  const auto lines = explain_correction(before, now);
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_THAT(lines[0].what, HasSubstr("撤出"));
  EXPECT_THAT(lines[0].what, HasSubstr("1行"));
  EXPECT_EQ(lines[1].text, "2026年度，甲：个人负担金额100.00元");
  EXPECT_EQ(lines[1].cite, "P1");
  EXPECT_THAT(lines[2].what, HasSubstr("增加"));
  EXPECT_EQ(lines[3].text, "2025年度，甲：个人负担金额300.00元");
  EXPECT_EQ(lines[3].cite, "P3");
  EXPECT_THAT(lines[4].what, HasSubstr("变更"));
  EXPECT_EQ(lines[5].text, "2026年度，甲：个人负担金额 200.00→250.00；身份类别 低保对象→（空白）");
  EXPECT_EQ(lines[5].cite, "P2");
}

TEST(ListCorrection, ARowThatOnlyMovedIsNone) {
  EXPECT_THAT(explain_correction(csv("\"1\",\"2026\",\"P1\",\"甲\",100.00,\"\"\r\n"),
                                 csv("\"7\",\"2026\",\"P1\",\"甲\",100.00,\"\"\r\n")),
              IsEmpty());
}

// A list written before a column was added, or by hand.
TEST(ListCorrection, ComparesTheColumnsThatBothHave) {
  const std::string before = "年度,人员编号,预警规则,备注\n2026,P1,甲,x\n";
  EXPECT_THAT(explain_correction(before, csv("\"1\",\"2026\",\"P1\",\"甲\",100.00,\"\"\r\n")),
              IsEmpty());
  EXPECT_EQ(explain_correction("", csv("\"1\",\"2026\",\"P1\",\"甲\",100.00,\"\"\r\n")).size(), 2U);
}

}  // namespace
}  // namespace yujing::alerts

#include "alerts/lists/list_heading.h"

#include <gtest/gtest.h>

#include "tests/alerts/watched_person.h"

namespace yujing::alerts {
namespace {

ListHeading county(std::string area) {
  return {known_rules().by_id("jixi"), std::move(area), "civil_affairs", *parse_month("2026-03")};
}

TEST(ListHeading, NamesTheAreaWhereItHasAName) {
  EXPECT_EQ(list_file_name(county("230302"), kFirstIssue), "预警清单_230302鸡冠区_民政_2026-03");
  EXPECT_EQ(list_title(county("230302")),
            "鸡西市 鸡冠区 230302 因病致贫返贫预警清单（民政，2026年3月）");
  EXPECT_EQ(list_title(county("230399")),
            "鸡西市 市本级 230399 因病致贫返贫预警清单（民政，2026年3月）");
  EXPECT_EQ(list_file_name(county("230377"), kFirstIssue), "预警清单_230377_民政_2026-03");
  EXPECT_EQ(list_title(county("230377")), "鸡西市 230377 因病致贫返贫预警清单（民政，2026年3月）");
  EXPECT_EQ(list_file_name(county(""), kFirstIssue), "预警清单_2303未注明_民政_2026-03");
  EXPECT_EQ(list_title(county("")), "鸡西市 参保地未注明 因病致贫返贫预警清单（民政，2026年3月）");
}

TEST(ListHeading, OnlySixDigitsAreAnArea) {
  EXPECT_EQ(list_area("230302"), "230302");
  EXPECT_EQ(list_area("23030"), "");
  EXPECT_EQ(list_area("../302"), "");
}

TEST(ListHeading, FindsItsPublishedFilesAgain) {
  for (const auto* const area : {"230302", "230377", ""}) {
    for (const std::uint32_t correction : {0U, 1U, 12U}) {
      const auto heading = county(area);
      const auto name = parse_list_file_name(list_file_name(heading, correction));
      ASSERT_TRUE(name.has_value()) << area;
      EXPECT_TRUE(name->is_of(heading));
      EXPECT_EQ(name->area_code(), area);
      EXPECT_EQ(name->correction, correction);
      auto other = heading;
      other.area = "230303";
      EXPECT_TRUE(name->is_like(other));
      EXPECT_FALSE(name->is_of(other));
      other.office = "agriculture";
      EXPECT_FALSE(name->is_like(other));
    }
  }
  auto march = county("230302");
  march.city = known_rules().by_id("yantai");
  EXPECT_FALSE(parse_list_file_name("预警清单_230302_民政_2026-03")->is_like(march));
  EXPECT_FALSE(parse_list_file_name("预警清单_2303未注明_民政_2026-03")->is_like(march));
}

// An area may have got its name after the list was published.
TEST(ListHeading, AnAreaIsKnownByItsCode) {
  EXPECT_TRUE(parse_list_file_name("预警清单_230302_民政_2026-03")->is_of(county("230302")));
}

TEST(ListHeading, OtherFilesAreNoLists) {
  for (const auto* const name :
       {"", "notes", "预警清单_230302_民政", "预警清单_230302_民政_2026-03_更正",
        "预警清单_230302_民政_2026-03_更正0", "预警清单_230302_民政_2026-03_更正1x",
        "预警清单_230302_民政_2026-03_副本", "预警清单_230302_民政_2026-03_更正1_1"})
    EXPECT_FALSE(parse_list_file_name(name).has_value()) << name;
}

}  // namespace
}  // namespace yujing::alerts

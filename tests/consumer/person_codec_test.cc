#include "consumer/person_codec.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thresholds/civil_day.h"

namespace yujing::consumer {
namespace {

using monitor::PersonRecord;
using testing::HasSubstr;
using testing::Not;
using thresholds::civil_day;
using thresholds::kNoEnd;
using thresholds::kNoStart;

TEST(PersonCodec, ReadsARecord) {
  const auto record = decode_person(R"({"psn_no":"P1","psn_name":"测试甲","certno":"FAKE-ID-0001",
    "phone":"13800000000","insu_admdvs":"230302","hukou_admdvs":230303,"household_id":"H1",
    "updt_time":"2026-03-01 08:00:00","categories":[
      {"category":"dibao","from":"2026-01-01","until":null,"certified_by":"civil_affairs"},
      {"category":"someday","until":"2026-05-31"},
      {"category":"tekun","from":"","until":""},
      {"category":"orphan","from":"2026-02-01","until":"2026-02-01"}],
    "applications":[{"date":"2026-08-15"},{"date":"2026-09-15","note":1}],"x":{"y":[]}})");
  ASSERT_TRUE(record) << record.error().message;
  PersonRecord expected;
  expected.psn_no = "P1";
  expected.insu_admdvs = "230302";
  expected.hukou_admdvs = "230303";
  expected.household_id = "H1";
  expected.updt_time = *thresholds::parse_time("2026-03-01 08:00:00");
  expected.categories = {{"dibao", civil_day(2026, 1, 1), kNoEnd, "civil_affairs"},
                         {"someday", kNoStart, civil_day(2026, 5, 31), ""},
                         {"tekun", kNoStart, kNoEnd, ""},
                         {"orphan", civil_day(2026, 2, 1), civil_day(2026, 2, 1), ""}};
  expected.applications = {civil_day(2026, 8, 15), civil_day(2026, 9, 15)};
  EXPECT_EQ(*record, expected);
}

TEST(PersonCodec, NeedsNothingButTheNumber) {
  for (const char* text :
       {R"({"psn_no":12345678901234567890123})",
        R"({"psn_no":"12345678901234567890123","categories":null,
                               "applications":null,"updt_time":null})",
        R"({"psn_no":"12345678901234567890123","categories":[],"updt_time":""})"}) {
    const auto record = decode_person(text);
    ASSERT_TRUE(record) << record.error().message;
    PersonRecord expected;
    expected.psn_no = "12345678901234567890123";
    EXPECT_EQ(*record, expected);
  }
}

struct Refused {
  std::string_view text;
  std::string_view reason;
  std::string_view says;
};

TEST(PersonCodec, RefusesWithAReason) {
  const std::vector<Refused> cases = {
      {"", "not_json", "JSON"},
      {"{", "not_json", "JSON"},
      {"[1]", "not_json", "JSON object"},
      {R"({"psn_no":"P1"} x)", "not_json", "JSON"},
      {R"({})", "missing_field", "psn_no"},
      {R"({"psn_no":""})", "missing_field", "psn_no"},
      {R"({"psn_no":null})", "missing_field", "psn_no"},
      {R"({"psn_no":true})", "missing_field", "psn_no"},
      {R"({"psn_no":"P1","categories":{}})", "missing_field", "`categories` is no list"},
      {R"({"psn_no":"P1","categories":"dibao"})", "missing_field", "`categories` is no list"},
      {R"({"psn_no":"P1","categories":[{}]})", "missing_field", "categories[0].category"},
      {R"({"psn_no":"P1","categories":[{"category":"a"},"b"]})", "missing_field", "categories[1]"},
      {R"({"psn_no":"P1","categories":[{"category":[]}]})", "missing_field", "categories[0]"},
      {R"({"psn_no":"P1","categories":[{"category":"a","from":"2026-02-30"}]})", "bad_date",
       "categories[0].from"},
      {R"({"psn_no":"P1","categories":[{"category":"a","until":20261231}]})", "bad_date",
       "categories[0].until"},
      {R"({"psn_no":"P1","categories":[{"category":"a","from":"2026-05-02","until":"2026-05-01"}]})",
       "bad_date", "`until` is before `from`"},
      {R"({"psn_no":"P1","applications":{"date":"2026-01-01"}})", "missing_field", "applications"},
      {R"({"psn_no":"P1","applications":["2026-01-01"]})", "missing_field", "`date`"},
      {R"({"psn_no":"P1","applications":[{}]})", "missing_field", "`date`"},
      {R"({"psn_no":"P1","applications":[{"date":"2025-02-29"}]})", "bad_date", "application"},
      {R"({"psn_no":"P1","updt_time":"2026-13-01 00:00:00"})", "bad_date", "updt_time"},
      {R"({"psn_no":"P1","updt_time":20260101})", "bad_date", "updt_time"},
  };
  for (const auto& refused : cases) {
    SCOPED_TRACE(refused.text);
    const auto record = decode_person(refused.text);
    ASSERT_FALSE(record);
    EXPECT_EQ(name_of(record.error().reason), refused.reason);
    EXPECT_THAT(record.error().message, HasSubstr(std::string(refused.says)));
    EXPECT_THAT(record.error().message, HasSubstr("send"));
  }
}

TEST(PersonCodec, NeverShowsWhoItIs) {
  const auto record = decode_person(
      R"({"psn_no":"P77","psn_name":"测试甲","certno":"FAKE-ID-0001","updt_time":"FAKE-ID-0001"})");
  ASSERT_FALSE(record);
  for (const char* secret : {"P77", "测试甲", "FAKE"}) {
    EXPECT_THAT(record.error().message, Not(HasSubstr(secret)));
  }
}

}  // namespace
}  // namespace yujing::consumer

#include "alerts/cloud_event.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "alerts/alert_id.h"

namespace yujing::alerts {
namespace {

monitor::AlertMessage message() {
  monitor::AlertMessage message;
  message.psn_no = "P1";
  message.id = "jixi:burden-over-10000:P1:2026/1";
  message.type = "cn.yujing.alert.raised";
  message.source = "/yujing/jixi";
  message.subject = "jixi:burden-over-10000:P1:2026";
  message.time = "2026-03-09T10:00:00+08:00";
  message.city = "jixi";
  message.rule = "burden-over-10000";
  message.data = R"({"revision":1,"city_name":"鸡西"})";
  return message;
}

TEST(CloudEvent, IsOneLineOfStructuredJson) {
  EXPECT_EQ(cloud_event(message()),
            R"({"specversion":"1.0","id":"jixi:burden-over-10000:P1:2026/1",)"
            R"("source":"/yujing/jixi","type":"cn.yujing.alert.raised",)"
            R"("subject":"jixi:burden-over-10000:P1:2026","time":"2026-03-09T10:00:00+08:00",)"
            R"("datacontenttype":"application/json","data":{"revision":1,"city_name":"鸡西"}})");
}

TEST(CloudEvent, StrangePersonNumbersDoNotBreakTheLine) {
  monitor::AlertMessage odd = message();
  odd.subject = alert_id("jixi", "r", "P\"1\n\\", 2026);
  odd.id = message_id(odd.subject, 2);
  const std::string line = cloud_event(odd);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["id"], "jixi:r:P\"1\n\\:2026/2");
  EXPECT_EQ(json["subject"], "jixi:r:P\"1\n\\:2026");
}

TEST(CloudEvent, BytesThatAreNoUtf8DoNotStopIt) {
  monitor::AlertMessage odd = message();
  odd.subject = "P\xFF";
  EXPECT_TRUE(nlohmann::json::accept(cloud_event(odd)));
}

TEST(CloudEvent, TravelsInHeadersBesideItsData) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"ce_specversion", "1.0"},
      {"ce_id", "jixi:burden-over-10000:P1:2026/1"},
      {"ce_source", "/yujing/jixi"},
      {"ce_type", "cn.yujing.alert.raised"},
      {"ce_subject", "jixi:burden-over-10000:P1:2026"},
      {"ce_time", "2026-03-09T10:00:00+08:00"},
      {"content-type", "application/json"}};
  EXPECT_EQ(cloud_event_headers(message()), expected);
}

TEST(AlertId, NamesCityRulePersonAndYear) {
  EXPECT_EQ(alert_id("jixi", "burden-over-10000", "P1", 2026), "jixi:burden-over-10000:P1:2026");
  EXPECT_EQ(message_id("jixi:burden-over-10000:P1:2026", 3), "jixi:burden-over-10000:P1:2026/3");
}

}  // namespace
}  // namespace yujing::alerts

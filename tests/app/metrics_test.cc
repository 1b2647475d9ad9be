#include "app/metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/list_report.h"
#include "app/metrics_server.h"
#include "tests/consumer/temporary_folder.h"

namespace yujing::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using thresholds::ErrorCode;
using thresholds::Money;

monitor::AlertMessage alert(const std::string& change) {
  monitor::AlertMessage message;
  message.psn_no = "P1";
  message.type = "cn.yujing.alert." + change;
  message.city = "jixi";
  message.rule = "burden-over-10000";
  return message;
}

TEST(Metrics, AreThereBeforeTheFirstEvent) {
  const Metrics metrics;
  const auto text = metrics.text();
  for (const auto* const result :
       {"applied", "duplicate", "replaced", "reversed", "dead_letter", "ignored"}) {
    EXPECT_THAT(text, HasSubstr("yujing_events_total{result=\"" + std::string(result) + "\"} 0\n"));
  }
  for (const auto reason : monitor::kRefusalNames) {
    EXPECT_THAT(text,
                HasSubstr("yujing_dead_letters_total{reason=\"" + std::string(reason) + "\"} 0\n"));
  }
  EXPECT_THAT(text, HasSubstr("yujing_build_info{"));
  EXPECT_THAT(text, HasSubstr("yujing_ready 0\n"));
  EXPECT_FALSE(metrics.is_ready());
}

TEST(Metrics, ShowTheLastLists) {
  const tests::TemporaryFolder files;
  const std::string folder = files.path("");
  Metrics metrics;
  metrics.watch_lists(folder);
  EXPECT_THAT(metrics.text(), Not(HasSubstr("yujing_list_")));
  ListReport report;
  report.made_at = 1'700'000'000;
  report.rows[{"jixi", "civil_affairs"}] = 12;
  ASSERT_TRUE(write_list_report(folder, report).has_value());
  EXPECT_EQ(read_list_report(folder), report);
  EXPECT_THAT(metrics.text(), HasSubstr("yujing_list_last_success_timestamp_seconds 1700000000\n"));
  EXPECT_THAT(metrics.text(),
              HasSubstr("yujing_list_rows{city=\"jixi\",office=\"civil_affairs\"} 12\n"));
  files.write(".last-lists.json", "no report");
  EXPECT_THAT(metrics.text(), Not(HasSubstr("yujing_list_")));
}

TEST(Metrics, CountEventsRefusalsAndAlerts) {
  Metrics metrics;
  for (int i = 0; i < 3; ++i)
    metrics.count_event("applied");
  metrics.count_event("dead_letter");
  metrics.count_refusal(monitor::RefusalReason::kBadDate);
  metrics.count_alert(alert("raised"));
  metrics.count_alert(alert("cleared"));
  metrics.observe_batch(4, 0.02);
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("yujing_events_total{result=\"applied\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("yujing_events_total{result=\"dead_letter\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("yujing_dead_letters_total{reason=\"bad_date\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "yujing_alerts_total{change=\"raised\",city=\"jixi\",rule=\"burden-over-10000\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "yujing_alerts_total{change=\"cleared\",city=\"jixi\",rule=\"burden-over-10000\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("yujing_event_seconds_bucket{le=\"0.01\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("yujing_event_seconds_bucket{le=\"0.025\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("yujing_event_seconds_count 4\n"));
  EXPECT_THAT(text, HasSubstr("yujing_alert_seconds_count 2\n"));
  EXPECT_THAT(text, HasSubstr("yujing_batch_events_count 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("P1")));
}

TEST(Metrics, ShowTheStoreAsItStands) {
  Metrics metrics;
  monitor::Statistics statistics;
  statistics.persons = 7;
  auto& paid = statistics.paid["jixi"];
  paid.by_payer[static_cast<std::size_t>(thresholds::Payer::kHifp)] = Money{12'345};
  paid.by_payer[static_cast<std::size_t>(thresholds::Payer::kMaf)] = Money{1'000};
  paid.burden = Money{5'000};
  paid.settlements = 3;
  statistics.open_alerts[{"jixi", "burden-over-10000"}] = 2;
  metrics.show_state(statistics, {4096, 9, 1.5});
  metrics.show_source(30, 100);
  auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("yujing_persons 7\n"));
  EXPECT_THAT(text, HasSubstr("yujing_settlements{city=\"jixi\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("yujing_alerts_open{city=\"jixi\",rule=\"burden-over-10000\"} 2\n"));
  EXPECT_THAT(text,
              HasSubstr("yujing_burden_yuan_total{city=\"jixi\",payer=\"hifp_pay\"} 123.45\n"));
  EXPECT_THAT(text, HasSubstr("yujing_burden_yuan_total{city=\"jixi\",payer=\"patient\"} 40\n"));
  EXPECT_THAT(text, HasSubstr("yujing_store_bytes 4096\n"));
  EXPECT_THAT(text, HasSubstr("yujing_refolds_total 9\n"));
  EXPECT_THAT(text, HasSubstr("yujing_store_write_stall_seconds_total 1.5\n"));
  EXPECT_THAT(text, HasSubstr("yujing_source_lag_bytes 70\n"));
  // A reversal takes back what was paid.
  statistics.paid["jixi"] = {};
  metrics.show_state(statistics, {4096, 9, 0.5});  // of fewer stores
  text = metrics.text();
  EXPECT_THAT(text, HasSubstr("yujing_burden_yuan_total{city=\"jixi\",payer=\"hifp_pay\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("yujing_refolds_total 9\n"));
  EXPECT_THAT(text, HasSubstr("yujing_store_write_stall_seconds_total 1.5\n"));
}

TEST(Metrics, ShowTheStreamOverKafka) {
  Metrics metrics;
  EXPECT_THAT(metrics.text(),
              HasSubstr("yujing_kafka_transactions_total{result=\"in_doubt\"} 0\n"));
  metrics.show_lag({{"yujing.settlements", 0, 12}, {"yujing.persons", 1, 0}}, 1.5);
  metrics.count_transaction("committed");
  metrics.count_rebalance();
  metrics.count_new_clients();
  metrics.observe_restore(0.2, 900);
  EXPECT_THAT(metrics.text(), HasSubstr("yujing_partition_stopped{partition=\"1\"} 0\n"));
  metrics.show_stopped({1});
  auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("yujing_kafka_lag_records{topic=\"yujing.settlements\","
                              "partition=\"0\"} 12\n"));
  EXPECT_THAT(text, HasSubstr("yujing_kafka_lag_seconds 1.5\n"));
  EXPECT_THAT(text, HasSubstr("yujing_kafka_transactions_total{result=\"committed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("yujing_rebalances_total 1\n"));
  EXPECT_THAT(text, HasSubstr("yujing_kafka_clients_total 1\n"));
  EXPECT_THAT(text, HasSubstr("yujing_restore_seconds_count 1\n"));
  EXPECT_THAT(text, HasSubstr("yujing_restore_records_total 900\n"));
  EXPECT_THAT(text, HasSubstr("yujing_partition_stopped{partition=\"1\"} 1\n"));
  // A partition that went to another member is not shown here any more.
  metrics.show_lag({{"yujing.persons", 1, 0}}, 0);
  text = metrics.text();
  EXPECT_THAT(text, Not(HasSubstr("yujing.settlements")));
}

std::string fetch(const Endpoint& endpoint, const std::string& path) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  ::inet_pton(AF_INET, endpoint.host.c_str(), &address.sin_addr);
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(::send(fd, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return answer;
}

TEST(MetricsServer, ServesMetricsAndHealthOnAFreePort) {
  Metrics metrics;
  const auto server = MetricsServer::start({"127.0.0.1", 0}, metrics);
  ASSERT_TRUE(server) << server.error().message;
  ASSERT_NE(server->endpoint().port, 0);
  const auto page = fetch(server->endpoint(), "/metrics");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(page, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(page, HasSubstr("yujing_events_total"));
  EXPECT_THAT(fetch(server->endpoint(), "/livez"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(fetch(server->endpoint(), "/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(fetch(server->endpoint(), "/readyz"), StartsWith("HTTP/1.1 503"));
  metrics.set_ready(true);
  EXPECT_THAT(fetch(server->endpoint(), "/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(fetch(server->endpoint(), "/readyz?verbose"), HasSubstr("[+] "));
  EXPECT_THAT(fetch(server->endpoint(), "/nothing"), StartsWith("HTTP/1.1 404"));
}

TEST(MetricsServer, OnATakenPortIsUnavailable) {
  const Metrics metrics;
  const auto first = MetricsServer::start({"127.0.0.1", 0}, metrics);
  ASSERT_TRUE(first);
  const auto second = MetricsServer::start(first->endpoint(), metrics);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr(to_string(first->endpoint())));
  EXPECT_THAT(second.error().message, HasSubstr("metrics.listen"));
}

}  // namespace
}  // namespace yujing::app

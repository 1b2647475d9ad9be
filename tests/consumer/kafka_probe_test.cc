#include "consumer/kafka_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yujing::consumer {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What librdkafka 2.0.2 says, as it came from real brokers (tests/stream/security.py causes each).
struct Case {
  int code;
  const char* reason;
  bool passes;
  const char* words;
};
constexpr Case kCases[] = {
    {RD_KAFKA_RESP_ERR__SSL,
     "SSL handshake failed: error:0A000086:SSL routines::certificate verify failed: broker "
     "certificate could not be verified, verify that ssl.ca.location is correctly configured",
     false, "not signed by the authority in `kafka.ca`"},
    {RD_KAFKA_RESP_ERR__SSL,
     "SSL handshake failed: error:0A000126:SSL routines::unexpected eof while reading", false,
     "does not speak TLS"},
    {RD_KAFKA_RESP_ERR__SSL,
     "Receive failed: error:0A000412:SSL routines::sslv3 alert bad certificate: SSL alert number "
     "42",
     false, "ask for a certificate of ours"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION,
     "SASL authentication error: Authentication failed during authentication due to invalid "
     "credentials with SASL mechanism SCRAM-SHA-512",
     false, "the user `watcher` is not let in"},
    {RD_KAFKA_RESP_ERR__AUTHENTICATION,
     "SASL SCRAM-SHA-512 mechanism handshake failed: Broker: Request not valid in current SASL "
     "state: broker's supported mechanisms: ",
     false, "does not offer SCRAM-SHA-512"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
     "Disconnected while requesting ApiVersion: might be caused by incorrect security.protocol "
     "configuration",
     false, "wants another security than `kafka.security` says"},
    {RD_KAFKA_RESP_ERR__TRANSPORT,
     "Disconnected: verify that security.protocol is correctly configured, broker might require "
     "SASL authentication",
     false, "wants a user and password"},
    {RD_KAFKA_RESP_ERR__TRANSPORT, "Connect to ipv4#127.0.0.1:1 failed: Connection refused", true,
     "nobody listens there"},
    {RD_KAFKA_RESP_ERR__RESOLVE, "Failed to resolve 'kafka:9092': Name or service not known", true,
     "has no address here"},
    {RD_KAFKA_RESP_ERR__TIMED_OUT, "Local: Timed out", true, "no broker answers"},
};

TEST(KafkaProbe, TellsWhatAFailedConnectionMeans) {
  KafkaOptions options;
  options.brokers = "kafka:9092";
  options.user = "watcher";
  for (const auto& [code, reason, passes, words] : kCases) {
    const auto fault = connection_fault(options, code, reason);
    EXPECT_EQ(fault.passes, passes) << reason;
    EXPECT_THAT(fault.message,
                AllOf(StartsWith("Kafka at kafka:9092: "), HasSubstr(words), HasSubstr(reason)));
  }
}

TEST(KafkaProbe, TellsACertificateThatIsRefusedFromOneThatIsMissing) {
  KafkaOptions options;
  options.certificate = "ours.pem";
  const auto fault = connection_fault(options, RD_KAFKA_RESP_ERR__SSL,
                                      "Receive failed: sslv3 alert certificate unknown");
  EXPECT_THAT(fault.message, HasSubstr("do not accept our certificate"));
}

TEST(KafkaProbe, SaysThatKafka4RefusesTheScramOfThisLibrary) {
  const auto fault = connection_fault({}, RD_KAFKA_RESP_ERR__AUTHENTICATION, "invalid credentials");
  const bool is_mended = rd_kafka_version() >= 0x02060100;
  EXPECT_EQ(fault.message.find("Kafka 4 refuses the SCRAM") == std::string::npos, is_mended);
}

TEST(KafkaProbe, TellsWhatIsWrongWithACertificate) {
  KafkaOptions options;
  options.brokers = "kafka:9092";
  const auto said = [&](int verification) {
    return certificate_fault(options, "kafka:9092", verification).value_or("nothing");
  };
  EXPECT_THAT(said(62), HasSubstr("the certificate of kafka:9092 is for another name"));
  EXPECT_THAT(said(64), HasSubstr("is for another name"));
  EXPECT_THAT(said(10), HasSubstr("has expired"));
  EXPECT_THAT(said(9), HasSubstr("is not valid yet"));
  EXPECT_EQ(said(0), "nothing");
  EXPECT_EQ(said(20), "nothing") << "who signed it, the library says itself";
}

TEST(KafkaProbe, SaysWhichSettingsHoldAFileThatIsNoCertificate) {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  options.security = KafkaOptions::Security::kTls;
  options.ca = YUJING_SOURCE_DIR "/LICENSE";
  const auto probe = KafkaProbe::open(options, std::chrono::milliseconds(0));
  ASSERT_FALSE(probe);
  EXPECT_EQ(probe.error().code, thresholds::ErrorCode::kConfiguration);
  EXPECT_THAT(probe.error().message, HasSubstr("look at `kafka.ca`"));
}

TEST(KafkaProbe, GivesUpWhereNobodyListens) {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  const auto probe = KafkaProbe::open(options, std::chrono::milliseconds(100));
  ASSERT_FALSE(probe);
  EXPECT_EQ(probe.error().code, thresholds::ErrorCode::kUnavailable);
  EXPECT_THAT(probe.error().message, StartsWith("Kafka at 127.0.0.1:1: "));
}

}  // namespace
}  // namespace yujing::consumer

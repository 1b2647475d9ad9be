#include "consumer/kafka_fault.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumer/kafka_handle.h"

namespace yujing::consumer {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using thresholds::ErrorCode;

constexpr int kLastKnown = RD_KAFKA_RESP_ERR_PRINCIPAL_DESERIALIZATION_FAILURE;

TEST(KafkaFault, TableHasEveryErrorOfTheLibraryOnce) {
  std::set<int> seen;
  for (const auto& fault : fault_table()) {
    EXPECT_TRUE(seen.insert(fault.code).second) << fault.name << " stands twice";
  }
  const rd_kafka_err_desc* known = nullptr;
  std::size_t count = 0;
  rd_kafka_get_err_descs(&known, &count);
  for (std::size_t i = 0; i < count; ++i) {
    const int code = known[i].code;
    // The ends of the library's own range are no errors; a newer library knows codes after 2.0.2.
    const bool is_error = known[i].name != nullptr && code != RD_KAFKA_RESP_ERR__BEGIN &&
                          code != RD_KAFKA_RESP_ERR__END;
    const bool is_new =
        code > kLastKnown || (code > RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET && code < -100);
    if (is_error && !is_new) {
      EXPECT_TRUE(seen.contains(code)) << code << " " << known[i].name << " is not classed";
    }
  }
}

TEST(KafkaFault, EveryStopSaysWhatToDoAndNothingElseDoes) {
  for (const auto& fault : fault_table()) {
    if (fault.action == FaultAction::kStop) {
      EXPECT_THAT(std::string(fault.advice), Not(IsEmpty())) << fault.name;
    } else {
      EXPECT_THAT(std::string(fault.advice), IsEmpty()) << fault.name;
    }
  }
}

TEST(KafkaFault, CodeNobodyKnowsAsksForNewClients) {
  EXPECT_EQ(action_of(30'000, {}), FaultAction::kNewClients);
  EXPECT_EQ(action_of(-120, {}), FaultAction::kNewClients);
}

struct Case {
  const char* what;
  int code;
  FaultSigns signs;
  FaultStep step;
  FaultAction action;
};

TEST(KafkaFault, SignsAndStepsWeighMoreThanTheRow) {
  constexpr FaultSigns kNone{};
  constexpr FaultSigns kFatal{.fatal = true};
  constexpr FaultSigns kRetriable{.retriable = true};
  constexpr FaultSigns kAbortable{.requires_abort = true};
  const Case cases[] = {
      {"a broker that goes away", RD_KAFKA_RESP_ERR__TRANSPORT, kNone, FaultStep::kAny,
       FaultAction::kRetry},
      {"a message that could not be sent in time", RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, kNone,
       FaultStep::kAny, FaultAction::kAbort},
      {"the same, said of a commit", RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, kAbortable,
       FaultStep::kCommit, FaultAction::kAbort},
      {"fenced", RD_KAFKA_RESP_ERR__FENCED, kFatal, FaultStep::kAny, FaultAction::kNewClients},
      {"an error we would retry, but fatal for the producer", RD_KAFKA_RESP_ERR__TRANSPORT, kFatal,
       FaultStep::kAny, FaultAction::kNewClients},
      {"a commit that was not answered", RD_KAFKA_RESP_ERR__TIMED_OUT, kRetriable,
       FaultStep::kCommit, FaultAction::kNewClients},
      {"a commit whose broker is gone", RD_KAFKA_RESP_ERR__TRANSPORT, kNone, FaultStep::kCommit,
       FaultAction::kNewClients},
      {"offsets sent while the coordinator moves", RD_KAFKA_RESP_ERR_NOT_COORDINATOR, kRetriable,
       FaultStep::kAny, FaultAction::kRetry},
      {"offsets of a generation that is over", RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, kAbortable,
       FaultStep::kAny, FaultAction::kAbort},
      {"an abort that fails", RD_KAFKA_RESP_ERR_INVALID_TXN_STATE, kAbortable, FaultStep::kAbort,
       FaultAction::kNewClients},
      {"a right that is missing, whatever the library would try",
       RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, kAbortable, FaultStep::kAny,
       FaultAction::kStop},
      {"a twin with our instance id", RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, kFatal, FaultStep::kAny,
       FaultAction::kStop},
      {"an error without a row that can be retried", 30'000, kRetriable, FaultStep::kAny,
       FaultAction::kRetry},
      {"the end of a partition", RD_KAFKA_RESP_ERR__PARTITION_EOF, kNone, FaultStep::kAny,
       FaultAction::kNothing},
  };
  for (const auto& [what, code, signs, step, action] : cases) {
    EXPECT_EQ(action_of(code, signs, step), action) << what;
  }
}

TEST(KafkaFault, MessageSaysWhatWhereAndWhatToDo) {
  const auto error = fault_error(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                 "127.0.0.1:9092, topic yujing.alerts", "sending alerts");
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_EQ(error.message,
            "Kafka at 127.0.0.1:9092, topic yujing.alerts: while sending alerts: Broker: Topic "
            "authorization failed (TOPIC_AUTHORIZATION_FAILED); give our user the right by an ACL; "
            "docs/kafka.md lists them");
  const auto lost = fault_error(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, "", "reading", "offset 7");
  EXPECT_EQ(lost.code, ErrorCode::kInput);
  EXPECT_THAT(lost.message, AllOf(HasSubstr("while reading: offset 7 (OFFSET_OUT_OF_RANGE)"),
                                  HasSubstr("Positions that are gone")));
}

}  // namespace
}  // namespace yujing::consumer

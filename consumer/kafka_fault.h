// What each error of Kafka means to us: a table with one row an error (kafka_fault.cc), and the
// rules by which the signs of an error object and the step it came from weigh more than its row.
//
// Pure: no I/O, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "thresholds/result.h"

namespace yujing::consumer {

enum class FaultAction : std::uint8_t {
  kNothing,     // no fault: go on
  kRetry,       // the same call once more, after a short sleep
  kAbort,       // abort the transaction, drop the batch, go back to the committed positions
  kNewClients,  // destroy consumer and producer, make new ones, restore: the log tells what held
  kStop,        // end the process with a message: trying again would only hide it
};

// Where a fault came from, as far as it makes a difference.
enum class FaultStep : std::uint8_t {
  kAny,
  kCommit,  // an answer that did not come may have been either
  kAbort,
};

// What librdkafka's error object says besides its code.
struct FaultSigns {
  bool fatal = false;
  bool retriable = false;
  bool requires_abort = false;
};

struct KafkaFault {
  int code = 0;      // rd_kafka_resp_err_t
  std::string name;  // "TOPIC_AUTHORIZATION_FAILED"
  FaultAction action = FaultAction::kNewClients;
  // Of a stop: the kind of error and what an administrator can do.
  thresholds::ErrorCode error = thresholds::ErrorCode::kUnavailable;
  std::string_view advice;
};

// Every error of librdkafka 2.0.2, once.
[[nodiscard]] const std::vector<KafkaFault>& fault_table();
// The row of a code; one that a newer library made up asks for new clients.
[[nodiscard]] KafkaFault fault_of(int code);

[[nodiscard]] FaultAction action_of(int code, const FaultSigns& signs,
                                    FaultStep step = FaultStep::kAny);

// For an administrator: "Kafka at HOST:PORT, topic x partition 3: while DOING: what it said (NAME);
// advice". `where` may be empty; `said` stands for the library's own words where it has more to
// say.
[[nodiscard]] thresholds::Error fault_error(int code, std::string_view where,
                                            std::string_view doing, std::string_view said = "");

}  // namespace yujing::consumer

// Why a call to Kafka failed and what the session does about it: the row of kafka_fault's table
// together with the words for an administrator. Values; any thread.
#pragma once

#include <string>
#include <string_view>

#include "consumer/kafka_fault.h"
#include "thresholds/result.h"

struct rd_kafka_error_s;

namespace yujing::consumer {

struct KafkaTrouble {
  FaultAction action = FaultAction::kStop;  // kAbort, kNewClients or kStop
  thresholds::Error error;
  int code = 0;  // rd_kafka_resp_err_t; 0: none of Kafka's
};

using KafkaDone = tl::expected<void, KafkaTrouble>;
template <class T>
using KafkaResult = tl::expected<T, KafkaTrouble>;

// Of a call that answers with a code.
[[nodiscard]] KafkaTrouble trouble_of(int code, std::string_view where, std::string_view doing,
                                      FaultStep step = FaultStep::kAny);
// Of a call that answers with an error object, which stays the caller's.
[[nodiscard]] KafkaTrouble trouble_of(const rd_kafka_error_s& error, std::string_view where,
                                      std::string_view doing, FaultStep step = FaultStep::kAny);
// Whether somebody else took our producer's identity, or the broker ended it.
[[nodiscard]] bool is_fence(const KafkaTrouble& trouble);
// Whether the group took another for this member.
[[nodiscard]] bool is_put_out(const KafkaTrouble& trouble);
// Of the store or the engine: the process stops.
[[nodiscard]] KafkaTrouble stop_with(thresholds::Error error);

}  // namespace yujing::consumer

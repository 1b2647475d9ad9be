#include "consumer/kafka_trouble.h"

#include <utility>

#include "consumer/kafka_handle.h"

namespace yujing::consumer {

KafkaTrouble trouble_of(int code, std::string_view where, std::string_view doing, FaultStep step) {
  return {action_of(code, {}, step), fault_error(code, where, doing), code};
}

KafkaTrouble trouble_of(const rd_kafka_error_s& error, std::string_view where,
                        std::string_view doing, FaultStep step) {
  const int code = rd_kafka_error_code(&error);
  FaultSigns signs;
  signs.fatal = rd_kafka_error_is_fatal(&error) != 0;
  signs.retriable = rd_kafka_error_is_retriable(&error) != 0;
  signs.requires_abort = rd_kafka_error_txn_requires_abort(&error) != 0;
  return {action_of(code, signs, step),
          fault_error(code, where, doing, rd_kafka_error_string(&error)), code};
}

bool is_fence(const KafkaTrouble& trouble) {
  return trouble.code == RD_KAFKA_RESP_ERR__FENCED ||
         trouble.code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         trouble.code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

bool is_put_out(const KafkaTrouble& trouble) {
  return trouble.code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
}

KafkaTrouble stop_with(thresholds::Error error) { return {FaultAction::kStop, std::move(error)}; }

}  // namespace yujing::consumer

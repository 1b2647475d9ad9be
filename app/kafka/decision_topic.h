// The decisions topic: what offices decided, a person record a message, the last of a person in
// force; compacted, so that each holds all that was decided about its person.
//
// Single-threaded.
#pragma once

#include "consumer/kafka_options.h"
#include "monitor/person.h"
#include "thresholds/result.h"

namespace yujing::app {

// Sends the person's merged record, with `decision`'s updt_time; when this returns the brokers have
// it. Returns the merged record. Errors: of merge_decision; kUnavailable when the topic cannot be
// read or written, or when another decision was sent meanwhile; then nothing was sent.
[[nodiscard]] thresholds::Result<monitor::PersonRecord> send_decision(
    const consumer::KafkaOptions& options, const monitor::PersonRecord& decision);

}  // namespace yujing::app

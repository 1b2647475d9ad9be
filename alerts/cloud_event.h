// An alert message as one CloudEvent: in structured JSON, a line of the alerts file; in binary mode
// for Kafka, where the attributes travel as headers beside the data.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "monitor/ports.h"

namespace yujing::alerts {

// One line, without its line break: {"specversion":"1.0","id":…,"source":…,"type":…,"subject":…,
// "time":…,"datacontenttype":"application/json","data":{…}}. REQUIRES: the message's data is one
// JSON object on one line, as AlertWriter makes it; it is taken over byte for byte.
[[nodiscard]] std::string cloud_event(const monitor::AlertMessage& message);

// The headers of the binary mode: ce_specversion, ce_id, …, content-type. The message's data is the
// value.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> cloud_event_headers(
    const monitor::AlertMessage& message);

}  // namespace yujing::alerts

// An alert message as one CloudEvent in structured JSON: a line of the alerts file.
// (In Kafka the same attributes travel as headers, in binary mode.)
#pragma once

#include <string>

#include "monitor/ports.h"

namespace yujing::alerts {

// One line, without its line break: {"specversion":"1.0","id":…,"source":…,"type":…,"subject":…,
// "time":…,"datacontenttype":"application/json","data":{…}}. REQUIRES: the message's data is one
// JSON object on one line, as AlertWriter makes it; it is taken over byte for byte.
[[nodiscard]] std::string cloud_event(const monitor::AlertMessage& message);

}  // namespace yujing::alerts

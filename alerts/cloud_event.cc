#include "alerts/cloud_event.h"

#include <nlohmann/json.hpp>

#include "thresholds/result.h"

namespace yujing::alerts {

std::string cloud_event(const monitor::AlertMessage& message) {
  CHECK(message.data.starts_with('{'));
  CHECK(message.data.find('\n') == std::string::npos);
  using Json = nlohmann::ordered_json;
  const Json attributes = {{"specversion", "1.0"},
                           {"id", message.id},
                           {"source", message.source},
                           {"type", message.type},
                           {"subject", message.subject},
                           {"time", message.time},
                           {"datacontenttype", "application/json"}};
  std::string line = attributes.dump(-1, ' ', false, Json::error_handler_t::replace);
  line.pop_back();
  line += ",\"data\":";
  line += message.data;
  line += '}';
  return line;
}

std::vector<std::pair<std::string, std::string>> cloud_event_headers(
    const monitor::AlertMessage& message) {
  return {{"ce_specversion", "1.0"},           {"ce_id", message.id},
          {"ce_source", message.source},       {"ce_type", message.type},
          {"ce_subject", message.subject},     {"ce_time", message.time},
          {"content-type", "application/json"}};
}

}  // namespace yujing::alerts

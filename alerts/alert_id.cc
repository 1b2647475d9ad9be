#include "alerts/alert_id.h"

#include <fmt/format.h>

namespace yujing::alerts {

std::string alert_id(std::string_view city, std::string_view rule, std::string_view psn_no,
                     std::int32_t year) {
  return fmt::format("{}:{}:{}:{}", city, rule, psn_no, year);
}

std::string message_id(std::string_view alert_id, std::uint32_t revision) {
  return fmt::format("{}/{}", alert_id, revision);
}

}  // namespace yujing::alerts

// The name of an alert: one crossing of one rule by one person in one year, the same whenever and
// wherever it is computed again. The only thing of a person in it is the psn_no.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace yujing::alerts {

// "jixi:burden-over-10000:P1:2026". No two alerts share one: ids of cities and rules hold no colon.
[[nodiscard]] std::string alert_id(std::string_view city, std::string_view rule,
                                   std::string_view psn_no, std::int32_t year);

// "jixi:burden-over-10000:P1:2026/3": the message that told of the alert's third revision.
[[nodiscard]] std::string message_id(std::string_view alert_id, std::uint32_t revision);

}  // namespace yujing::alerts

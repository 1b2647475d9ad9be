// The data of an alert message as JSON: what an office needs to know and to act, and nothing
// personal but the psn_no. The order of the keys is fixed. Amounts are strings of yuan, days and
// times text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alerts/counterfactual.h"
#include "alerts/crossing.h"
#include "alerts/lifecycle.h"
#include "monitor/ports.h"

namespace yujing::alerts {

// One message's content, gathered; the totals come from the view.
struct AlertContent {
  std::string alert_id;
  Decision decision;  // REQUIRES: change is not kNothing
  CrossingDetails crossing;
  std::vector<TierPayout> counterfactual;
  std::optional<thresholds::CivilDay> application_covers_until;
};

// One JSON object, without a line break.
[[nodiscard]] std::string alert_data(const monitor::YearView& view, const AlertContent& content);

}  // namespace yujing::alerts

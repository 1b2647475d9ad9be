// An application for assistance before it is made: the window it would open, every settlement in
// it, what would be paid and by which articles. Computed by the fold that will compute it once the
// application is approved.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "alerts/applications/permission.h"
#include "alerts/history.h"
#include "monitor/payout.h"
#include "monitor/person_state.h"
#include "monitor/year_fold.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

// A settlement of the window.
struct AppliedBill {
  const monitor::Settlement* settlement = nullptr;  // of the history
  thresholds::CivilDay benefit_day;
  thresholds::CareKind care = thresholds::CareKind::kOther;
  thresholds::Money medfee;
  thresholds::Money basic;     // basic pool
  thresholds::Money critical;  // critical illness insurance, large-amount fund
  thresholds::Money other;     // every other payer but assistance
  thresholds::Money paid;      // assistance, as really paid
  thresholds::Money burden;    // after insurance
  thresholds::Money counted;   // the part of it inside the policy, where it counts
  thresholds::Money due;       // once the application is approved
  monitor::Reason reason = monitor::Reason::kNone;  // why nothing is due
  bool by_application = false;  // false: a better category held on the day decides
};

struct Application {
  const thresholds::CityRules* city = nullptr;  // borrowed
  const thresholds::Policy* policy = nullptr;   // in force on the day
  const thresholds::Tier* tier = nullptr;       // that the application leads to
  monitor::ResolvedTier amounts;                // of the tier, in the application's year
  monitor::Window window;
  std::uint8_t category = monitor::kNoBit;  // held on the day, effective then
  std::vector<AppliedBill> bills;           // in computing order
  AppliedBill totals;                       // sums of the amounts
  thresholds::Money base;                   // due by the base layer
  thresholds::Money further;                // by the further layer
  thresholds::Money separate;               // single disease, out of the catalogue
  std::set<std::string> missing;            // figures without which something was not computed
};

// REQUIRES: may_apply(city, facts of the records, day) does not refuse. `person` and `decision` may
// be null.
[[nodiscard]] Application suppose_approved(monitor::Calculator& calculator, const History& history,
                                           const monitor::PersonRecord* person,
                                           const monitor::PersonRecord* decision,
                                           thresholds::CivilDay day);

}  // namespace yujing::alerts

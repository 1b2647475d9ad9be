// Premium subsidy and deposit waiver: what a policy grants besides payouts (2-policies.md "Premium
// and deposit, everywhere").
#pragma once

#include <optional>
#include <set>
#include <string>

#include "monitor/facts.h"
#include "monitor/steps.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::monitor {

// What residents' insurance premium of `year` is paid for the person, by the categories held on
// `on` and the version in force on 1 January of the year. nullopt: no version, none stated, or the
// premium figure is missing (then named in `missing`, which may be null). `steps` may be null.
[[nodiscard]] std::optional<Money> premium_subsidy(const thresholds::CityRules& city,
                                                   const thresholds::Reference& reference,
                                                   const Facts& facts, std::int32_t year,
                                                   CivilDay on, std::set<std::string>* missing,
                                                   Steps* steps);

// Whether the deposit of an inpatient stay is waived on `on`. (The first-contact referral it also
// needs is not in the data.)
[[nodiscard]] bool deposit_waiver(const thresholds::CityRules& city, const Facts& facts,
                                  CivilDay on);

}  // namespace yujing::monitor

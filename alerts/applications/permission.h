// Whether a person may apply for assistance (依申请救助) on a day, by the city's rules. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "monitor/facts.h"
#include "thresholds/civil_day.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

enum class Refusal : std::uint8_t {
  kNone,
  kNoPolicyInForce,
  kNoApplication,   // the version knows none
  kAppliedAlready,  // in the calendar year; `application` says when
  kBetterTier,      // assisted directly: `category` says as what
};

struct Permission {
  Refusal refusal = Refusal::kNone;
  const thresholds::Policy* policy = nullptr;  // in force on the day; null: none
  thresholds::CivilDay application;
  std::uint8_t category = monitor::kNoBit;  // held on the day, effective then
};

[[nodiscard]] Permission may_apply(const thresholds::CityRules& city, const monitor::Facts& facts,
                                   thresholds::CivilDay day);

// Whether a list should say that the person may apply and has not: it is possible, and nobody has
// yet found the person impoverished by illness.
[[nodiscard]] bool invites_application(const thresholds::CityRules& city,
                                       const monitor::Facts& facts, thresholds::CivilDay day);

// Why not, and what instead, for people. REQUIRES: refused.
[[nodiscard]] std::string refusal_words(const thresholds::CityRules& city,
                                        const Permission& permission, thresholds::CivilDay day);

}  // namespace yujing::alerts

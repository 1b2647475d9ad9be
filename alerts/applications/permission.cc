#include "alerts/applications/permission.h"

#include <fmt/format.h>

#include "thresholds/result.h"

namespace yujing::alerts {

using thresholds::CategorySet;

Permission may_apply(const thresholds::CityRules& city, const monitor::Facts& facts,
                     thresholds::CivilDay day) {
  Permission permission;
  permission.policy = city.in_force(day);
  if (permission.policy == nullptr) {
    permission.refusal = Refusal::kNoPolicyInForce;
    return permission;
  }
  const thresholds::Policy& policy = *permission.policy;
  if (!policy.application) {
    permission.refusal = Refusal::kNoApplication;
    return permission;
  }
  permission.category =
      monitor::first_category(policy, facts.held(day, policy.category_from_next_month));
  for (const auto& window : facts.windows) {
    if (window.year != thresholds::year_of(day)) continue;
    permission.refusal = Refusal::kAppliedAlready;
    permission.application = window.application;
    return permission;
  }
  if (permission.category == monitor::kNoBit) return permission;
  for (const auto& tier : policy.tiers) {
    if ((tier.category_set & CategorySet{1} << permission.category) == 0) continue;
    if ((tier.category_set & CategorySet{1} << policy.application->category) == 0) {
      permission.refusal = Refusal::kBetterTier;
    }
    break;
  }
  return permission;
}

bool invites_application(const thresholds::CityRules& city, const monitor::Facts& facts,
                         thresholds::CivilDay day) {
  const Permission permission = may_apply(city, facts, day);
  return permission.refusal == Refusal::kNone && permission.category == monitor::kNoBit;
}

std::string refusal_words(const thresholds::CityRules& city, const Permission& permission,
                          thresholds::CivilDay day) {
  CHECK(permission.refusal != Refusal::kNone);
  switch (permission.refusal) {
    case Refusal::kNoApplication:
      return fmt::format(
          "no application is possible: {} ({}) knows none (文件未规定依申请救助); check whether an "
          "office can certify a category instead",
          permission.policy->document, permission.policy->version);
    case Refusal::kAppliedAlready:
      return fmt::format(
          "no application is possible: one was made on {} already, and only one counts in a "
          "calendar year (每年申请一次, {})",
          thresholds::to_string(permission.application), permission.policy->application->cite);
    case Refusal::kBetterTier:
      return fmt::format(
          "no application is needed: on {} the person is assisted directly as {} (就高不重复); use "
          "`yujing explain` to see what is due",
          thresholds::to_string(day), city.categories[permission.category].name);
    case Refusal::kNoPolicyInForce:
    case Refusal::kNone:
      break;
  }
  return fmt::format(
      "no application is possible: no version of the rules of {} is in force on {}; `yujing policy "
      "show {}` says which there are",
      city.name, thresholds::to_string(day), city.id);
}

}  // namespace yujing::alerts

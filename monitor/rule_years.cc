#include "monitor/rule_years.h"

#include <algorithm>

namespace yujing::monitor {

using thresholds::AmountRule;

RuleYears::RuleYears(const thresholds::CityRules& city, const thresholds::Reference& reference)
    : city_(city), reference_(reference) {
  for (const thresholds::Policy& policy : city.versions) {
    for (const thresholds::WarningRule& rule : policy.warnings) {
      started_by_ = static_cast<thresholds::PayerSet>(started_by_ | rule.started_by);
    }
  }
}

std::uint8_t RuleYears::version_index(const thresholds::Policy& policy) const {
  return static_cast<std::uint8_t>(&policy - city_.versions.data());
}

Resolved RuleYears::resolve(const AmountRule& rule, CivilDay day, RuleYear& made) {
  Resolved resolved;
  resolved.rule = &rule;
  resolved.day = day;
  if (rule.kind == AmountRule::Kind::kYuan) {
    resolved.rounded = rule.yuan;
    resolved.exact = static_cast<Wide>(rule.yuan.fen) * 10000;
    return resolved;
  }
  if (rule.switches_on) {
    const CivilDay switches = thresholds::civil_day(thresholds::year_of(day),
                                                    rule.switches_on->month, rule.switches_on->day);
    if (day < switches) {
      made.until = std::min(made.until, switches + -1);
    } else {
      made.from = std::max(made.from, switches);
    }
  }
  const std::optional<Money> figure = reference_.figure(city_.code, rule, day);
  if (!figure) {
    resolved.missing = true;
    missing_.insert(resolved.missing_name());
    return resolved;
  }
  if (rule.kind == AmountRule::Kind::kPublished) {
    resolved.rounded = *figure;
    resolved.exact = static_cast<Wide>(figure->fen) * 10000;
    return resolved;
  }
  resolved.exact = static_cast<Wide>(rule.share.per_ten_thousand) * figure->fen;
  switch (rule.rounding) {
    case AmountRule::Rounding::kFen:
      resolved.rounded = thresholds::half_up(rule.share, *figure);
      break;
    case AmountRule::Rounding::kYuanDown:
      resolved.rounded = thresholds::truncate_to_yuan(rule.share, *figure);
      break;
    case AmountRule::Rounding::kYuanHalfUp:
      resolved.rounded = thresholds::half_up_to_yuan(rule.share, *figure);
      break;
  }
  return resolved;
}

std::vector<ResolvedBand> RuleYears::resolve(const std::vector<thresholds::Band>& bands,
                                             CivilDay day, RuleYear& made) {
  std::vector<ResolvedBand> resolved;
  resolved.reserve(bands.size());
  for (const thresholds::Band& band : bands) {
    resolved.push_back({resolve(band.from, day, made), band.ratio});
  }
  return resolved;
}

ResolvedTier RuleYears::resolve(const thresholds::Tier& tier, CivilDay day, RuleYear& made) {
  ResolvedTier resolved;
  resolved.deductible = resolve(tier.deductible, day, made);
  if (tier.cap) resolved.cap = resolve(*tier.cap, day, made);
  if (tier.further) {
    resolved.further_threshold = resolve(tier.further->threshold, day, made);
    if (!tier.further->bands.empty()) {
      resolved.further_bands = resolve(tier.further->bands, day, made);
    }
    if (tier.further->cap) resolved.further_cap = resolve(*tier.further->cap, day, made);
  }
  for (const thresholds::Allowance& allowance : tier.allowances) {
    ResolvedAllowance& own = resolved.allowances.emplace_back();
    if (allowance.deductible) own.deductible = resolve(*allowance.deductible, day, made);
    if (allowance.cap) own.cap = resolve(*allowance.cap, day, made);
  }
  resolved.covers.reserve(tier.covers.size());
  for (const thresholds::Cover& cover : tier.covers) {
    ResolvedCover& own = resolved.covers.emplace_back();
    if (cover.cap) own.cap = resolve(*cover.cap, day, made);
    if (!cover.bands.empty()) own.bands = resolve(cover.bands, day, made);
  }
  return resolved;
}

const RuleYear& RuleYears::of(const thresholds::Policy& policy, CivilDay day) {
  for (const auto& known : cache_) {
    if (known->policy == &policy && known->from <= day && day <= known->until) return *known;
  }
  auto made = std::make_unique<RuleYear>();
  made->from = thresholds::first_of_year(thresholds::year_of(day));
  made->until = thresholds::last_of_year(thresholds::year_of(day));
  made->policy = &policy;
  made->tiers.reserve(policy.tiers.size());
  for (const thresholds::Tier& tier : policy.tiers) {
    made->tiers.push_back(resolve(tier, day, *made));
  }
  made->lines.reserve(policy.warnings.size());
  for (const thresholds::WarningRule& rule : policy.warnings) {
    made->lines.push_back(rule.line ? resolve(*rule.line, day, *made) : Resolved{});
  }
  if (policy.critical_illness) {
    for (const auto& schedule : policy.critical_illness->schedules)
      made->schedules.push_back(resolve(schedule.bands, day, *made));
  }
  cache_.push_back(std::move(made));
  return *cache_.back();
}

}  // namespace yujing::monitor

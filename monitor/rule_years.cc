#include "monitor/rule_years.h"

#include <algorithm>

namespace yujing::monitor {

using thresholds::AmountRule;

RuleYears::RuleYears(const thresholds::CityRules& city, const thresholds::Reference& reference)
    : city_(city), reference_(reference) {
  for (const thresholds::Policy& policy : city.versions) {
    std::vector<std::uint8_t>& indexes = rule_indexes_.emplace_back();
    for (const thresholds::WarningRule& rule : policy.warnings) {
      auto known = std::find(rule_ids_.begin(), rule_ids_.end(), rule.id);
      if (known == rule_ids_.end()) {
        rule_ids_.push_back(rule.id);
        known = rule_ids_.end() - 1;
      }
      indexes.push_back(static_cast<std::uint8_t>(known - rule_ids_.begin()));
      started_by_ = static_cast<thresholds::PayerSet>(started_by_ | rule.started_by);
    }
  }
}

std::uint8_t RuleYears::version_index(const thresholds::Policy& policy) const {
  return static_cast<std::uint8_t>(&policy - city_.versions.data());
}

const std::vector<std::uint8_t>& RuleYears::rule_indexes(const thresholds::Policy& policy) const {
  return rule_indexes_[version_index(policy)];
}

Resolved RuleYears::resolve(const AmountRule& rule, std::int32_t account_year) {
  Resolved resolved;
  std::optional<Money> figure;
  switch (rule.kind) {
    case AmountRule::Kind::kYuan:
      resolved.rounded = rule.yuan;
      resolved.exact = static_cast<Wide>(rule.yuan.fen) * 10000;
      return resolved;
    case AmountRule::Kind::kIncomeShare: {
      const std::int32_t year = account_year - rule.income.years_before;
      figure = reference_.income(city_.code, rule.income, year);
      if (!figure) resolved.missing_name = thresholds::missing_income(rule.income, year);
      break;
    }
    case AmountRule::Kind::kPublished:
      figure = reference_.published(city_.code, rule.published, account_year);
      if (!figure)
        resolved.missing_name = thresholds::missing_published(rule.published, account_year);
      break;
  }
  if (!figure) {
    resolved.missing = true;
    missing_.insert(resolved.missing_name);
    return resolved;
  }
  if (rule.kind == AmountRule::Kind::kPublished) {
    resolved.rounded = *figure;
    resolved.exact = static_cast<Wide>(figure->fen) * 10000;
    return resolved;
  }
  resolved.exact = static_cast<Wide>(rule.share.per_ten_thousand) * figure->fen;
  resolved.rounded = rule.rounding == AmountRule::Rounding::kFen
                         ? thresholds::half_up(rule.share, *figure)
                         : thresholds::truncate_to_yuan(rule.share, *figure);
  return resolved;
}

const RuleYear& RuleYears::of(const thresholds::Policy& policy, std::int32_t account_year) {
  for (const auto& known : cache_) {
    if (known->policy == &policy && known->year == account_year) return *known;
  }
  auto made = std::make_unique<RuleYear>();
  made->year = account_year;
  made->policy = &policy;
  for (const thresholds::Tier& tier : policy.tiers) {
    ResolvedTier& resolved = made->tiers.emplace_back();
    resolved.deductible = resolve(tier.deductible, account_year);
    if (tier.cap) resolved.cap = resolve(*tier.cap, account_year);
    if (tier.further) {
      resolved.further_threshold = resolve(tier.further->threshold, account_year);
      if (tier.further->cap) resolved.further_cap = resolve(*tier.further->cap, account_year);
    }
    for (const thresholds::Cover& cover : tier.covers) {
      resolved.cover_caps.push_back(cover.cap ? resolve(*cover.cap, account_year) : Resolved{});
    }
  }
  for (const thresholds::WarningRule& rule : policy.warnings) {
    made->lines.push_back(rule.line ? resolve(*rule.line, account_year) : Resolved{});
  }
  cache_.push_back(std::move(made));
  return *cache_.back();
}

}  // namespace yujing::monitor

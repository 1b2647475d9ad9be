// A city's amounts for one version and one account year, looked up once: deductibles, caps,
// thresholds and warning lines in fen. A figure the reference table lacks stays "missing" with its
// name.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::monitor {

using thresholds::Money;
using thresholds::Wide;

// An AmountRule with its figure put in.
struct Resolved {
  bool missing = false;
  std::string missing_name;  // "income.city.2024"
  Money rounded;             // as an amount: rounded as the rule says (default half up to the fen)
  Wide exact = 0;            // as a threshold: in 1/10,000 fen
};

struct ResolvedTier {
  Resolved deductible;
  Resolved cap;  // unused where the tier has none
  Resolved further_threshold;
  Resolved further_cap;
  std::vector<Resolved> cover_caps;  // as Tier::covers
};

struct RuleYear {
  std::int32_t year = 0;
  const thresholds::Policy* policy = nullptr;
  std::vector<ResolvedTier> tiers;  // as Policy::tiers
  std::vector<Resolved> lines;      // as Policy::warnings
};

class RuleYears {
 public:
  RuleYears(const thresholds::CityRules& city, const thresholds::Reference& reference);

  [[nodiscard]] const RuleYear& of(const thresholds::Policy& policy, std::int32_t account_year);

  // Names of the figures that the years asked for so far lack.
  [[nodiscard]] const std::set<std::string>& missing_figures() const { return missing_; }

  // Ids of all warning rules of all versions, in order of first appearance: a Crossing's `rule`.
  [[nodiscard]] const std::vector<std::string>& rule_ids() const { return rule_ids_; }
  // Index into rule_ids() of each of the policy's warnings.
  [[nodiscard]] const std::vector<std::uint8_t>& rule_indexes(
      const thresholds::Policy& policy) const;
  [[nodiscard]] std::uint8_t version_index(const thresholds::Policy& policy) const;
  // The payers by which any of the rules takes critical illness insurance as started.
  [[nodiscard]] thresholds::PayerSet started_by() const { return started_by_; }

 private:
  [[nodiscard]] Resolved resolve(const thresholds::AmountRule& rule, std::int32_t account_year);

  const thresholds::CityRules& city_;
  const thresholds::Reference& reference_;
  std::vector<std::string> rule_ids_;
  std::vector<std::vector<std::uint8_t>> rule_indexes_;  // per version
  thresholds::PayerSet started_by_ = 0;
  std::set<std::string> missing_;
  std::vector<std::unique_ptr<RuleYear>> cache_;  // a handful of years: looked through in order
};

}  // namespace yujing::monitor

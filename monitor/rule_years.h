// A city's amounts for one version and one year (or the part of it in which the same figures hold),
// looked up once: deductibles, caps, thresholds and warning lines in fen. A figure the reference
// table lacks stays "missing" with its name.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::monitor {

using thresholds::CivilDay;
using thresholds::Money;
using thresholds::Wide;

// An AmountRule with its figure put in.
struct Resolved {
  bool missing = false;
  Money rounded;   // as an amount: rounded as the rule says (default half up to the fen)
  Wide exact = 0;  // as a threshold: in 1/10,000 fen
  const thresholds::AmountRule* rule = nullptr;
  CivilDay day;  // whose figure was looked for

  // "income.city.2024"
  [[nodiscard]] std::string missing_name() const { return thresholds::figure_name(*rule, day); }
};

struct ResolvedBand {
  Resolved from;
  thresholds::Ratio ratio;
};

struct ResolvedCover {
  Resolved cap;  // unused where the entry has none
  std::vector<ResolvedBand> bands;
};

struct ResolvedAllowance {
  Resolved deductible;  // unused where it has none
  Resolved cap;         // the same
};

struct ResolvedTier {
  Resolved deductible;
  Resolved cap;  // unused where the tier has none
  Resolved further_threshold;
  Resolved further_cap;
  std::vector<ResolvedBand> further_bands;
  std::vector<ResolvedCover> covers;          // as Tier::covers
  std::vector<ResolvedAllowance> allowances;  // as Tier::allowances
};

struct RuleYear {
  CivilDay from;  // the days on which these amounts hold, inside one calendar year
  CivilDay until;
  const thresholds::Policy* policy = nullptr;
  std::vector<ResolvedTier> tiers;                   // as Policy::tiers
  std::vector<Resolved> lines;                       // as Policy::warnings
  std::vector<std::vector<ResolvedBand>> schedules;  // as CriticalIllness::schedules
};

class RuleYears {
 public:
  RuleYears(const thresholds::CityRules& city, const thresholds::Reference& reference);

  // The amounts that hold on `day`.
  [[nodiscard]] const RuleYear& of(const thresholds::Policy& policy, CivilDay day);

  // Names of the figures that the years asked for so far lack.
  [[nodiscard]] const std::set<std::string>& missing_figures() const { return missing_; }

  [[nodiscard]] std::uint8_t version_index(const thresholds::Policy& policy) const;
  // The payers by which any of the rules takes critical illness insurance as started.
  [[nodiscard]] thresholds::PayerSet started_by() const { return started_by_; }

 private:
  // Narrows the days of `made` down to those on which the same figure holds.
  [[nodiscard]] Resolved resolve(const thresholds::AmountRule& rule, CivilDay day, RuleYear& made);
  [[nodiscard]] std::vector<ResolvedBand> resolve(const std::vector<thresholds::Band>& bands,
                                                  CivilDay day, RuleYear& made);
  [[nodiscard]] ResolvedTier resolve(const thresholds::Tier& tier, CivilDay day, RuleYear& made);

  const thresholds::CityRules& city_;
  const thresholds::Reference& reference_;
  thresholds::PayerSet started_by_ = 0;
  std::set<std::string> missing_;
  std::vector<std::unique_ptr<RuleYear>> cache_;  // a handful of years: looked through in order
};

}  // namespace yujing::monitor

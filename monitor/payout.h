// The payout calculator: what a city's rules pay on one settlement, given the account so far.
//
// Pure: no I/O, no clock. A Calculator borrows the rules and the reference figures and keeps the
// figures it looked up (so it is not shared between threads).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "monitor/account.h"
#include "monitor/bill.h"
#include "monitor/facts.h"
#include "monitor/rule_years.h"
#include "monitor/steps.h"

namespace yujing::monitor {

enum class Reason : std::uint8_t {
  kNone,
  kNoPolicyInForce,
  kNoCategory,
  kHukouOutside,
  kNotReferred,
  kCareNotCovered,
  kReferenceMissing,
};
inline constexpr std::array<std::string_view, 7> kReasonNames = {"",
                                                                 "no_policy_in_force",
                                                                 "no_category",
                                                                 "hukou_outside",
                                                                 "not_referred",
                                                                 "care_not_covered",
                                                                 "reference_missing"};

// Which account, version and tier a settlement falls under.
struct Standing {
  const thresholds::Policy* policy = nullptr;     // null: none in force
  const thresholds::Policy* measuring = nullptr;  // never null
  const thresholds::Tier* tier = nullptr;
  std::uint8_t category = kNoBit;  // that decided
  std::int32_t account_year = 0;
  const Window* window = nullptr;    // the application that governs, if any
  CivilDay figures_on;               // published figures are those of this day of account_year
  thresholds::CategorySet held = 0;  // effective on the benefit day
};

struct Payout {
  Reason reason = Reason::kNone;
  std::uint8_t category = kNoBit;
  bool assistable = false;
  bool by_disease = false;  // single disease instead of the layers
  Money base;
  Money tilt;
  Money single_disease;
  Money out_of_catalogue;
  Money hospital_borne;

  [[nodiscard]] Money assistance() const { return base + tilt + single_disease + out_of_catalogue; }
};

class Calculator {
 public:
  // All borrowed; they must outlive the calculator.
  Calculator(const thresholds::RuleBook& book, const thresholds::CityRules& city,
             const thresholds::Reference& reference);

  [[nodiscard]] const thresholds::CityRules& city() const { return city_; }
  [[nodiscard]] RuleYears& rule_years() { return years_; }

  // The settlement as this city sees it, without its measures (they depend on the standing's
  // version).
  [[nodiscard]] Bill bill(const Settlement& settlement) const;

  // 2-policies.md steps 1 and 2. Fills the bill's measures.
  [[nodiscard]] Standing stand(const Facts& facts, Bill& bill) const;

  // Steps 3 to 6: moves `account` (of the standing's account year) and says what is paid.
  // Settlements of an account must come in computing order. `missing` (may be null) collects the
  // names of figures that were needed and absent; `steps` (may be null) the reasons behind each
  // amount.
  [[nodiscard]] Payout pay(PayoutAccount& account, const Facts& facts, const Bill& bill,
                           const Standing& standing, std::set<std::string>* missing, Steps* steps);

  // What critical illness insurance would pay on the settlement by the city's schedule; moves
  // `account` (of the benefit year). Outer nullopt: the city does not report it for this
  // settlement; inner: the document does not state the share, or a figure is absent (`missing`, may
  // be null, collects its name).
  [[nodiscard]] std::optional<std::optional<Money>> critical_illness_due(
      CriticalIllnessAccount& account, const Bill& bill, const Standing& standing,
      std::set<std::string>* missing);

 private:
  struct Way;  // one settlement on its way through the layers
  bool pay_by_disease(Way& way) const;
  void pay_by_layers(Way& way);
  void pay_better(Way& way);
  void take_amounts(Way& way);
  [[nodiscard]] Reason eligibility(const Way& way) const;
  void pay_base(Way& way) const;
  void count(Way& way) const;
  [[nodiscard]] Money share(const Way& way, thresholds::Ratio more) const;
  [[nodiscard]] Money least(const Way& way) const;
  [[nodiscard]] Money under_caps(Way& way, Money share) const;
  [[nodiscard]] thresholds::Ratio points_on_ratio(const Way& way, Money base) const;
  struct Sum;  // of the year, before and after a settlement
  void pay_further(Way& way) const;
  [[nodiscard]] Sum count_further(Way& way) const;
  [[nodiscard]] bool figures_known(const Way& way) const;
  [[nodiscard]] Money further_room(const Way& way) const;
  void pay_lump(Way& way) const;
  void pay_points(Way& way, const Sum& sum) const;
  void pay_slice(Way& way, const Sum& sum) const;
  void control_out_of_catalogue(Way& way) const;

  const thresholds::RuleBook& book_;
  const thresholds::CityRules& city_;
  const thresholds::Reference& reference_;
  RuleYears years_;
};

}  // namespace yujing::monitor

// A person's year in one city: totals, the payout account, and what watching for warnings needs.
// Each is the fold of the year's live settlements in computing order (setl_time, setl_id); nothing
// else.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "monitor/settlement.h"
#include "thresholds/policy.h"
#include "thresholds/settlement_codes.h"

namespace yujing::monitor {

// Where a settlement stands in computing order.
struct OrderKey {
  BeijingTime setl_time = kNoTime;
  std::string setl_id;
  auto operator<=>(const OrderKey&) const = default;
};

// Sums over the live settlements whose benefit date lies in the year (fen).
struct Totals {
  std::int64_t settlements = 0;
  Money medfee;
  Money own_expense;
  std::array<Money, thresholds::kPayers> paid{};
  Money after_insurance;  // W
  Money in_policy;        // B
  Money assistance_due;   // what the policy pays on them, whichever account a look-back charges
  Money watched;          // W without the kinds a city leaves out of the burden (exclude_med_types)
  Money watched_assistance;  // maf_pay of the same settlements
  bool operator==(const Totals&) const = default;

  [[nodiscard]] Money assistance_paid() const {
    return paid[static_cast<std::size_t>(thresholds::Payer::kMaf)];
  }
};

// What is counted by itself inside a year (thresholds::Allowance).
struct AllowanceSums {
  Money counted;  // B toward a deductible of its own
  Money paid;     // base
  bool operator==(const AllowanceSums&) const = default;
};

// What a year's payouts have used up (2-policies.md "How a payout is computed", 4 and 5). A
// look-back can charge settlements of the year before to it.
struct PayoutAccount {
  OrderKey last;    // of the last settlement folded in
  Money counted;    // cum: B over eligible settlements
  Money annual;     // paid inside the annual cap
  Money remaining;  // R: B - base over settlements that qualify for the further layer
  Money accrued;    // slices, before caps and preconditions
  Money further;    // paid by the further layer
  Money lump;       // lump sums paid
  Money cut_off;    // base that the annual cap kept back, where a further layer is measured on it
  std::array<Money, thresholds::kCareKinds>
      by_care{};  // base paid per kind of care, for nested caps
  std::array<AllowanceSums, thresholds::kAllowancesMax> allowances{};  // by Allowance::index
  bool operator==(const PayoutAccount&) const = default;
};

// The year's sums that critical illness insurance pays on, by benefit year (a look-back does not
// move them).
struct CriticalIllnessAccount {
  std::array<Money, 4> sums{};  // per CriticalIllness::insutypes: S less basic payments
  Money special_drug;           // the same for special drugs
  Money special_drug_due;       // paid on them
  bool operator==(const CriticalIllnessAccount&) const = default;
};

// Where a rule was first over its line.
struct Crossing {
  std::uint8_t rule = 0;         // index into the city's rules (CityRules::warning_ids)
  std::uint8_t version = 0;      // index of the policy version in force then
  std::uint8_t category = 0xFF;  // bit held then, first in the tiers' order; kNoBit: none
  CivilDay day;  // of the moment: the settlement's benefit day, or the turn of a category
  OrderKey by;   // the crossing settlement
  Money amount;  // of a rule that sums bills: the highest sum it came to in the year
  bool operator==(const Crossing&) const = default;
};

struct WarningAccount {
  OrderKey last;                    // of the last settlement folded in
  std::vector<Crossing> crossings;  // of rules that hold, up to `last`; by rule
  OrderKey started;      // the last settlement with a critical illness payment; setl_id "" none
  Money started_amount;  // the year's sum of those payments
  bool operator==(const WarningAccount&) const = default;
};

struct YearAccount {
  Totals totals;
  PayoutAccount payout;
  CriticalIllnessAccount critical_illness;
  WarningAccount warnings;
  bool operator==(const YearAccount&) const = default;
};

}  // namespace yujing::monitor

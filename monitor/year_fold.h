// The fold of a person's live settlements in one city: one function for the batch calculator, the
// explanation, the check of the store and the running path, so that they cannot differ.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "monitor/warnings.h"

namespace yujing::monitor {

// What one settlement came to.
struct FoldedBill {
  Bill bill;
  Standing standing;
  Payout payout;
  // As Calculator::critical_illness_due says it.
  std::optional<std::optional<Money>> critical_illness_due;
  Steps steps;  // filled when asked
};

struct FoldOptions {
  std::set<std::string>* missing = nullptr;
  bool with_steps = false;
  bool keep_bills = false;
};

struct Folded {
  std::map<std::int32_t, YearAccount> years;
  std::vector<FoldedBill> bills;  // in computing order, when kept; borrow the settlements
};

// `settlements`: live ones of one person and city, in computing order (earlier()); all of them
// where the city folds again. Every year they touch is folded from empty.
[[nodiscard]] Folded fold_all(Calculator& calculator, const Facts& facts,
                              std::span<const Settlement* const> settlements,
                              const FoldOptions& options);

// A settlement with its place in the person's accounts.
struct Footing {
  Bill bill;  // borrows the settlement
  Standing standing;
};
[[nodiscard]] Footing footing(const Calculator& calculator, const Facts& facts,
                              const Settlement& settlement);

// Whether the settlement comes after all that its benefit year and the account it charges have
// folded in.
[[nodiscard]] bool in_order(const Footing& footing, const YearOf& year_of);

// Moves the accounts on by one settlement, as fold_all would. REQUIRES: in_order, and a city that
// does not fold again (thresholds::CityRules::folds_again).
void append(Calculator& calculator, const Facts& facts, const Footing& footing,
            const YearOf& year_of);

}  // namespace yujing::monitor

// When a warning rule holds for a person and year (2-policies.md "When a warning holds"): at some
// moment of the year's account the person belongs to the rule's population and the burden is over
// its line.
//
// Pure. The fold keeps what is decided up to the last settlement; turns of categories after it are
// looked at on each reading, because a later settlement may still come before them.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "monitor/account.h"
#include "monitor/facts.h"
#include "monitor/payout.h"

namespace yujing::monitor {

// The account of a year, made empty when it is not there. References must stay valid over the next
// call.
using YearOf = std::function<YearAccount&(std::int32_t)>;

// A rule that holds.
struct WarningStanding {
  Crossing crossing;
  const thresholds::Policy* policy = nullptr;  // in force at the crossing
  const thresholds::WarningRule* rule = nullptr;
  bool has_line = false;
  Money line;    // half up to the fen
  Money amount;  // the measure over the whole year as it stands; of a rule that sums bills, the
                 // highest sum in the year
  bool late = false;  // crossed by a settlement made after 31 January of the following year
};

class WarningFold {
 public:
  // All borrowed. `account` is the benefit year's.
  WarningFold(Calculator& calculator, const Facts& facts, std::int32_t year, YearAccount& account)
      : calculator_(calculator), facts_(facts), year_(year), account_(account) {}

  // Takes the next settlement in computing order into totals and warnings; `due` is what the policy
  // pays.
  void add(const Bill& bill, Money due);

  // The rules that hold now, by rule id.
  [[nodiscard]] std::vector<WarningStanding> standings() const;

 private:
  // One moment: categories and version as of `day`, burden as the account stands.
  void look(CivilDay day, std::vector<Crossing>& crossings) const;

  Calculator& calculator_;
  const Facts& facts_;
  std::int32_t year_;
  YearAccount& account_;
};

// Whether somebody who holds these categories is one of those the rule speaks of.
[[nodiscard]] bool belongs(const thresholds::WarningRule& rule, thresholds::CategorySet held);
// Strictly over the line, compared exactly. REQUIRES: the line is not missing.
[[nodiscard]] bool is_over(Money amount, const Resolved& line);
// The line as an amount that can be shown: half up to the fen.
[[nodiscard]] Money half_up_line(const Resolved& line);
// Adds a crossing to those of a year, in order of the rules, unless the rule has one.
void keep_first(std::vector<Crossing>& crossings, const Crossing& crossing);
// The measure of a rule over the year as it stands.
[[nodiscard]] Money measured(const YearAccount& account, thresholds::Measure measure);

// Names of the figures without which some rule cannot be judged at some moment of a year with these
// live settlements (by benefit day) for a person of its population.
void find_missing_lines(Calculator& calculator, const Facts& facts, std::int32_t year,
                        std::span<const CivilDay> benefit_days, std::set<std::string>& missing);

}  // namespace yujing::monitor

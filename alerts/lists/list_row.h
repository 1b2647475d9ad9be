// A line of a monthly list: one open alert, with what the year's account says and what an
// application would bring. Made from the store's accounts by the same folds as everything else;
// names are no part of it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alerts/crossing.h"
#include "alerts/history.h"
#include "alerts/lists/month.h"
#include "monitor/facts.h"
#include "monitor/payout.h"
#include "monitor/person_state.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

struct ListRow {
  std::string psn_no;
  std::int32_t year = 0;
  bool is_new = false;  // the line was crossed in the month
  std::string area;     // insured area, as the crossing settlement says; "" not said
  std::uint8_t category = monitor::kNoBit;
  WarningType type = WarningType::kIntoPoverty;
  const thresholds::Policy* policy = nullptr;     // borrowed; in force at the crossing
  const thresholds::WarningRule* rule = nullptr;  // borrowed
  std::optional<thresholds::Money> line;
  thresholds::Money burden;  // the year's, after what the rule's measure subtracts
  std::string crossed_by;    // setl_id
  thresholds::BeijingTime crossed_at;
  bool late = false;
  thresholds::Money medfee;
  thresholds::Money basic;     // basic pool
  thresholds::Money critical;  // critical illness insurance, large-amount fund
  thresholds::Money other;     // every other payer but assistance
  thresholds::Money due;
  bool due_incomplete = false;  // a figure is missing: `due` lacks what depends on it
  thresholds::Money paid;       // assistance
  bool may_apply = false;       // and has not
  std::optional<thresholds::Money> after_application;
  std::optional<thresholds::CivilDay> apply_until;
};

// Who is asked about; all borrowed.
struct ListedPerson {
  const monitor::PersonState& state;
  const monitor::Facts& facts;
  monitor::Calculator& calculator;  // of the city
  const History& history;           // in the city
};

// Whether the person has an alert in this city that the month's list may hold: the ledger has to be
// read only then.
[[nodiscard]] bool may_be_listed(const monitor::PersonState& state, thresholds::CityCode city,
                                 const Month& month);

// Every alert open now whose line was crossed by the end of the month, of the month's year or
// crossed in the month; by year, then rule. `missing` collects the figures without which what is
// due could not be computed in full.
[[nodiscard]] std::vector<ListRow> list_rows(const ListedPerson& person, const Month& month,
                                             std::set<std::string>& missing);

}  // namespace yujing::alerts

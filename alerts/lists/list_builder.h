// Puts a month's alerts into lists: persons go in one after another, rows by city and insured area
// come out, with what the lists do not know. Holds the rows, nothing else of a person; from one
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerts/lists/list_row.h"
#include "alerts/lists/month.h"
#include "monitor/ledger.h"
#include "monitor/payout.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::alerts {

// Persons of whom something could not be determined for want of a figure.
struct Undetermined {
  std::uint64_t persons = 0;
  std::vector<std::string> psn_nos;  // the first of them
};
inline constexpr std::size_t kUndeterminedNamedMax = 200;

// What one insured area's lists are made from.
struct AreaRows {
  std::vector<ListRow> rows;  // by psn_no, year, rule
  // By the figure's name ("income.province.2025").
  std::map<std::string, Undetermined> unjudged;    // whether they are over a line
  std::map<std::string, Undetermined> uncomputed;  // what is due to them; they are listed
};

// What is known of a city's data.
struct CityKnowledge {
  thresholds::BeijingTime newest_settlement = monitor::kNoTime;
  thresholds::BeijingTime newest_person = monitor::kNoTime;    // updt_time of the records read
  thresholds::BeijingTime newest_decision = monitor::kNoTime;  // the same of the decisions
};

class ListBuilder {
 public:
  // All borrowed; they must outlive the builder and what it hands out.
  ListBuilder(const thresholds::RuleBook& book, const thresholds::Reference& reference,
              const Month& month);

  // Takes note of the person and says whether add() has to be called with the settlements.
  [[nodiscard]] bool needs_settlements(const monitor::PersonState& state);
  // Persons come by psn_no. `items`: all of the person's.
  void add(const monitor::PersonState& state, const std::vector<monitor::LedgerItem>& items);

  // Of the book's cities in its order; areas in order of their codes.
  using Areas = std::map<std::string, AreaRows>;
  [[nodiscard]] const Areas& areas(std::size_t city) const { return cities_[city].areas; }
  [[nodiscard]] const CityKnowledge& knowledge(std::size_t city) const {
    return cities_[city].knowledge;
  }
  [[nodiscard]] monitor::RuleYears& rule_years(std::size_t city) {
    return cities_[city].calculator->rule_years();
  }

 private:
  struct City {
    const thresholds::CityRules* rules = nullptr;
    std::unique_ptr<monitor::Calculator> calculator;
    bool lines_missing = false;  // some warning line of the month's year
    CityKnowledge knowledge;
    Areas areas;
  };
  void add_to(City& city, const monitor::PersonState& state, const History& history) const;
  [[nodiscard]] bool concerns(const City& city, const monitor::PersonState& state) const;

  Month month_;
  std::vector<City> cities_;
};

}  // namespace yujing::alerts

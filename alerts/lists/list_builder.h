// From persons to the rows of a month's lists, in two rounds, so that no row is held: every person
// is met once, then those who may be listed are asked for their rows, city by city. What the lists
// do not know is collected by insured area. Holds a person's number and nothing else; from one
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
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

// What the lists of one insured area lack, by the figure's name ("income.province.2025").
struct AreaGaps {
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

  // First round: takes note of the person and says whether judge() has to be called with the
  // settlements. Persons come by psn_no, each once.
  [[nodiscard]] bool meet(const monitor::PersonState& state);
  // `items`: all of the person's.
  void judge(const monitor::PersonState& state, const std::vector<monitor::LedgerItem>& items);

  // Those who may be listed, by psn_no.
  [[nodiscard]] const std::vector<std::string>& psn_nos() const { return psn_nos_; }
  // Which of them in this city. Cities are numbered as in the book.
  [[nodiscard]] const std::vector<std::uint32_t>& listed_in(std::size_t city) const {
    return cities_[city].listed;
  }
  // Second round: the person's rows in the city, by year, then rule.
  [[nodiscard]] std::vector<ListRow> rows(std::size_t city, const monitor::PersonState& state,
                                          const std::vector<monitor::LedgerItem>& items);

  // Areas in order of their codes; whole when the rounds are.
  using Gaps = std::map<std::string, AreaGaps>;
  [[nodiscard]] const Gaps& gaps(std::size_t city) const { return cities_[city].gaps; }
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
    std::vector<std::uint32_t> listed;  // of psn_nos_
    Gaps gaps;
  };
  static void note_sources(City& city, const monitor::PersonState& state);
  [[nodiscard]] bool must_be_judged(const City& city, const monitor::PersonState& state) const;

  Month month_;
  std::vector<std::string> psn_nos_;
  std::vector<City> cities_;
};

}  // namespace yujing::alerts

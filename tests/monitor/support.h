// Help for the tests of monitor/: the shipped rules, bills written as short texts, and a person of
// one city whose bills are folded by its rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/facts.h"
#include "monitor/payout.h"
#include "monitor/person.h"
#include "monitor/settlement.h"
#include "monitor/warnings.h"
#include "monitor/year_fold.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::monitor {

// The policies that come with the program, read once; the program stops when they do not load.
[[nodiscard]] const thresholds::RuleBook& shipped_rules();
// The same and a made-up city, ganyu, whose warnings sum bills over years (tests/policies).
[[nodiscard]] const thresholds::RuleBook& known_rules();
// One of known_rules().
[[nodiscard]] const thresholds::CityRules& city_named(std::string_view id);

// For 2022 to 2029: incomes of 25,000 in the cities and 30,000 in the provinces, premiums of 400;
// Jincheng's single disease M00001 is limited to 8,000.
[[nodiscard]] const thresholds::Reference& usual_figures();

// What a text says; the program stops when it says nothing.
[[nodiscard]] CivilDay day(std::string_view text);
[[nodiscard]] BeijingTime time(std::string_view text);
[[nodiscard]] Money yuan(std::string_view text);

// A stay in hospital in the person's own city, insured as a resident, unless it says otherwise.
// Amounts in yuan.
struct BillText {
  std::string setl_id = "S1";
  std::string setl_time = "2026-03-09 10:00:00";
  std::string enddate = {};
  std::string med_type = "21";
  std::string medfee = "0";
  std::string ownpay = "0";
  std::string preselfpay = "0";
  std::string inscp = {};  // empty: what medfee leaves after ownpay and preselfpay
  std::string hifp = "0";
  std::string hifmi = "0";
  std::string maf = "0";
  std::string mdtrt_id = {};
  std::string init_setl_id = {};
  std::string place = {};
  std::string filing = {};
  std::string insutype = "390";
  std::string dise_codg = {};
  std::string hosp_charge_class = {};
};
// Of person P1.
[[nodiscard]] Settlement bill(std::string_view city, const BillText& text);

// The same with all its amounts turned round.
[[nodiscard]] Settlement turned_round(Settlement settlement, std::string_view setl_id);

class Person {
 public:
  explicit Person(std::string_view city, const thresholds::Reference& reference = usual_figures());

  // Without an end for good.
  void hold(std::string_view category, std::string_view from, std::string_view until = "");
  void apply(std::string_view date);
  void add(const BillText& text);
  PersonRecord& record() { return record_; }

  // Folds the bills; what the other functions say is of the last fold.
  const Folded& fold();
  // Per bill, what is paid or why nothing is: "S1: base 14000.00, tilt 100.00", "S2: no_category".
  [[nodiscard]] std::vector<std::string> paid();
  // The rules that hold in a year: "burden-over-10000 by S2".
  [[nodiscard]] std::vector<std::string> held_rules(std::int32_t year);
  [[nodiscard]] std::vector<WarningStanding> standings(std::int32_t year);

  [[nodiscard]] const thresholds::CityRules& city() const { return city_; }
  [[nodiscard]] Calculator& calculator() { return calculator_; }
  [[nodiscard]] Facts facts() const { return make_facts(city_, &record_, nullptr); }
  // Figures that were needed and absent.
  [[nodiscard]] const std::set<std::string>& missing() const { return missing_; }

 private:
  const thresholds::CityRules& city_;
  Calculator calculator_;
  PersonRecord record_;
  std::vector<Settlement> bills_;
  Facts facts_;
  Folded folded_;
  std::set<std::string> missing_;
};

}  // namespace yujing::monitor

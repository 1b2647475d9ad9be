// A person whose bills are watched, for tests of alerts: bills come and go, and what the
// AlertWriter says is collected. Rules are the shipped ones, the accounts monitor's own fold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert_writer.h"
#include "monitor/payout.h"
#include "monitor/person_state.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::alerts {

// A stay in hospital, insured as a resident. Amounts in yuan; no end means an outpatient bill.
struct BillText {
  std::string setl_id;
  std::string setl_time;
  std::string enddate;
  std::string med_type = "21";
  std::string medfee;
  std::string ownpay = "0";
  std::string preselfpay = "0";
  std::string inscp;
  std::string hifp = "0";
  std::string hifmi = "0";
  std::string maf = "0";
};

// The policies that come with the program and those of two made-up cities, hengbei and ganyu, read
// once. Fails the test program when they do not load.
[[nodiscard]] const thresholds::RuleBook& known_rules();

[[nodiscard]] thresholds::CivilDay day(std::string_view text);
[[nodiscard]] thresholds::BeijingTime time(std::string_view text);
[[nodiscard]] thresholds::Money yuan(std::string_view text);

class WatchedPerson {
 public:
  // A person of `area` (six digits), both insured and registered there, in `city`.
  WatchedPerson(std::string_view city, std::string_view psn_no, std::string_view area,
                thresholds::Reference reference);
  WatchedPerson(const WatchedPerson&) = delete;
  WatchedPerson& operator=(const WatchedPerson&) = delete;

  monitor::PersonRecord& record() { return *state_.person; }
  monitor::PersonState& state() { return state_; }
  [[nodiscard]] const thresholds::CityRules& city() const { return city_; }
  monitor::Calculator& calculator() { return calculator_; }
  std::vector<monitor::AlertState>& alerts() { return alerts_; }

  // Gives the person a category; without an end for good.
  void hold(std::string_view category, std::string_view from, std::string_view until = "");
  void add(const BillText& text);
  void remove(std::string_view setl_id);
  // In computing order.
  [[nodiscard]] const std::vector<monitor::Settlement>& settlements() const { return settlements_; }

  // Folds the year again and tells the writer of it.
  std::vector<monitor::AlertMessage> look(std::int32_t year,
                                          thresholds::BeijingTime cause = monitor::kNoTime);
  // How often the writer asked for the settlements.
  [[nodiscard]] int scans() const { return scans_; }

 private:
  const thresholds::CityRules& city_;
  thresholds::Reference reference_;
  monitor::Calculator calculator_;
  monitor::PersonState state_;
  std::vector<monitor::Settlement> settlements_;
  std::vector<monitor::AlertState> alerts_;
  AlertWriter writer_;
  int scans_ = 0;
};

}  // namespace yujing::alerts

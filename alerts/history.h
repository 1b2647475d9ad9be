// A person's live settlements in one city, each with its benefit date: read once for all messages
// that one change of a year makes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "monitor/payout.h"

namespace yujing::alerts {

struct Dated {
  monitor::Settlement settlement;
  thresholds::CivilDay benefit_day;
};

class History {
 public:
  // `live`: all years, in computing order. The calculator's city gives the benefit dates.
  History(const monitor::Calculator& calculator, std::vector<monitor::Settlement> live);

  [[nodiscard]] const std::vector<Dated>& all() const { return all_; }
  // Those with a benefit date in `year`, or all; in computing order. They borrow from this history.
  [[nodiscard]] std::vector<const monitor::Settlement*> of_year(std::int32_t year) const;
  [[nodiscard]] std::vector<const monitor::Settlement*> of_all_years() const;
  // Null when it does not count any more.
  [[nodiscard]] const Dated* find(const monitor::OrderKey& key) const;
  // The earliest benefit date in `year`; nullopt when nothing of the year is left.
  [[nodiscard]] std::optional<thresholds::CivilDay> earliest_benefit_day(std::int32_t year) const;

 private:
  std::vector<Dated> all_;
};

}  // namespace yujing::alerts

#include "alerts/history.h"

#include <utility>

namespace yujing::alerts {

using monitor::Settlement;
using thresholds::CivilDay;

History::History(const monitor::Calculator& calculator, std::vector<Settlement> live) {
  all_.reserve(live.size());
  for (Settlement& settlement : live) {
    const CivilDay benefit_day = calculator.bill(settlement).benefit_day;
    all_.push_back({std::move(settlement), benefit_day});
  }
}

std::vector<const Settlement*> History::of_year(std::int32_t year) const {
  std::vector<const Settlement*> settlements;
  for (const Dated& dated : all_) {
    if (thresholds::year_of(dated.benefit_day) == year) settlements.push_back(&dated.settlement);
  }
  return settlements;
}

std::vector<const Settlement*> History::of_all_years() const {
  std::vector<const Settlement*> settlements;
  settlements.reserve(all_.size());
  for (const Dated& dated : all_)
    settlements.push_back(&dated.settlement);
  return settlements;
}

const Dated* History::find(const monitor::OrderKey& key) const {
  for (const Dated& dated : all_) {
    if (dated.settlement.setl_time == key.setl_time && dated.settlement.setl_id == key.setl_id) {
      return &dated;
    }
  }
  return nullptr;
}

std::optional<CivilDay> History::earliest_benefit_day(std::int32_t year) const {
  std::optional<CivilDay> earliest;
  for (const Dated& dated : all_) {
    if (thresholds::year_of(dated.benefit_day) != year) continue;
    if (!earliest || dated.benefit_day < *earliest) earliest = dated.benefit_day;
  }
  return earliest;
}

}  // namespace yujing::alerts

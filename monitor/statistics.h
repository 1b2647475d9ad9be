// Sums over the whole store, kept with it, so that metrics are true from the first scrape after a
// start.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "monitor/account.h"
#include "monitor/person_state.h"

namespace yujing::monitor {

inline constexpr std::string_view kStatisticsNote = "statistics";

struct Statistics {
  struct Paid {
    std::array<Money, thresholds::kPayers> by_payer{};
    Money burden;                  // W
    std::int64_t settlements = 0;  // live ones
    bool operator==(const Paid&) const = default;
  };
  std::uint64_t persons = 0;         // with at least one settlement or record
  std::map<std::string, Paid> paid;  // by city id
  std::map<std::pair<std::string, std::string>, std::int64_t> open_alerts;  // by (city id, rule)
  bool operator==(const Statistics&) const = default;

  // A year's totals, or a year's alerts, have changed.
  void replace(const std::string& city, const Totals& before, const Totals& after);
  void replace(const std::string& city, const std::vector<AlertState>& before,
               const std::vector<AlertState>& after);
};

[[nodiscard]] std::string encode_statistics(const Statistics& statistics);
// Bytes that are none give empty statistics: `store verify` says so.
[[nodiscard]] Statistics decode_statistics(std::string_view bytes);

}  // namespace yujing::monitor

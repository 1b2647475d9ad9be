#include "alerts/lists/month.h"

#include <fmt/format.h>

namespace yujing::alerts {

std::optional<Month> parse_month(std::string_view text) {
  const auto first = thresholds::parse_day(std::string(text) + "-01");
  if (!first || text.size() != std::string_view("yyyy-MM").size()) return std::nullopt;
  return Month{*first, thresholds::last_of_month(*first)};
}

std::string to_string(const Month& month) {
  return thresholds::to_string(month.first).substr(0, std::string_view("yyyy-MM").size());
}

std::string month_words(const Month& month) {
  const auto date = thresholds::year_month_day(month.first);
  return fmt::format("{}年{}月", date.year, date.month);
}

}  // namespace yujing::alerts

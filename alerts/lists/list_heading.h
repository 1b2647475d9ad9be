// Which list it is: city, county, receiving office, month; and what its files are called.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "alerts/lists/month.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

struct ListHeading {
  const thresholds::CityRules* city = nullptr;  // borrowed
  std::string area;                             // six digits; "" not said
  std::string office;                           // code
  Month month;
};

// An insured area for people: "鸡冠区 230302", the bare code where it has no name, 未注明 for "".
[[nodiscard]] std::string area_words(const thresholds::CityRules& city, std::string_view area);
// The area by which alerts are put into lists: six digits, or "" for what is no area code.
[[nodiscard]] std::string list_area(const std::string& insu_admdvs);

// "鸡西市 鸡冠区 230302 因病致贫返贫预警清单（民政，2026年3月）"
[[nodiscard]] std::string list_title(const ListHeading& heading);

// A published list is never changed; what is issued later in its place says which correction it is.
inline constexpr std::uint32_t kFirstIssue = 0;
// "（第1次更正）"; "" for the first issue.
[[nodiscard]] std::string issue_words(std::uint32_t correction);
// "预警清单_230302鸡冠区_民政_2026-03", "…_更正1", without an ending.
[[nodiscard]] std::string list_file_name(const ListHeading& heading, std::uint32_t correction);

// What the name of a list's file says.
struct ListFileName {
  std::string area;  // six digits; "2303未注明"
  std::string office;
  std::string month;
  std::uint32_t correction = kFirstIssue;

  // Whether it is a list of this city, office and month, of whatever area.
  [[nodiscard]] bool is_like(const ListHeading& heading) const;
  // ... and of this area.
  [[nodiscard]] bool is_of(const ListHeading& heading) const;
  [[nodiscard]] std::string area_code() const;  // as ListHeading::area
};
// `stem`: without an ending. nullopt for what is no list.
[[nodiscard]] std::optional<ListFileName> parse_list_file_name(std::string_view stem);

}  // namespace yujing::alerts

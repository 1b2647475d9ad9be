// Which list it is: city, county, receiving office, month; and what its files are called.
#pragma once

#include <string>

#include "alerts/lists/month.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

struct ListHeading {
  const thresholds::CityRules* city = nullptr;  // borrowed
  std::string area;                             // six digits; "" not said
  std::string office;                           // code
  Month month;
};

// The insured area for people: the code of a county, 市本级, 参保地未注明. Names of counties are
// not in the data.
[[nodiscard]] std::string area_words(const std::string& area);
// The area by which alerts are put into lists: six digits, or "" for what is no area code.
[[nodiscard]] std::string list_area(const std::string& insu_admdvs);

// "鸡西市 230302 因病致贫返贫预警清单（民政，2026年3月）"
[[nodiscard]] std::string list_title(const ListHeading& heading);
// "预警清单_230302_民政_2026-03", without an ending.
[[nodiscard]] std::string list_file_name(const ListHeading& heading);

}  // namespace yujing::alerts

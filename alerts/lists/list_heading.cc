#include "alerts/lists/list_heading.h"

#include <algorithm>

#include <fmt/format.h>

#include "alerts/rule_words.h"

namespace yujing::alerts {
namespace {

constexpr std::size_t kAreaDigits = 6;

bool is_city_itself(const std::string& area) {
  return area.ends_with("00") || area.ends_with("99");
}

// A name taken from data must not lead out of the folder.
std::string as_file_name(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c == '/' || c == '\\' || static_cast<unsigned char>(c) < ' '; },
      '-');
  return text;
}

}  // namespace

std::string list_area(const std::string& insu_admdvs) {
  const bool is_code =
      insu_admdvs.size() == kAreaDigits &&
      std::ranges::all_of(insu_admdvs, [](char c) { return '0' <= c && c <= '9'; });
  return is_code ? insu_admdvs : std::string();
}

std::string area_words(const std::string& area) {
  if (area.empty()) return "参保地未注明";
  return is_city_itself(area) ? fmt::format("市本级（{}）", area) : area;
}

std::string list_title(const ListHeading& heading) {
  return fmt::format("{} {} 因病致贫返贫预警清单（{}，{}）", heading.city->name,
                     area_words(heading.area), office_words(*heading.city, heading.office),
                     month_words(heading.month));
}

std::string list_file_name(const ListHeading& heading) {
  const std::string area =
      heading.area.empty() ? heading.city->area.substr(0, 4) + "未注明" : heading.area;
  return as_file_name(fmt::format("预警清单_{}_{}_{}", area,
                                  office_words(*heading.city, heading.office),
                                  to_string(heading.month)));
}

}  // namespace yujing::alerts

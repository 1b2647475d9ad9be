#include "alerts/lists/list_heading.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include <fmt/format.h>

#include "alerts/rule_words.h"
#include "thresholds/area.h"

namespace yujing::alerts {
namespace {

constexpr std::size_t kAreaDigits = 6;
constexpr std::size_t kCityDigits = 4;
constexpr std::string_view kList = "预警清单";
constexpr std::string_view kCorrection = "更正";
constexpr std::string_view kNoArea = "未注明";
constexpr char kBetween = '_';

// A part of a file's name, taken from data: it must neither lead out of the folder nor end early.
std::string as_part(std::string text) {
  std::ranges::replace_if(
      text,
      [](char c) {
        return c == '/' || c == '\\' || c == kBetween || static_cast<unsigned char>(c) <= ' ';
      },
      '-');
  return text;
}

std::string area_part(const ListHeading& heading) {
  const auto& city = *heading.city;
  if (heading.area.empty()) return city.area.substr(0, kCityDigits) + std::string(kNoArea);
  return heading.area + as_part(std::string(city.names.area(heading.area)));
}

std::string office_part(const ListHeading& heading) {
  return as_part(office_words(*heading.city, heading.office));
}

std::vector<std::string_view> parts_of(std::string_view stem) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = stem.find(kBetween);
    parts.push_back(stem.substr(0, end));
    if (end == std::string_view::npos) return parts;
    stem.remove_prefix(end + 1);
  }
}

// "更正2" as 2; nullopt for anything else.
std::optional<std::uint32_t> correction_of(std::string_view part) {
  if (!part.starts_with(kCorrection)) return std::nullopt;
  part.remove_prefix(kCorrection.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (error != std::errc() || end != part.data() + part.size() || number == kFirstIssue)
    return std::nullopt;
  return number;
}

}  // namespace

std::string list_area(const std::string& insu_admdvs) {
  return thresholds::is_area_code(insu_admdvs) ? insu_admdvs : std::string();
}

std::string area_words(const thresholds::CityRules& city, std::string_view area) {
  if (area.empty()) return std::string(kNoArea);
  const auto name = city.names.area(area);
  return name.empty() ? std::string(area) : fmt::format("{} {}", name, area);
}

std::string list_title(const ListHeading& heading) {
  return fmt::format(
      "{} {} 因病致贫返贫预警清单（{}，{}）", heading.city->name,
      heading.area.empty() ? "参保地未注明" : area_words(*heading.city, heading.area),
      office_words(*heading.city, heading.office), month_words(heading.month));
}

std::string issue_words(std::uint32_t correction) {
  return correction == kFirstIssue ? std::string() : fmt::format("（第{}次更正）", correction);
}

std::string list_file_name(const ListHeading& heading, std::uint32_t correction) {
  auto name = fmt::format("{}_{}_{}_{}", kList, area_part(heading), office_part(heading),
                          to_string(heading.month));
  if (correction != kFirstIssue) name += fmt::format("_{}{}", kCorrection, correction);
  return name;
}

bool ListFileName::is_like(const ListHeading& heading) const {
  return area.starts_with(std::string_view(heading.city->area).substr(0, kCityDigits)) &&
         office == office_part(heading) && month == to_string(heading.month);
}

bool ListFileName::is_of(const ListHeading& heading) const {
  return is_like(heading) && area_code() == heading.area;
}

std::string ListFileName::area_code() const { return list_area(area); }

std::optional<ListFileName> parse_list_file_name(std::string_view stem) {
  const auto parts = parts_of(stem);
  if (parts.size() < 4 || parts.size() > 5 || parts[0] != kList) return std::nullopt;
  ListFileName name;
  name.area = parts[1].substr(0, kAreaDigits);
  if (!thresholds::is_area_code(name.area)) name.area = parts[1];
  name.office = parts[2];
  name.month = parts[3];
  if (parts.size() == 4) return name;
  const auto correction = correction_of(parts[4]);
  if (!correction) return std::nullopt;
  name.correction = *correction;
  return name;
}

}  // namespace yujing::alerts

#include "thresholds/policy.h"

#include <algorithm>

#include "thresholds/result.h"

namespace yujing::thresholds {

std::string_view Names::office(std::string_view code) const {
  for (const auto& each : offices) {
    if (each.code == code) return each.name;
  }
  return {};
}

std::string_view Names::area(std::string_view code) const {
  const auto found = areas.find(code);
  return found == areas.end() ? std::string_view() : std::string_view(found->second);
}

const Policy* CityRules::in_force(CivilDay day) const {
  for (const auto& version : versions) {
    if (version.from <= day && day <= version.until) return &version;
  }
  return nullptr;
}

const Policy& CityRules::measuring(CivilDay day) const {
  CHECK(!versions.empty());
  for (const auto& version : versions) {
    if (day <= version.until) return version;
  }
  return versions.back();
}

std::optional<std::uint8_t> CityRules::category_bit(std::string_view code_of_category) const {
  for (std::size_t bit = 0; bit < categories.size(); ++bit) {
    if (categories[bit].code == code_of_category) return static_cast<std::uint8_t>(bit);
  }
  for (const auto& local : local_names) {
    if (local.name == code_of_category) return local.category;
  }
  return std::nullopt;
}

bool CityRules::folds_again() const {
  return std::any_of(versions.begin(), versions.end(), [](const Policy& version) {
    return std::any_of(version.warnings.begin(), version.warnings.end(),
                       [](const WarningRule& rule) { return rule.sums_bills(); });
  });
}

const CityRules* RuleBook::by_id(std::string_view id) const {
  for (const auto& city : cities) {
    if (city.id == id) return &city;
  }
  return nullptr;
}

const CityRules* RuleBook::by_code(CityCode code) const {
  for (const auto& city : cities) {
    if (city.code == code) return &city;
  }
  return nullptr;
}

}  // namespace yujing::thresholds

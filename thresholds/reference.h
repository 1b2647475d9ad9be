// Dated reference figures by area, each with its source: incomes, premiums, single-disease limits
// and the constants a bureau publishes. A figure that is not there is said to be missing, never
// taken as 0.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "thresholds/area.h"
#include "thresholds/money.h"
#include "thresholds/policy.h"
#include "thresholds/result.h"

namespace yujing::thresholds {

class Reference {
 public:
  // Figures of `city`'s own area or its province's, for the year they describe.
  [[nodiscard]] std::optional<Money> income(CityCode city, const IncomeFigure& figure,
                                            std::int32_t year) const;
  // Residents' premium a person pays for the premium year.
  [[nodiscard]] std::optional<Money> premium(CityCode city, std::int32_t year) const;
  // Limit of a single disease by its code.
  [[nodiscard]] std::optional<Money> single_disease(CityCode city,
                                                    std::string_view dise_codg) const;
  // A figure the bureau publishes under `name` for `year`.
  [[nodiscard]] std::optional<Money> published(CityCode city, std::string_view name,
                                               std::int32_t year) const;
  [[nodiscard]] bool has_single_diseases(CityCode city) const;
  // The figure that an amount rests on for somebody on `day`. REQUIRES: the amount rests on one.
  [[nodiscard]] std::optional<Money> figure(CityCode city, const AmountRule& amount,
                                            CivilDay day) const;

  // `area`: city by four digits, province by two.
  void set_income(IncomeFigure::Scope scope, IncomeFigure::Population population, std::int32_t area,
                  std::int32_t year, Money amount);
  void set_premium(CityCode city, std::int32_t year, Money amount);
  void set_single_disease(CityCode city, std::string dise_codg, Money limit);
  void set_published(CityCode city, std::string name, std::int32_t year, Money amount);

  // A text that is equal for equal figures: part of what kept accounts were computed with.
  [[nodiscard]] std::string fingerprint() const;

 private:
  std::map<std::tuple<int, int, std::int32_t, std::int32_t>, Money> income_;
  std::map<std::pair<CityCode, std::int32_t>, Money> premium_;
  std::map<CityCode, std::map<std::string, Money, std::less<>>> single_disease_;
  std::map<std::tuple<CityCode, std::string, std::int32_t>, Money> published_;
};

// The name by which results list a missing figure: "income.city.2024", "premium.2026".
[[nodiscard]] std::string missing_income(const IncomeFigure& figure, std::int32_t year);
[[nodiscard]] std::string missing_premium(std::int32_t year);
[[nodiscard]] std::string missing_published(std::string_view name, std::int32_t year);

// By that name, the figure that an amount rests on for somebody on `day`; "" for plain yuan.
[[nodiscard]] std::string figure_name(const AmountRule& amount, CivilDay day);

// Reads a reference file over what `into` already holds (later files win). Errors name file and
// line. Shape (years are the year of the figure; amounts quoted; a figure may also be {amount,
// source}):
//   income: {city: {2303: {2025: "25000.00"}}, province: {23: {2025: "30000.00"}}}
//   premium: {2303: {2026: "400.00"}}
//   single_disease: {1405: {M00001: "8000.00"}}
[[nodiscard]] Result<void> load_reference(const std::string& path, Reference& into);

}  // namespace yujing::thresholds

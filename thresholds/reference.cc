#include "thresholds/reference.h"

#include <array>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "thresholds/digest.h"
#include "thresholds/yaml_reader.h"

namespace yujing::thresholds {
namespace {

using Scope = IncomeFigure::Scope;
using Population = IncomeFigure::Population;

// Incomes by the key under `income` and in the names of missing figures.
struct IncomeKey {
  std::string_view key;
  Scope scope;
  Population population;
};
constexpr std::array<IncomeKey, 6> kIncomeKeys = {{
    {"city", Scope::kCity, Population::kAll},
    {"province", Scope::kProvince, Population::kAll},
    {"city_urban", Scope::kCity, Population::kUrban},
    {"city_rural", Scope::kCity, Population::kRural},
    {"province_urban", Scope::kProvince, Population::kUrban},
    {"province_rural", Scope::kProvince, Population::kRural},
}};

std::string_view income_key(const IncomeFigure& figure) {
  for (const auto& each : kIncomeKeys) {
    if (each.scope == figure.scope && each.population == figure.population) return each.key;
  }
  return {};
}

template <class Map, class Key>
std::optional<Money> find(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::nullopt : std::optional<Money>(found->second);
}

// The year whose figure holds on `day`.
std::int32_t figure_year(const AmountRule& amount, CivilDay day) {
  std::int32_t year = year_of(day);
  const auto& switches = amount.switches_on;
  if (switches && day < civil_day(year, switches->month, switches->day)) --year;
  return amount.kind == AmountRule::Kind::kPublished ? year : year - amount.income.years_before;
}

// The number a key of exactly `digits` digits makes; a problem and nullopt for any other key.
std::optional<std::int32_t> read_key(const YamlMember& member, std::size_t digits,
                                     std::string_view what, Problems& problems) {
  const bool fits = member.key.size() == digits &&
                    member.key.find_first_not_of("0123456789") == std::string::npos;
  if (fits) return std::stoi(member.key);
  problems.add(member.value.file, member.line,
               fmt::format("unknown key `{}` in {}", member.key, what),
               fmt::format("{} digits", digits));
  return std::nullopt;
}

// The members of a map; a problem and none for anything else.
const std::vector<YamlMember>& members_of(const YamlNode& node, const std::string& what,
                                          Problems& problems) {
  if (node.kind != YamlNode::Kind::kMap) {
    problems.add(node, what + " is no map", "a map of `key: value`, {} when there is nothing");
  }
  return node.members;
}

// "25000.00", or {amount: "25000.00", source: …}.
std::optional<Money> read_figure(const YamlNode& node, const std::string& what,
                                 Problems& problems) {
  if (node.kind != YamlNode::Kind::kMap) return read_money(node, what, problems);
  MapReader map(node, what, problems);
  const YamlNode* amount = map.require("amount");
  static_cast<void>(map.text_or("source", ""));
  return amount == nullptr ? std::nullopt : read_money(*amount, what, problems);
}

// Reads {area: {year: figure}} and hands each figure to `set`(area, year, amount).
template <class Set>
void read_by_year(const YamlNode& node, const std::string& what, std::size_t area_digits,
                  Problems& problems, Set set) {
  for (const auto& area : members_of(node, what, problems)) {
    const auto area_code = read_key(area, area_digits, what, problems);
    const std::string here = what + '.' + area.key;
    for (const auto& year : members_of(area.value, here, problems)) {
      const auto year_number = read_key(year, 4, here, problems);
      const auto amount = read_figure(year.value, here + '.' + year.key, problems);
      if (area_code && year_number && amount) set(*area_code, *year_number, *amount);
    }
  }
}

void read_income(const YamlNode& node, Problems& problems, Reference& into) {
  MapReader map(node, "income", problems);
  for (const auto& each : kIncomeKeys) {
    const YamlNode* figures = map.find(each.key);
    if (figures == nullptr) continue;
    read_by_year(*figures, fmt::format("income.{}", each.key), each.scope == Scope::kCity ? 4 : 2,
                 problems, [&](std::int32_t area, std::int32_t year, Money amount) {
                   into.set_income(each.scope, each.population, area, year, amount);
                 });
  }
}

void read_single_diseases(const YamlNode& node, Problems& problems, Reference& into) {
  for (const auto& city : members_of(node, "single_disease", problems)) {
    const auto code = read_key(city, 4, "single_disease", problems);
    const std::string here = "single_disease." + city.key;
    for (const auto& disease : members_of(city.value, here, problems)) {
      const auto limit = read_figure(disease.value, here + '.' + disease.key, problems);
      if (code && limit) into.set_single_disease(*code, disease.key, *limit);
    }
  }
}

void read_published(const YamlNode& node, Problems& problems, Reference& into) {
  for (const auto& city : members_of(node, "published", problems)) {
    const auto code = read_key(city, 4, "published", problems);
    const std::string in_city = "published." + city.key;
    for (const auto& name : members_of(city.value, in_city, problems)) {
      const std::string here = in_city + '.' + name.key;
      for (const auto& year : members_of(name.value, here, problems)) {
        const auto year_number = read_key(year, 4, here, problems);
        const auto amount = read_figure(year.value, here + '.' + year.key, problems);
        if (code && year_number && amount) {
          into.set_published(*code, name.key, *year_number, *amount);
        }
      }
    }
  }
}

void read_reference(const YamlNode& document, Problems& problems, Reference& into) {
  MapReader map(document, "the reference file", problems);
  if (const YamlNode* node = map.find("income")) read_income(*node, problems, into);
  if (const YamlNode* node = map.find("premium")) {
    read_by_year(*node, "premium", 4, problems,
                 [&](std::int32_t city, std::int32_t year, Money amount) {
                   into.set_premium(city, year, amount);
                 });
  }
  if (const YamlNode* node = map.find("single_disease")) {
    read_single_diseases(*node, problems, into);
  }
  if (const YamlNode* node = map.find("published")) read_published(*node, problems, into);
}

}  // namespace

std::optional<Money> Reference::income(CityCode city, const IncomeFigure& figure,
                                       std::int32_t year) const {
  const std::int32_t area = figure.scope == Scope::kCity ? city : province_of(city);
  return find(income_, std::tuple(static_cast<int>(figure.scope),
                                  static_cast<int>(figure.population), area, year));
}

std::optional<Money> Reference::premium(CityCode city, std::int32_t year) const {
  return find(premium_, std::pair(city, year));
}

std::optional<Money> Reference::single_disease(CityCode city, std::string_view dise_codg) const {
  const auto limits = single_disease_.find(city);
  return limits == single_disease_.end() ? std::nullopt : find(limits->second, dise_codg);
}

std::optional<Money> Reference::published(CityCode city, std::string_view name,
                                          std::int32_t year) const {
  return find(published_, std::tuple(city, std::string(name), year));
}

std::optional<Money> Reference::figure(CityCode city, const AmountRule& amount,
                                       CivilDay day) const {
  const std::int32_t year = figure_year(amount, day);
  return amount.kind == AmountRule::Kind::kPublished ? published(city, amount.published, year)
                                                     : income(city, amount.income, year);
}

bool Reference::has_single_diseases(CityCode city) const {
  const auto limits = single_disease_.find(city);
  return limits != single_disease_.end() && !limits->second.empty();
}

void Reference::set_income(Scope scope, Population population, std::int32_t area, std::int32_t year,
                           Money amount) {
  income_[{static_cast<int>(scope), static_cast<int>(population), area, year}] = amount;
}

void Reference::set_premium(CityCode city, std::int32_t year, Money amount) {
  premium_[{city, year}] = amount;
}

void Reference::set_single_disease(CityCode city, std::string dise_codg, Money limit) {
  single_disease_[city][std::move(dise_codg)] = limit;
}

void Reference::set_published(CityCode city, std::string name, std::int32_t year, Money amount) {
  published_[{city, std::move(name), year}] = amount;
}

std::string Reference::fingerprint() const {
  std::string text;
  auto out = std::back_inserter(text);
  for (const auto& [key, amount] : income_) {
    const auto [scope, population, area, year] = key;
    fmt::format_to(out, "income {} {} {} {} {}\n", scope, population, area, year, amount.fen);
  }
  for (const auto& [key, amount] : premium_) {
    fmt::format_to(out, "premium {} {} {}\n", key.first, key.second, amount.fen);
  }
  for (const auto& [city, limits] : single_disease_) {
    for (const auto& [code, limit] : limits) {
      fmt::format_to(out, "single_disease {} {}:{} {}\n", city, code.size(), code, limit.fen);
    }
  }
  for (const auto& [key, amount] : published_) {
    const auto& [city, name, year] = key;
    fmt::format_to(out, "published {} {}:{} {} {}\n", city, name.size(), name, year, amount.fen);
  }
  return digest(text);
}

std::string missing_income(const IncomeFigure& figure, std::int32_t year) {
  return fmt::format("income.{}.{}", income_key(figure), year);
}

std::string missing_premium(std::int32_t year) { return fmt::format("premium.{}", year); }

std::string missing_published(std::string_view name, std::int32_t year) {
  return fmt::format("published.{}.{}", name, year);
}

std::string figure_name(const AmountRule& amount, CivilDay day) {
  switch (amount.kind) {
    case AmountRule::Kind::kYuan:
      break;
    case AmountRule::Kind::kIncomeShare:
      return missing_income(amount.income, figure_year(amount, day));
    case AmountRule::Kind::kPublished:
      return missing_published(amount.published, figure_year(amount, day));
  }
  return {};
}

Result<void> load_reference(const std::string& path, Reference& into) {
  Problems problems;
  const YamlNode document = read_yaml_file(path, problems);
  Reference read = into;
  if (problems.empty()) read_reference(document, problems, read);
  if (!problems.empty()) {
    std::string message;
    for (const auto& error : problems.take()) {
      if (!message.empty()) message += '\n';
      message += error.message;
    }
    return fail(ErrorCode::kConfiguration, std::move(message));
  }
  into = std::move(read);
  return {};
}

}  // namespace yujing::thresholds

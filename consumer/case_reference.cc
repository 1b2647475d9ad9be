#include "consumer/case_reference.h"

#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "thresholds/money.h"

namespace yujing::consumer {
namespace {

using thresholds::IncomeFigure;
using thresholds::Money;
using thresholds::Reference;
using Node = JsonTree::Node;
using Problem = std::optional<std::string>;
using Scope = IncomeFigure::Scope;
using Population = IncomeFigure::Population;

struct IncomeTable {
  std::string_view key;
  Scope scope;
  Population population;
};
constexpr std::array<IncomeTable, 6> kIncomeTables = {{
    {"city", Scope::kCity, Population::kAll},
    {"city_urban", Scope::kCity, Population::kUrban},
    {"city_rural", Scope::kCity, Population::kRural},
    {"province", Scope::kProvince, Population::kAll},
    {"province_urban", Scope::kProvince, Population::kUrban},
    {"province_rural", Scope::kProvince, Population::kRural},
}};

std::optional<std::int32_t> read_year(std::string_view text) {
  if (text.size() != 4) return std::nullopt;
  std::int32_t year = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    year = year * 10 + (c - '0');
  }
  return year;
}

// An amount, or {"amount":…,"source":…}.
std::optional<Money> read_figure(const JsonTree& tree, const Node& node) {
  const Node* amount = &node;
  if (node.kind == JsonKind::kObject) {
    for (const Node& member : tree.members(node)) {
      if (member.key != "amount" && member.key != "source") return std::nullopt;
    }
    amount = tree.find(node, "amount");
  }
  if (amount == nullptr) return std::nullopt;
  if (amount->kind != JsonKind::kString && amount->kind != JsonKind::kNumber) return std::nullopt;
  const auto money = thresholds::parse_money(amount->text);
  return money && money->fen >= 0 ? money : std::nullopt;
}

// Hands every figure of an object to `use`: its key and its amount. `use` says whether the key will
// do.
template <class Use>
Problem each_figure(const JsonTree& tree, const Node& table, std::string_view name, Use use) {
  if (table.kind != JsonKind::kObject) return fmt::format("{} is no object", name);
  for (const Node& figure : tree.members(table)) {
    if (figure.kind == JsonKind::kNull) continue;
    const auto amount = read_figure(tree, figure);
    if (!amount) return fmt::format("a figure of {} is no amount of yuan, 0 or more", name);
    if (!use(figure.key, *amount)) return fmt::format("a year of {} is not written yyyy", name);
  }
  return std::nullopt;
}

template <class Use>
Problem each_year(const JsonTree& tree, const Node& table, std::string_view name, Use use) {
  return each_figure(tree, table, name, [&](std::string_view key, Money amount) {
    const auto year = read_year(key);
    if (year) use(*year, amount);
    return year.has_value();
  });
}

class ReferenceReader {
 public:
  ReferenceReader(const JsonTree& tree, thresholds::CityCode city) : tree_(tree), city_(city) {}

  Problem read(const Node& object) {
    if (object.kind != JsonKind::kObject) return "it is no object";
    for (const Node& table : tree_.members(object)) {
      if (auto problem = read_table(table)) return problem;
    }
    return std::nullopt;
  }

  Reference take() { return std::move(reference_); }

 private:
  Problem read_table(const Node& table) {
    const bool is_known = table.key == "income" || table.key == "premium" ||
                          table.key == "single_disease" || table.key == "published";
    if (!is_known) {
      return "it has a key that is none of income, premium, single_disease, published";
    }
    if (table.kind == JsonKind::kNull) return std::nullopt;
    if (table.key == "income") return read_income(table);
    if (table.key == "published") return read_published(table);
    if (table.key == "premium") {
      return each_year(tree_, table, "premium", [&](std::int32_t year, Money amount) {
        reference_.set_premium(city_, year, amount);
      });
    }
    return each_figure(tree_, table, "single_disease", [&](std::string_view code, Money limit) {
      reference_.set_single_disease(city_, std::string(code), limit);
      return true;
    });
  }

  Problem read_income(const Node& income) {
    if (income.kind != JsonKind::kObject) return "income is no object";
    for (const Node& table : tree_.members(income)) {
      const IncomeTable* known = nullptr;
      for (const auto& candidate : kIncomeTables) {
        if (candidate.key == table.key) known = &candidate;
      }
      if (known == nullptr) {
        return "income has a key that is none of city, province and these with _urban or _rural";
      }
      if (table.kind == JsonKind::kNull) continue;
      const std::int32_t area =
          known->scope == Scope::kCity ? city_ : thresholds::province_of(city_);
      auto problem = each_year(
          tree_, table, fmt::format("income.{}", known->key), [&](std::int32_t year, Money amount) {
            reference_.set_income(known->scope, known->population, area, year, amount);
          });
      if (problem) return problem;
    }
    return std::nullopt;
  }

  Problem read_published(const Node& published) {
    if (published.kind != JsonKind::kObject) return "published is no object";
    for (const Node& table : tree_.members(published)) {
      auto problem = each_year(tree_, table, "published", [&](std::int32_t year, Money amount) {
        reference_.set_published(city_, std::string(table.key), year, amount);
      });
      if (problem) return problem;
    }
    return std::nullopt;
  }

  const JsonTree& tree_;
  thresholds::CityCode city_;
  Reference reference_;
};

}  // namespace

tl::expected<Reference, std::string> read_case_reference(const JsonTree& tree, const Node& object,
                                                         thresholds::CityCode city) {
  ReferenceReader reader(tree, city);
  if (auto problem = reader.read(object)) {
    return tl::unexpected(fmt::format(
        "`reference` cannot be used: {}; correct it, or leave `reference` out to use the "
        "shipped figures",
        *problem));
  }
  return reader.take();
}

}  // namespace yujing::consumer

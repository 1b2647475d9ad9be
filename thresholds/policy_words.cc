#include "thresholds/policy_words.h"

#include <algorithm>

namespace yujing::thresholds {
namespace {

constexpr Ratio kIncomeShareMax{100'000};  // a line may lie above a year's income

std::vector<std::string> declared_codes(const PolicyWords& words) {
  std::vector<std::string> codes;
  for (std::size_t bit = 0; bit < words.categories.size(); ++bit) {
    if ((words.declared >> bit & 1U) != 0) codes.push_back(words.categories[bit].code);
  }
  return codes;
}

template <class Names>
std::vector<std::string> words_of(const Names& names) {
  return {names.begin(), names.end()};
}

// Reads a list of names of a closed set into bits; `find` gives a name's enumerator.
template <class Find, class Names>
std::uint16_t read_bits(MapReader& map, std::string_view key, const PolicyWords& words, Find find,
                        const Names& names) {
  const YamlNode* list = map.require(key);
  if (list == nullptr) return 0;
  std::uint16_t bits = 0;
  for (const auto& item : read_list(*list, map.name_of(key), words.problems)) {
    const auto found = find(item.text);
    if (!found) {
      words.problems.add(item, fmt::format("{} names `{}`", map.name_of(key), item.text),
                         listed(words_of(names)));
      continue;
    }
    const auto bit = static_cast<std::uint16_t>(1U << static_cast<unsigned>(*found));
    if ((bits & bit) != 0) {
      words.problems.add(item, fmt::format("{} names `{}` twice", map.name_of(key), item.text));
    }
    bits = static_cast<std::uint16_t>(bits | bit);
  }
  return bits;
}

// Says where a list has the word already.
void refuse_twice(const YamlNode& item, std::string_view what,
                  const std::vector<std::string>& so_far, const PolicyWords& words) {
  if (item.text.empty() || std::find(so_far.begin(), so_far.end(), item.text) == so_far.end()) {
    return;
  }
  words.problems.add(item, fmt::format("{} names `{}` twice", what, item.text));
}

// "07-01", a day that every year has; 1 January is what holds without it.
std::optional<MonthDay> read_month_day(const YamlNode& node, std::string_view what,
                                       Problems& problems) {
  const auto day = parse_day("2023-" + node.text);  // not a leap year
  if (!day || *day == civil_day(2023, 1, 1)) {
    problems.add(node, fmt::format("{} is `{}`", what, node.text),
                 "month and day such as 07-01, of every year, other than 01-01");
    return std::nullopt;
  }
  const YearMonthDay parts = year_month_day(*day);
  return MonthDay{parts.month, parts.day};
}

std::optional<MonthDay> read_switch(MapReader& map, const PolicyWords& words) {
  const YamlNode* node = map.find("switches_on");
  return node == nullptr ? std::nullopt
                         : read_month_day(*node, map.name_of("switches_on"), words.problems);
}

AmountRule read_share(MapReader& map) {
  AmountRule amount;
  amount.kind = AmountRule::Kind::kIncomeShare;
  amount.share = map.ratio("share", kIncomeShareMax);
  amount.income.scope = map.choice<IncomeFigure::Scope>(
      "of_income",
      {{"city", IncomeFigure::Scope::kCity}, {"province", IncomeFigure::Scope::kProvince}});
  amount.income.population =
      map.choice_or<IncomeFigure::Population>("residents", IncomeFigure::Population::kAll,
                                              {{"all", IncomeFigure::Population::kAll},
                                               {"urban", IncomeFigure::Population::kUrban},
                                               {"rural", IncomeFigure::Population::kRural}});
  amount.income.years_before = map.number_or("years_before", 1, 1, 9);
  amount.rounding =
      map.choice_or<AmountRule::Rounding>("rounding", AmountRule::Rounding::kFen,
                                          {{"fen", AmountRule::Rounding::kFen},
                                           {"yuan_down", AmountRule::Rounding::kYuanDown},
                                           {"yuan_half_up", AmountRule::Rounding::kYuanHalfUp}});
  return amount;
}

AmountRule read_amount_keys(MapReader& map, const std::string& cite_around,
                            const PolicyWords& words) {
  AmountRule amount;
  const bool yuan = map.find("yuan") != nullptr;
  const bool share = map.find("share") != nullptr;
  const bool published = map.find("published") != nullptr;
  if (int{yuan} + int{share} + int{published} != 1 && map.node().kind == YamlNode::Kind::kMap) {
    words.problems.add(map.node(), fmt::format("{} has to say one of three", map.what()),
                       "yuan: \"2500\" or share: 10% with of_income: city or published: name");
  }
  if (yuan) {
    amount.yuan = map.money("yuan");
  } else if (share) {
    amount = read_share(map);
    amount.switches_on = read_switch(map, words);
  } else if (published) {
    amount.kind = AmountRule::Kind::kPublished;
    amount.published = map.text("published");
    amount.switches_on = read_switch(map, words);
  }
  amount.cite = cite_around.empty() ? read_cite(map) : map.text_or("cite", cite_around);
  return amount;
}

// Where a band begins, `from_yuan: "3000"` or `from: AMOUNT`.
AmountRule read_from(MapReader& band, const std::string& cite_around, const PolicyWords& words) {
  if (const YamlNode* from = band.find("from")) {
    return read_amount(*from, band.name_of("from"), cite_around, words);
  }
  AmountRule amount;
  amount.yuan = band.money("from_yuan");
  amount.cite = cite_around;
  return amount;
}

}  // namespace

std::string read_cite(MapReader& map) { return map.text("cite"); }

std::optional<std::uint8_t> read_category(const YamlNode& node, std::string_view what,
                                          const PolicyWords& words) {
  for (std::size_t bit = 0; bit < words.categories.size(); ++bit) {
    const bool declared = (words.declared >> bit & 1U) != 0;
    if (declared && words.categories[bit].code == node.text) return static_cast<std::uint8_t>(bit);
  }
  words.problems.add(node, fmt::format("{} names the unknown category `{}`", what, node.text),
                     listed(declared_codes(words)));
  return std::nullopt;
}

std::vector<std::uint8_t> read_category_list(const YamlNode& node, std::string_view what,
                                             const PolicyWords& words) {
  std::vector<std::uint8_t> bits;
  for (const auto& item : read_list(node, what, words.problems)) {
    const auto bit = read_category(item, what, words);
    if (!bit) continue;
    if (std::find(bits.begin(), bits.end(), *bit) != bits.end()) {
      words.problems.add(item, fmt::format("{} names `{}` twice", what, item.text));
      continue;
    }
    bits.push_back(*bit);
  }
  return bits;
}

CategorySet set_of(const std::vector<std::uint8_t>& bits) {
  CategorySet set = 0;
  for (const auto bit : bits)
    set |= CategorySet{1} << bit;
  return set;
}

CategorySet read_category_set(MapReader& map, std::string_view key, const PolicyWords& words) {
  const YamlNode* node = map.require(key);
  return node == nullptr ? 0 : set_of(read_category_list(*node, map.name_of(key), words));
}

CareSet read_care(MapReader& map, std::string_view key, const PolicyWords& words) {
  return read_bits(map, key, words, care_kind_named, kCareKindNames);
}

PayerSet read_payers(MapReader& map, std::string_view key, const PolicyWords& words) {
  return read_bits(map, key, words, payer_named, kPayerNames);
}

std::vector<std::string> read_offices(MapReader& map, std::string_view key,
                                      const PolicyWords& words) {
  const YamlNode* list = map.require(key);
  if (list == nullptr) return {};
  std::vector<std::string> known;
  for (const auto& office : words.names.offices)
    known.push_back(office.code);
  std::vector<std::string> offices;
  for (const auto& item : read_list(*list, map.name_of(key), words.problems)) {
    if (std::find(known.begin(), known.end(), item.text) == known.end()) {
      words.problems.add(item, fmt::format("{} names `{}`", map.name_of(key), item.text),
                         listed(known));
    }
    refuse_twice(item, map.name_of(key), offices, words);
    offices.push_back(item.text);
  }
  return offices;
}

std::vector<std::string> read_codes(const YamlNode& node, std::string_view what,
                                    const PolicyWords& words) {
  std::vector<std::string> codes;
  for (const auto& item : read_list(node, what, words.problems)) {
    const bool digits =
        !item.text.empty() && item.text.find_first_not_of("0123456789") == std::string::npos;
    if (!digits) {
      words.problems.add(item, fmt::format("{} names `{}`", what, item.text),
                         "codes of digits, such as \"21\"");
    }
    refuse_twice(item, what, codes, words);
    codes.push_back(item.text);
  }
  return codes;
}

std::vector<std::string> read_texts(const YamlNode& node, std::string_view what,
                                    const PolicyWords& words) {
  std::vector<std::string> texts;
  for (const auto& item : read_list(node, what, words.problems)) {
    refuse_twice(item, what, texts, words);
    texts.push_back(read_text(item, what, words.problems));
  }
  return texts;
}

std::vector<std::string> read_diseases(const YamlNode& node, std::string_view what,
                                       const PolicyWords& words) {
  std::vector<std::string> prefixes = read_texts(node, what, words);
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    for (std::size_t j = 0; j < prefixes.size(); ++j) {
      const bool same = prefixes[i] == prefixes[j];  // said by read_texts
      if (same || prefixes[i].empty() || !prefixes[j].starts_with(prefixes[i])) continue;
      words.problems.add(node.items[j], fmt::format("{} names `{}`, which `{}` stands for already",
                                                    what, prefixes[j], prefixes[i]));
      break;
    }
  }
  return prefixes;
}

PlaceCondition read_place(MapReader& map, std::string_view key) {
  using Place = PlaceCondition;
  return map.choice<Place>(key, {{kPlaceConditionNames[0], Place::kAnywhere},
                                 {kPlaceConditionNames[1], Place::kLocal},
                                 {kPlaceConditionNames[2], Place::kInProvince},
                                 {kPlaceConditionNames[3], Place::kStandardReferral},
                                 {kPlaceConditionNames[4], Place::kStandardReferralInProvince},
                                 {kPlaceConditionNames[5], Place::kReferralOrEmergency}});
}

AmountRule read_amount(const YamlNode& node, const std::string& what,
                       const std::string& cite_around, const PolicyWords& words) {
  MapReader map(node, what, words.problems);
  return read_amount_keys(map, cite_around, words);
}

Deductible read_deductible(const YamlNode& node, const std::string& what,
                           const std::string& cite_around, const PolicyWords& words) {
  MapReader map(node, what, words.problems);
  Deductible deductible;
  static_cast<AmountRule&>(deductible) = read_amount_keys(map, cite_around, words);
  deductible.each_settlement =
      map.choice_or<bool>("per", false, {{"year", false}, {"settlement", true}});
  return deductible;
}

std::vector<Band> read_bands(const YamlNode& node, const std::string& what,
                             const std::string& cite_around, const PolicyWords& words) {
  std::vector<Band> bands;
  for (const auto& item : read_list(node, what, words.problems)) {
    MapReader map(item, "a band of " + what, words.problems);
    Band band;
    band.from = read_from(map, cite_around, words);
    band.ratio = map.ratio("ratio");
    const auto fixed = [](const Band& each) { return each.from.kind == AmountRule::Kind::kYuan; };
    if (!bands.empty() && fixed(band) && fixed(bands.back()) &&
        band.from.yuan <= bands.back().from.yuan) {
      words.problems.add(item,
                         fmt::format("bands out of order: {} comes after {}",
                                     to_string(band.from.yuan), to_string(bands.back().from.yuan)),
                         "each band from a higher amount than the one before");
    }
    bands.push_back(std::move(band));
  }
  return bands;
}

AmountRule require_amount(MapReader& map, std::string_view key, const std::string& cite_around,
                          const PolicyWords& words) {
  const YamlNode* node = map.require(key);
  return node == nullptr ? AmountRule{} : read_amount(*node, map.name_of(key), cite_around, words);
}

bool not_stated(const YamlNode* node) {
  return node == nullptr || (node->kind == YamlNode::Kind::kScalar && node->text == "not_stated");
}

}  // namespace yujing::thresholds

// The small words every part of a policy file is written with: categories, kinds of care, payers,
// offices, amounts, citations. Which of them exist depends on the file and on the national one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "thresholds/policy.h"
#include "thresholds/yaml_reader.h"

namespace yujing::thresholds {

// What a version may refer to. Borrows all it names.
struct PolicyWords {
  const std::vector<Category>& categories;  // of the city, index = bit
  CategorySet declared = 0;                 // of this version: the only ones it may use
  const Names& names;
  Problems& problems;
};

// `cite` of a map, required.
[[nodiscard]] std::string read_cite(MapReader& map);

// A category by its code, as a bit; a problem and nullopt when the version does not declare it.
[[nodiscard]] std::optional<std::uint8_t> read_category(const YamlNode& node, std::string_view what,
                                                        const PolicyWords& words);
// A list of category codes, as bits in the order of the list; and the set of them.
[[nodiscard]] std::vector<std::uint8_t> read_category_list(const YamlNode& node,
                                                           std::string_view what,
                                                           const PolicyWords& words);
[[nodiscard]] CategorySet read_category_set(MapReader& map, std::string_view key,
                                            const PolicyWords& words);
[[nodiscard]] CategorySet set_of(const std::vector<std::uint8_t>& bits);

[[nodiscard]] CareSet read_care(MapReader& map, std::string_view key, const PolicyWords& words);
[[nodiscard]] PayerSet read_payers(MapReader& map, std::string_view key, const PolicyWords& words);
[[nodiscard]] std::vector<std::string> read_offices(MapReader& map, std::string_view key,
                                                    const PolicyWords& words);
// A list of codes of digits: insurance types, kinds of visit.
[[nodiscard]] std::vector<std::string> read_codes(const YamlNode& node, std::string_view what,
                                                  const PolicyWords& words);
[[nodiscard]] std::vector<std::string> read_texts(const YamlNode& node, std::string_view what,
                                                  const PolicyWords& words);

// Prefixes of disease codes, such as C34 or M00001.
[[nodiscard]] std::vector<std::string> read_diseases(const YamlNode& node, std::string_view what,
                                                     const PolicyWords& words);
[[nodiscard]] PlaceCondition read_place(MapReader& map, std::string_view key);

// An amount: {yuan: "2500"}, {share: 10%, of_income: city, …} or {published: name}. Its `cite` is
// required unless the block around it gives one.
[[nodiscard]] AmountRule read_amount(const YamlNode& node, const std::string& what,
                                     const std::string& cite_around, const PolicyWords& words);
// The same with `per: settlement` where it is borne each time.
[[nodiscard]] Deductible read_deductible(const YamlNode& node, const std::string& what,
                                         const std::string& cite_around, const PolicyWords& words);
[[nodiscard]] AmountRule require_amount(MapReader& map, std::string_view key,
                                        const std::string& cite_around, const PolicyWords& words);

// Bands from low to high, each {from_yuan: "3000", ratio: 60%} or {from: AMOUNT, ratio: 60%}.
[[nodiscard]] std::vector<Band> read_bands(const YamlNode& node, const std::string& what,
                                           const std::string& cite_around,
                                           const PolicyWords& words);

// True where the document does not state the thing: the key is absent or says `not_stated`.
[[nodiscard]] bool not_stated(const YamlNode* node);

}  // namespace yujing::thresholds

// Reads the tree of one policy file (overlays laid over it already) into a Policy.
//
// A city's categories are numbered over all its versions, so its name and categories are read first
// and the rest with the numbers known.
#pragma once

#include <string>
#include <vector>

#include "thresholds/policy_words.h"

namespace yujing::thresholds {

struct CityName {
  std::string id;
  std::string name;
  std::string area;
};

[[nodiscard]] CityName read_city(const YamlNode& document, Problems& problems);
[[nodiscard]] std::vector<Category> read_categories(const YamlNode& document, const Names& names,
                                                    Problems& problems);
[[nodiscard]] Policy read_policy(const YamlNode& document, const PolicyWords& words);

// The city's local names of categories; none when the file has no `local_names`.
[[nodiscard]] std::vector<LocalName> read_local_names(const YamlNode& document,
                                                      const PolicyWords& words);

// The city's own prefixes of med_type; none when the file has no `care_kinds`.
[[nodiscard]] std::vector<OwnCareKind> read_care_kinds(const YamlNode& document,
                                                       const PolicyWords& words);

}  // namespace yujing::thresholds

// Reads the file of kind `national`: what the codes of the settlement interface mean, and names.
#pragma once

#include "thresholds/policy.h"
#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {

[[nodiscard]] NationalCodes read_national(const YamlNode& document, Problems& problems);

// Lays a file's own prefixes over the city's table (one of the same prefix is replaced) and sorts
// it for find().
void lay_over(const std::vector<OwnCareKind>& own, CityRules& city);

}  // namespace yujing::thresholds

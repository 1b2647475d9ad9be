// Reads the file of kind `national`: what the codes of the settlement interface mean, and names.
#pragma once

#include "thresholds/policy.h"
#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {

[[nodiscard]] NationalCodes read_national(const YamlNode& document, Problems& problems);

// Lays `entries` over a table (an entry of the same prefix is replaced) and sorts it for find().
void lay_over(const std::vector<PrefixTable<CareKind>::Entry>& entries,
              PrefixTable<CareKind>& table);

}  // namespace yujing::thresholds

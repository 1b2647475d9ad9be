// Reads `warnings` of a policy file: who is watched, by which measure, over which line, for whom.
#pragma once

#include <vector>

#include "thresholds/policy_words.h"

namespace yujing::thresholds {

// `tier_categories`: what `not_holding: tiers` stands for.
[[nodiscard]] std::vector<WarningRule> read_warnings(const YamlNode& node,
                                                     CategorySet tier_categories,
                                                     const PolicyWords& words);

}  // namespace yujing::thresholds

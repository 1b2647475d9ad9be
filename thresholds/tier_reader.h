// Reads `tiers` and `every_tier` of a policy file: who is in which tier, and its layers.
#pragma once

#include <vector>

#include "thresholds/policy_words.h"

namespace yujing::thresholds {

// The tiers in the order of the file. What a tier does not say itself is taken from `every_tier`,
// which may be null.
[[nodiscard]] std::vector<Tier> read_tiers(const YamlNode& tiers, const YamlNode* every_tier,
                                           const PolicyWords& words);

}  // namespace yujing::thresholds

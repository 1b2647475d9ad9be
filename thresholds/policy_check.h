// What is wrong with rules that can be read: tiers nobody reaches, versions that overlap, and so
// on.
#pragma once

#include <vector>

#include "thresholds/policy_words.h"

namespace yujing::thresholds {

// A version and the tree it was read from, for the lines.
struct ReadPolicy {
  const YamlNode* document = nullptr;
  Policy policy;
};

void check_policy(const ReadPolicy& read, const PolicyWords& words);

// REQUIRES: `versions` are of one city and sorted by `from`.
void check_versions(const std::vector<ReadPolicy>& versions, Problems& problems);

}  // namespace yujing::thresholds

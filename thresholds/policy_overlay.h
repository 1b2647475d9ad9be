// Lays an overlay file over the policy file it names, as trees, before anything is read of either.
#pragma once

#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {

// What the overlay says replaces what `document` says, key by key:
//   - `tiers` and `warnings` entry by entry, found by `id`, and inside an entry key by key; an
//   entry
//     not found is added at the end or in front of the one named by `before`; `remove: true` takes
//     the entry out;
//   - `in_force`, `burden`, `referral`, `every_tier`, `categories` key by key;
//   - everything else as a whole.
void lay_over(const YamlNode& overlay, YamlNode& document, Problems& problems);

}  // namespace yujing::thresholds

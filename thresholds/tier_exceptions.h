// Writes out the exceptions of tiers in the tree of a policy file: a tier with `exceptions` becomes
// several in its place, each with the categories that share their parameters, in the order of the
// tier's list. What reads tiers then knows of no exceptions.
#pragma once

#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {

void write_out_exceptions(YamlNode& document, Problems& problems);

}  // namespace yujing::thresholds

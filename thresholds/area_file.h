// Reads files of kind `areas`: what districts and counties are called, by area code.
#pragma once

#include "thresholds/policy.h"
#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {

// Adds the file's names to `names`, in place of those already there for the same codes.
void read_areas(const YamlNode& document, Names& names, Problems& problems);

}  // namespace yujing::thresholds

// The figures a payout case brings along, in place of all shipped tables.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "consumer/json_tree.h"
#include "thresholds/area.h"
#include "thresholds/reference.h"

namespace yujing::consumer {

// Reads {income, premium, single_disease, published} for `city` and its province. The error says
// which figure cannot be read.
[[nodiscard]] tl::expected<thresholds::Reference, std::string> read_case_reference(
    const JsonTree& tree, const JsonTree::Node& object, thresholds::CityCode city);

}  // namespace yujing::consumer

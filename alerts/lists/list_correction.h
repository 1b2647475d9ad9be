// What a list issued again corrects: the rows of the published CSV file against those of the new
// one. A row is known by person, year and rule; its number in the list is no part of it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alerts/lists/list_explanation.h"

namespace yujing::alerts {

// Sheet 更正说明: rows withdrawn, added, changed, in this order, each kind in the order of its
// list. Both texts are whole files as list_csv.h writes them; columns are found by their headings,
// and those that only one of them has are left out of the comparison.
[[nodiscard]] std::vector<Explained> explain_correction(std::string_view published,
                                                        std::string_view now);

}  // namespace yujing::alerts

// Reads one line of the persons or decisions file (3 fields that matter: who, categories,
// applications).
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "monitor/person.h"
#include "monitor/refusal.h"

namespace yujing::consumer {

// Refuses what is not JSON (or not an object), has no psn_no, an impossible date or an `until`
// before its `from`. Unknown categories are kept; names, id numbers and phones are read over. To be
// called from any thread.
[[nodiscard]] tl::expected<monitor::PersonRecord, monitor::Refusal> decode_person(
    std::string_view bytes);

}  // namespace yujing::consumer

// The page a caseworker can hand to a family: what was billed, who paid what, which line was
// crossed when, and what is due under which article. Chinese, plain text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/payout_case.h"

namespace yujing::app {

struct ExplanationTitle {
  std::string who;                   // 参保人 P1
  std::optional<std::int32_t> year;  // of benefit dates; none: every year there is
  std::string area;                  // 鸡冠区 230302; "" not known
  std::string as_of;                 // "events.ndjson: line 17, byte 4096", "" for a case
};

// `result` must have been computed with steps.
[[nodiscard]] std::string explanation(const ExplanationTitle& title, const CaseResult& result);

}  // namespace yujing::app

// The page a caseworker can hand to a family: what was billed, who paid what, which line was
// crossed when, and what is due under which article. Chinese, plain text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/payout_case.h"
#include "app/warning_page.h"

namespace yujing::app {

struct ExplanationTitle {
  std::string who;                   // 参保人 P1
  std::optional<std::int32_t> year;  // of benefit dates; none: every year there is
  std::string area;                  // 鸡冠区 230302; "" not known
  std::string as_of;                 // "events.ndjson: line 17, byte 4096", "" for a case
};

// `result` must have been computed with steps; `warnings` are its judge_years().
[[nodiscard]] std::string explanation(const ExplanationTitle& title, const CaseResult& result,
                                      const std::vector<YearWarnings>& warnings);

// The page about one warning rule alone: whether it holds, and if not, why not.
[[nodiscard]] std::string rule_explanation(const ExplanationTitle& title, const CaseResult& result,
                                           const std::vector<YearWarnings>& warnings,
                                           std::string_view rule);

}  // namespace yujing::app

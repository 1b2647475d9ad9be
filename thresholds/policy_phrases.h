// How amounts, days and sets of a rule are said in Chinese.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "thresholds/policy.h"

namespace yujing::thresholds {

inline constexpr std::string_view kNotStatedPhrase = "文件未载";

// "text〔cite〕"; the text alone without a cite.
[[nodiscard]] std::string cited(const std::string& text, const std::string& cite);

// "2,500元", "800.50元"
[[nodiscard]] std::string yuan_phrase(Money amount);

// The amount; its own article behind it where that is not `cite_around`.
[[nodiscard]] std::string amount_phrase(const AmountRule& rule, const std::string& cite_around);

// "2026-01-01 至 2030-12-31", "2026-01-01 起"
[[nodiscard]] std::string days_phrase(CivilDay from, CivilDay until);

// "特困人员、孤儿"
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

// Names of the kinds of care of a set.
[[nodiscard]] std::string care_phrase(const Names& names, CareSet set);

}  // namespace yujing::thresholds

// How amounts, days, conditions and sets of a rule are said in Chinese, in printed policies as in
// lists and applications.
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

// "6,000元", "全省上年居民人均可支配收入的50%"
[[nodiscard]] std::string amount_phrase(const AmountRule& rule);
// The same, with its own article behind it where that is not `cite_around`.
[[nodiscard]] std::string amount_phrase(const AmountRule& rule, const std::string& cite_around);
// "2,500元", "每次300元", "不设"
[[nodiscard]] std::string deductible_phrase(const Deductible& rule, const std::string& cite_around);
// "0元以上60%；10,000元以上70%"
[[nodiscard]] std::string bands_phrase(const std::vector<Band>& bands,
                                       const std::string& cite_around);
// "规范转诊且在省域内就医的"; "" for anywhere
[[nodiscard]] std::string_view place_phrase(PlaceCondition place);
// "全年剩余负担"
[[nodiscard]] std::string_view sum_phrase(FurtherLayer::MeasuredOn measured_on);
// From when an application reaches back: "申请之日前12个月的同一日"
[[nodiscard]] std::string window_start_phrase(const ApplicationRule& rule);
// Until when it covers bills: "申请当年12月31日"
[[nodiscard]] std::string_view window_end_phrase(const ApplicationRule& rule);

// "2026-01-01 至 2030-12-31", "2026-01-01 起"
[[nodiscard]] std::string days_phrase(CivilDay from, CivilDay until);

// "特困人员、孤儿"
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

// Names of the kinds of care of a set.
[[nodiscard]] std::string care_phrase(const Names& names, CareSet set);

}  // namespace yujing::thresholds

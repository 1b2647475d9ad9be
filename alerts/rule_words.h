// The words by which lists and applications tell a clerk of a rule's amounts, measures and reasons.
#pragma once

#include <string>
#include <string_view>

#include "monitor/payout.h"
#include "thresholds/policy.h"

namespace yujing::alerts {

// "全省上年居民人均可支配收入的50%，即15,000元"; a missing figure is named.
[[nodiscard]] std::string amount_words(const thresholds::AmountRule& rule,
                                       const monitor::Resolved& resolved);
// The same of a deductible, and whether it is borne each time.
[[nodiscard]] std::string deductible_words(const thresholds::Deductible& rule,
                                           const monitor::Resolved& resolved);
// Of an entry of the tier's covers: "住院救助比例70%".
[[nodiscard]] std::string cover_words(const thresholds::CityRules& city,
                                      const thresholds::Tier& tier, const thresholds::Cover& cover);
// "单列outpatient：起付标准500元，限额3,000元（计入年度限额）".
[[nodiscard]] std::string allowance_words(const thresholds::Allowance& allowance,
                                          const monitor::ResolvedAllowance& amounts);
// "倾斜救助：救助后剩余负担超过…的，救助比例再提高10%，限额10,000元".
[[nodiscard]] std::string further_words(const thresholds::FurtherLayer& layer,
                                        const monitor::ResolvedTier& amounts);
// "income.province.2025" as "2025年全省居民人均可支配收入".
[[nodiscard]] std::string figure_words(std::string_view missing_name);
[[nodiscard]] std::string category_words(const thresholds::CityRules& city,
                                         thresholds::CategorySet set);
[[nodiscard]] std::string care_words(const thresholds::CityRules& city, thresholds::CareSet set);
// Whom a warning rule speaks of: "全体参保人员", "低保边缘家庭成员、…", "不属于…的参保人员".
[[nodiscard]] std::string population_words(const thresholds::CityRules& city,
                                           const thresholds::WarningRule& rule);
// Which bills the rule adds up: "全年", "任意连续12个月住院".
[[nodiscard]] std::string summed_words(const thresholds::CityRules& city,
                                       const thresholds::WarningRule& rule);
[[nodiscard]] std::string payer_words(const thresholds::CityRules& city,
                                      thresholds::PayerSet payers);
// Why a settlement is paid nothing; "" for Reason::kNone.
[[nodiscard]] std::string_view reason_words(monitor::Reason reason);
// "民政部门" as "民政"; the code where the office has no name.
[[nodiscard]] std::string office_words(const thresholds::CityRules& city, std::string_view code);

}  // namespace yujing::alerts

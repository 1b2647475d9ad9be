// Reads what a policy file says beside its tiers: application, single disease, control of costs
// outside the catalogue, critical illness insurance, premium and deposit.
//
// Each function adds what is wrong to the problems of `words` and hands back a stand-in.
#pragma once

#include <vector>

#include "thresholds/policy_words.h"

namespace yujing::thresholds {

[[nodiscard]] ApplicationRule read_application(const YamlNode& node, const PolicyWords& words);
[[nodiscard]] SingleDisease read_single_disease(const YamlNode& node, const PolicyWords& words);
[[nodiscard]] OutOfCatalogue read_out_of_catalogue(const YamlNode& node, const PolicyWords& words);
[[nodiscard]] std::vector<PremiumRule> read_premium(const YamlNode& node, const PolicyWords& words);
[[nodiscard]] CriticalIllness read_critical_illness(const YamlNode& node, const PolicyWords& words);

}  // namespace yujing::thresholds

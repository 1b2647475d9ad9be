// Reads policy files: strict, with a message that names file:line, what is wrong and what is
// allowed.
#pragma once

#include <string>
#include <vector>

#include "thresholds/policy.h"
#include "thresholds/result.h"

namespace yujing::thresholds {

// Reads every *.yaml below each of `paths` (a file or a folder, in order) into one rule book: one
// file per city and version, plus one of kind `national` and any of kind `areas`. Files of later
// paths that name a version already read are overlays: they change or add rules of it. All problems
// found are reported together, one Error per problem, each "file:line: what is wrong; allowed: …".
[[nodiscard]] tl::expected<RuleBook, std::vector<Error>> load_rule_book(
    const std::vector<std::string>& paths);

// A text equal for equal rules: part of what kept accounts were computed with.
[[nodiscard]] std::string fingerprint(const RuleBook& rules);

// What `policy show CITY --on DATE` prints: one version for people, in Chinese, with every article.
[[nodiscard]] std::string describe(const CityRules& city, const Policy& policy);

}  // namespace yujing::thresholds

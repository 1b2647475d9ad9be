// What rules say, as a flat list of statements in Chinese: one walk over everything a policy holds.
//
// `describe` prints the statements and policy_diff.h compares them, so a parameter is either in
// both or in neither. Whoever adds a member to policy.h adds its statement here and its value to
// policy_fingerprint.cc; tests/thresholds/policy_statements_test.cc changes every word of the test
// policies and fails where one of the two does not notice.
#pragma once

#include <string>
#include <vector>

#include "thresholds/policy.h"

namespace yujing::thresholds {

struct Statement {
  struct Person {
    std::string category;  // code
    std::string name;
  };
  // tiers/dibao/deductible: the same path in two versions speaks of the same thing. Unique in its
  // list. What stands under tiers/dibao belongs to that tier.
  std::string path;
  std::string section;       // 救助标准
  std::string group;         // the tier or warning it belongs to, by name; "" for neither
  bool opens_group = false;  // the statement is the tier's or warning's own
  std::string name;          // 起付标准
  std::string subject;  // which category, kind of care, office … of a rule that names several
  std::string text;     // 2,500元; "" where the subject says it all
  std::string cite;     // 第十条（二）; "" where none is needed
  bool cited_above = false;     // an earlier statement has the same article; not printed again
  bool in_set = false;          // one of a set of categories, which has no order of its own
  std::vector<Person> persons;  // whom it touches; empty: nobody in particular
};

// One version of a city, in the order in which it is printed.
[[nodiscard]] std::vector<Statement> statements_of(const CityRules& city, const Policy& policy);

// What holds for all versions of a city: its name and area, its own reading of national codes.
[[nodiscard]] std::vector<Statement> statements_of(const CityRules& city);
// That reading alone.
[[nodiscard]] std::vector<Statement> own_codes_of(const CityRules& city);

// What holds for all cities: national codes and the names of things.
[[nodiscard]] std::vector<Statement> statements_of(const NationalCodes& national);

}  // namespace yujing::thresholds

// What offices say of a person: categories with dates, approved applications, household
// registration. Names, id numbers and phones are never kept.
#pragma once

#include <string>
#include <vector>

#include "monitor/settlement.h"

namespace yujing::monitor {

struct HeldCategory {
  std::string category;  // code
  CivilDay from = thresholds::kNoStart;
  CivilDay until = thresholds::kNoEnd;  // inclusive
  std::string certified_by;             // office code, "" when not said
  bool operator==(const HeldCategory&) const = default;
};

// One record of the persons file (or of the decisions file, which carries categories and
// applications that our own case book approved). A record replaces the person's earlier one of its
// kind as a whole.
struct PersonRecord {
  std::string psn_no;
  std::string insu_admdvs;
  std::string hukou_admdvs;
  std::string household_id;
  BeijingTime updt_time = kNoTime;
  std::vector<HeldCategory> categories;
  std::vector<CivilDay> applications;  // approved ones
  bool operator==(const PersonRecord&) const = default;
};

enum class RecordKind : std::uint8_t { kPerson, kDecision };

}  // namespace yujing::monitor

// The made-up insured persons of generated data. Every trait follows from seed and number, so
// nothing of them is kept. Names, id numbers and phones are plain fakes (测试…, FAKE…).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "thresholds/civil_day.h"
#include "thresholds/policy.h"

namespace yujing::app {

// One city as the generator needs it, taken from its policy.
struct MadeCity {
  struct Category {
    std::string code;
    std::string certified_by;
  };
  std::string id;
  std::string area;  // "230300"
  thresholds::CityCode code = 0;
  std::vector<std::vector<Category>> tiers;  // categories by tier, in the policy's order
  std::string application_category;          // "" where nobody can apply
  thresholds::CivilDay application_from;     // first day on which an application counts
};
[[nodiscard]] MadeCity made_city(const thresholds::CityRules& city, std::int32_t year);

enum class Health : std::uint8_t { kOrdinary, kChronic, kGrave };

struct MadePerson {
  std::uint64_t number = 0;
  std::uint64_t traits = 0;  // well-mixed bits, for what has no field of its own
  std::uint32_t city = 0;    // index
  Health health = Health::kOrdinary;
  bool employee = false;  // insured as 310, else 390
  bool held = false;      // holds a category
  char area[6] = {};      // insu_admdvs
};

class MadePeople {
 public:
  // `cities` is borrowed.
  MadePeople(const std::vector<MadeCity>& cities, std::uint64_t seed, std::int32_t year)
      : cities_(cities), seed_(mix_seed(seed)), year_(year) {}

  [[nodiscard]] MadePerson person(std::uint64_t number) const;

  void append_psn_no(std::string& out, const MadePerson& person) const;
  void append_name(std::string& out, const MadePerson& person) const;
  void append_certno(std::string& out, const MadePerson& person) const;

  // The person's line of the persons file; nothing for most of those without a category, of whom
  // the offices have no record.
  void append_record(std::string& out, std::uint64_t number) const;
  // The person's line of the decisions file; nothing for nearly everybody.
  void append_decision(std::string& out, std::uint64_t number) const;

 private:
  static std::uint64_t mix_seed(std::uint64_t seed);
  const std::vector<MadeCity>& cities_;
  std::uint64_t seed_;
  std::int32_t year_;
};

}  // namespace yujing::app

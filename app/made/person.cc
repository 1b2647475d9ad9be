#include "app/made/person.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "app/json_text.h"
#include "app/made/random.h"

namespace yujing::app {
namespace {

using thresholds::CivilDay;

// Shares in ten thousand.
constexpr std::uint64_t kGrave = 45;
constexpr std::uint64_t kChronic = 500;
constexpr std::uint64_t kHeld = 380;
constexpr std::uint64_t kHeldWhenGrave = 3500;
constexpr std::uint64_t kEmployee = 2500;
constexpr std::uint64_t kCentral =
    3000;  // insured at the city's own office rather than in the county
constexpr std::uint64_t kRecordOnly = 800;  // in the offices' files without a category
constexpr std::uint64_t kOutsider = 400;    // household registered elsewhere
constexpr std::uint64_t kAppliesWhenGrave = 2000;

constexpr std::array<std::string_view, 10> kStems = {"甲", "乙", "丙", "丁", "戊",
                                                     "己", "庚", "辛", "壬", "癸"};
constexpr std::array<std::string_view, 12> kBranches = {"子", "丑", "寅", "卯", "辰", "巳",
                                                        "午", "未", "申", "酉", "戌", "亥"};
// Units every city has in the medical insurance's area codes: its first county and the city itself.
constexpr std::string_view kCountySuffix = "02";
constexpr std::string_view kCentralSuffix = "99";

// Draws traits one after another from a person's bits.
class Traits {
 public:
  explicit Traits(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t below(std::uint64_t n) {
    bits_ = mix(bits_);
    return bits_ % n;
  }
  bool in_ten_thousand(std::uint64_t share) { return below(10'000) < share; }

 private:
  std::uint64_t bits_;
};

enum TraitsFor : std::uint64_t { kForCategory = 1, kForRecord = 2, kForDecision = 3 };
Traits traits_for(const MadePerson& person, TraitsFor use) { return Traits(person.traits + use); }

void append_day(std::string& out, CivilDay day) { out += '"' + to_string(day) + '"'; }

// A category with its dates: most hold it for years, some from within the year or only for part of
// it.
std::string held_category(const MadeCity& city, const MadePerson& person, std::int32_t year) {
  auto traits = traits_for(person, kForCategory);
  // The later tiers are the larger groups.
  const std::size_t tiers = city.tiers.size();
  const std::size_t tier = std::max(traits.below(tiers), traits.below(tiers));
  const auto& category = city.tiers[tier][traits.below(city.tiers[tier].size())];
  const CivilDay first = thresholds::first_of_year(year);
  const auto dates = traits.below(100);
  const auto shift = static_cast<std::int32_t>(traits.below(330));
  CivilDay from = first + -366;
  std::string until = "null";
  if (dates < 15) from = first + shift;
  if (dates >= 15 && dates < 25) until = '"' + to_string(first + shift) + '"';
  std::string text;
  JsonLine one(text);
  one.text("category", category.code);
  one.text("from", to_string(from));
  one.raw("until", until);
  if (!category.certified_by.empty()) one.text("certified_by", category.certified_by);
  one.end();
  return text;
}

}  // namespace

MadeCity made_city(const thresholds::CityRules& city, std::int32_t year) {
  const CivilDay middle = thresholds::first_of_year(year) + 180;
  const auto& policy = city.measuring(middle);
  MadeCity made{city.id, city.area, city.code, {}, "", policy.from};
  for (const auto& tier : policy.tiers) {
    auto& categories = made.tiers.emplace_back();
    for (const auto bit : tier.categories) {
      const auto& offices = city.categories[bit].certified_by;
      categories.push_back({city.categories[bit].code, offices.empty() ? "" : offices.front()});
    }
  }
  std::erase_if(made.tiers, [](const auto& tier) { return tier.empty(); });
  if (policy.application)
    made.application_category = city.categories[policy.application->category].code;
  return made;
}

std::uint64_t MadePeople::mix_seed(std::uint64_t seed) { return mix(seed ^ 0x7065726F6E73ULL); }

MadePerson MadePeople::person(std::uint64_t number) const {
  MadePerson person;
  person.number = number;
  person.traits = mix(seed_ + number);
  Traits traits(person.traits);
  person.city = static_cast<std::uint32_t>(traits.below(cities_.size()));
  const auto health = traits.below(10'000);
  if (health < kGrave) {
    person.health = Health::kGrave;
  } else if (health < kGrave + kChronic) {
    person.health = Health::kChronic;
  }
  person.employee = traits.in_ten_thousand(kEmployee);
  const auto& city = cities_[person.city];
  person.held = !city.tiers.empty() &&
                traits.in_ten_thousand(person.health == Health::kGrave ? kHeldWhenGrave : kHeld);
  const auto suffix = traits.in_ten_thousand(kCentral) ? kCentralSuffix : kCountySuffix;
  std::memcpy(person.area, city.area.data(), 4);
  std::memcpy(person.area + 4, suffix.data(), 2);
  return person;
}

void MadePeople::append_psn_no(std::string& out, const MadePerson& person) const {
  char text[13] = {'P'};
  std::memcpy(text + 1, person.area, 4);
  std::uint64_t rest = person.number;
  for (int at = 12; at >= 5; --at, rest /= 10) {
    text[at] = static_cast<char>('0' + rest % 10);
  }
  out.append(text, sizeof text);
}

void MadePeople::append_name(std::string& out, const MadePerson& person) const {
  out += "测试";
  out += kStems[person.traits % kStems.size()];
  out += kBranches[(person.traits >> 8U) % kBranches.size()];
}

void MadePeople::append_certno(std::string& out, const MadePerson& person) const {
  char text[18] = {'F', 'A', 'K', 'E'};
  std::memcpy(text + 4, person.area, 6);
  std::uint64_t rest = person.number;
  for (int at = 17; at >= 10; --at, rest /= 10) {
    text[at] = static_cast<char>('0' + rest % 10);
  }
  out.append(text, sizeof text);
}

void MadePeople::append_record(std::string& out, std::uint64_t number) const {
  const MadePerson who = person(number);
  auto traits = traits_for(who, kForRecord);
  const bool listed = traits.in_ten_thousand(kRecordOnly);
  if (!who.held && !listed) return;
  const auto household = traits.below(3);
  const bool outsider = traits.in_ten_thousand(kOutsider);
  out += R"({"psn_no":")";
  append_psn_no(out, who);
  out += R"(","psn_name":")";
  append_name(out, who);
  out += R"(","certno":")";
  append_certno(out, who);
  out += fmt::format(R"(","phone":"FAKE{:08}","insu_admdvs":")", number);
  out.append(who.area, sizeof who.area);
  out += R"(","hukou_admdvs":")";
  out.append(who.area, 2);
  out += outsider ? std::string_view("9901") : std::string_view(who.area + 2, 4);
  out += fmt::format(R"(","household_id":"H{:08}","updt_time":"{}-12-28 08:00:00","categories":[)",
                     number - std::min(number, household), year_ - 1);
  if (who.held) out += held_category(cities_[who.city], who, year_);
  out += "]}\n";
}

void MadePeople::append_decision(std::string& out, std::uint64_t number) const {
  const MadePerson who = person(number);
  const auto& city = cities_[who.city];
  auto traits = traits_for(who, kForDecision);
  if (who.health != Health::kGrave || who.held || city.application_category.empty()) return;
  if (!traits.in_ten_thousand(kAppliesWhenGrave)) return;
  const CivilDay applied = std::max(city.application_from, thresholds::first_of_year(year_)) +
                           static_cast<std::int32_t>(120 + traits.below(210));
  out += R"({"psn_no":")";
  append_psn_no(out, who);
  out += fmt::format(R"(","updt_time":"{} 16:00:00","categories":[{{"category":"{}","from":)",
                     to_string(applied), city.application_category);
  append_day(out, applied);
  out += R"(,"until":)";
  append_day(out, thresholds::last_of_year(thresholds::year_of(applied)));
  out += R"(}],"applications":[{"date":)";
  append_day(out, applied);
  out += "}]}\n";
}

}  // namespace yujing::app

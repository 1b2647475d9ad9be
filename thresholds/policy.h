// One city's rule document as plain data: what a policy file (docs/writing-a-policy.md) says, read
// and checked by policy_file.h. Nothing here computes; monitor/payout and monitor/warnings give it
// meaning.
//
// Every parameter carries the article it comes from (`cite`), in the document's own words.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "thresholds/area.h"
#include "thresholds/civil_day.h"
#include "thresholds/money.h"
#include "thresholds/settlement_codes.h"

namespace yujing::thresholds {

// Categories are data: a code, its Chinese name and who certifies it. In memory a category is a bit
// of its city's table (CityRules::categories), the same for all versions of the city.
using CategorySet = std::uint64_t;
inline constexpr std::size_t kCategoriesMax = 64;

struct Category {
  std::string code;                       // dibao
  std::string name;                       // 低保对象
  std::vector<std::string> certified_by;  // office codes, none when the document does not say
  std::string cite;
};

// What a city's person records may say instead of a category's code (其他特殊困难人员).
struct LocalName {
  std::string name;
  std::uint8_t category = 0;  // bit
  std::string cite;
};

// What a city reads a med_type as where it differs from the nation.
struct OwnCareKind {
  std::string prefix;
  CareKind kind = CareKind::kOther;
  std::string cite;
};

// Per capita disposable income as a figure of the reference table.
struct IncomeFigure {
  enum class Scope : std::uint8_t { kCity, kProvince };
  enum class Population : std::uint8_t { kAll, kUrban, kRural };
  Scope scope = Scope::kCity;
  Population population = Population::kAll;
  std::int32_t years_before = 1;  // 1: the year before the account's
};

// A day of every year.
struct MonthDay {
  std::int32_t month = 1;
  std::int32_t day = 1;
};

// An amount a rule names: yuan, a share of an income figure, or a figure the bureau publishes each
// year.
struct AmountRule {
  enum class Kind : std::uint8_t { kYuan, kIncomeShare, kPublished };
  enum class Rounding : std::uint8_t { kFen, kYuanDown, kYuanHalfUp };
  Kind kind = Kind::kYuan;
  Money yuan;                          // kYuan
  Ratio share;                         // kIncomeShare
  IncomeFigure income;                 // kIncomeShare
  std::string published;               // kPublished: its name in the reference table
  Rounding rounding = Rounding::kFen;  // of a share, where it is used as an amount
  // Until this day of the year the figure of a year earlier holds; none: the figure changes on
  // 1 January.
  std::optional<MonthDay> switches_on;
  std::string cite;
};

// What a person bears before the base layer pays.
struct Deductible : AmountRule {
  bool each_settlement = false;  // borne with every settlement, not once a year
};

// Where the patient has to be treated. A standard referral is: in the city itself, or elsewhere on
// file as a referral or as living there.
enum class PlaceCondition : std::uint8_t {
  kAnywhere,
  kLocal,
  kInProvince,
  kStandardReferral,
  kStandardReferralInProvince,
  kReferralOrEmergency,
};
inline constexpr std::array<std::string_view, 6> kPlaceConditionNames = {
    "anywhere",
    "local",
    "in_province",
    "standard_referral",
    "standard_referral_in_province",
    "referral_or_emergency"};

// From this amount of a growing sum on, this ratio, up to the next band.
struct Band {
  AmountRule from;
  Ratio ratio;
};

// What the base layer pays on some bills. The first of a tier that fits a bill decides.
struct Cover {
  // The sum that bands cut: what lies above the deductible, or all of the burden counted so far.
  enum class BandsOf : std::uint8_t { kAboveDeductible, kInPolicyBurden };
  CareSet care = 0;
  std::vector<std::string> diseases;  // prefixes of dise_codg; none: any disease
  PlaceCondition place = PlaceCondition::kAnywhere;
  Ratio ratio;
  std::vector<Band> bands;  // ascending; instead of `ratio`, and below the first nothing is paid
  BandsOf bands_of = BandsOf::kAboveDeductible;
  std::optional<AmountRule> cap;         // a smaller yearly cap of its own, inside the annual cap
  std::optional<std::size_t> allowance;  // index into Tier::allowances
  std::string cite;
};

// A part of a tier's year that is counted by itself: outpatient care with a cap of its own, say.
// The same id is the same sums of a person's year, whichever tier speaks of it.
inline constexpr std::size_t kAllowancesMax = 6;  // of a city
struct Allowance {
  std::string id;                        // chronic
  std::string name;                      // 门诊慢特病
  std::uint8_t index = 0;                // of CityRules::allowances
  std::optional<Deductible> deductible;  // none: what it covers counts toward the tier's
  std::optional<AmountRule> cap;
  bool inside_annual_cap = false;  // what it pays counts in the annual cap, too
  std::string cite;
};

// "and at least up to 90% of the stay's in-catalogue cost": the base layer is raised to this share
// of (S + P) less what insurance paid, for care of these kinds in the province.
struct Floor {
  CareSet care = 0;
  Ratio share;
  std::string cite;
};

// What is paid on top of the base layer once the remaining burden is high (倾斜救助, 再救助).
struct FurtherLayer {
  enum class Kind : std::uint8_t {
    kPoints,  // once the sum is above the threshold, `ratio` more on the excess of this settlement
    kRaisedRatio,  // the same, but added to the ratio of the base layer and paid by it
    kSlice,        // `ratio` of what the sum has above the threshold
    kLump,         // `lump` once a year when the annual cap is used up
  };
  // The year's sum that is compared with the threshold.
  enum class MeasuredOn : std::uint8_t {
    kRemainingBurden,  // R: what the base layer left of B
    kInPolicyBurden,   // B, as counted toward the deductible
    kCutOffByCap,      // what the base layer would have paid without the annual cap
  };
  Kind kind = Kind::kPoints;
  std::string name;  // what the document calls it: 倾斜救助, 再救助
  MeasuredOn measured_on = MeasuredOn::kRemainingBurden;
  AmountRule threshold;  // unused for kLump and where there are bands
  Ratio ratio;
  std::vector<Band> bands;  // kSlice: instead of threshold and ratio
  Money lump;
  CareSet care = 0;               // 0: every kind that the tier covers
  std::optional<AmountRule> cap;  // the layer's own, per year
  bool inside_annual_cap = false;
  bool after_cap_used = false;  // pays only once the annual cap is used up
  PlaceCondition place = PlaceCondition::kAnywhere;
  std::string cite;
};

// The parameters that hold for persons of some categories. Order in Policy::tiers decides.
struct Tier {
  std::string id;
  std::string name;
  std::vector<std::uint8_t> categories;  // bits, in the order in which one is named as deciding
  CategorySet category_set = 0;
  Deductible deductible;
  std::optional<AmountRule> cap;  // none: no annual cap
  std::string cap_cite;
  std::vector<Allowance> allowances;
  std::vector<Cover> covers;
  std::optional<Floor> floor;
  std::optional<FurtherLayer> further;
  std::string further_cite;  // of the layer, or of the words that deny it
  std::string cite;
};

// Payment by disease (单病种) instead of the layers, or the better of the two.
struct SingleDisease {
  enum class Pays : std::uint8_t { kInsteadOfLayers, kBetterOfBoth };
  struct Share {
    std::uint8_t category = 0;  // bit
    Ratio ratio;
    std::string cite;
  };
  Pays pays = Pays::kInsteadOfLayers;
  std::string insutype;
  CareSet care = 0;
  std::vector<Share> shares;  // the first whose category the person holds decides
  std::string cite;
};

// Control of costs outside the catalogue (目录外控费).
struct OutOfCatalogue {
  struct Limit {
    std::string hosp_charge_class;
    Ratio share_of_total;
    std::string cite;
  };
  struct FundShare {
    CategorySet categories = 0;
    Ratio ratio;     // of what is within the limit
    CivilDay until;  // last benefit date
    std::string cite;
  };
  CareSet care = 0;
  CategorySet categories = 0;  // of the deciding tier
  std::vector<Limit> limits;
  std::vector<FundShare> fund_shares;
  std::string cite;
};

// Critical illness insurance (大病保险) as the document describes it; what it would pay is
// reported.
struct CriticalIllness {
  struct Schedule {
    std::string insutype;
    CategorySet categories = 0;  // 0: everybody else
    std::vector<Band> bands;     // ascending; below the first nothing is paid
    std::string cite;
  };
  struct SpecialDrug {
    CategorySet categories = 0;
    bool stated = false;  // false: the document names no share for these persons
    Ratio ratio;
    Money deductible;
    std::optional<Money> cap;
    std::string cite;
  };
  std::vector<std::string> insutypes;      // settlements insured so are reported
  CareSet care = 0;                        // of these kinds, those of special_drug_care included
  CareSet special_drug_care = 0;           // these have an account of their own
  PayerSet base_payers = 0;                // what is taken from S before the bands
  std::vector<Schedule> schedules;         // first match by insutype and category
  std::vector<SpecialDrug> special_drugs;  // first match by category; the last: everybody else
  std::string cite;
};

struct PremiumRule {
  CategorySet categories = 0;
  bool fixed = false;  // `amount` rather than `share` of the premium
  Ratio share;
  Money amount;                 // the fixed sum
  Money at_least;               // floor of a share; 0: none
  std::int32_t first_year = 0;  // premium years, inclusive
  std::int32_t last_year = 9999;
  std::string cite;
};

// Application for assistance as a patient impoverished by illness (依申请救助), with its look-back.
struct ApplicationRule {
  enum class WindowStart : std::uint8_t { kSameDay, kFirstOfMonth, kFirstOfYear, kFirstOfLastYear };
  // kLastYearEnd goes with kFirstOfLastYear: the calendar year before the application's.
  enum class WindowEnd : std::uint8_t { kYearEnd, kApplicationDay, kLastYearEnd };
  std::uint8_t category = 0;  // bit that an application gives
  std::int32_t months = 12;   // of kSameDay and kFirstOfMonth
  WindowStart start = WindowStart::kSameDay;
  WindowEnd end = WindowEnd::kYearEnd;
  std::vector<std::string> papers;  // to be brought, for the pre-filled application
  std::string cite;
};

enum class Measure : std::uint8_t {
  kBurdenAfterInsurance,    // W
  kBurdenAfterAssistance,   // W - A, as really paid
  kCriticalIllnessStarted,  // a settlement with a payment of `started_by`
};
inline constexpr std::array<std::string_view, 3> kMeasureNames = {
    "burden_after_insurance", "burden_after_assistance", "critical_illness_started"};

struct WarningRule {
  enum class Population : std::uint8_t {
    kAnyone,
    kHolding,     // one of `categories`
    kNotHolding,  // none of `categories`
  };
  // The bills whose burden is summed. All but kYear look beyond a calendar year's account.
  enum class Per : std::uint8_t { kYear, kRolling12Months, kStay };
  std::string id;          // burden-over-10000
  std::uint8_t index = 0;  // of CityRules::warning_ids
  std::string title;       // 个人负担超过1万元
  Population population = Population::kAnyone;
  CategorySet categories = 0;
  bool not_yet_assisted = false;  // only while no assistance is paid on the bills that are summed
  Per per = Per::kYear;
  CareSet care = 0;  // 0: bills of every kind
  Measure measure = Measure::kBurdenAfterInsurance;
  std::optional<AmountRule> line;    // none for kCriticalIllnessStarted
  PayerSet started_by = 0;           // kCriticalIllnessStarted
  std::optional<Money> report_step;  // a `changed` is sent when the amount moved by this much
  std::vector<std::string> offices;  // receiving offices
  CategorySet back_into_poverty = 0;  // holders are warned of 因病返贫, all others of 因病致贫
  std::string cite;

  // Whether the sum is another than the year's, so that it is taken from the bills themselves.
  [[nodiscard]] bool sums_bills() const { return per != Per::kYear || care != 0; }
};
inline constexpr std::array<std::string_view, 3> kPerNames = {"year", "rolling_12_months", "stay"};

// What the document says beyond the parameters, for people.
struct Note {
  std::string text;
  std::string cite;
};

// One version of a city's rules.
struct Policy {
  std::string file;      // where it was read, for messages
  std::string document;  // 鸡政办规〔2025〕4号
  std::string title;
  std::string version;  // stable name of this version, "jixi-2026"
  CivilDay from;
  CivilDay until = kNoEnd;  // inclusive
  bool after_gap = false;   // the city had no rules for a time before `from`
  std::string in_force_cite;

  bool preselfpay_in_policy = false;
  std::string preselfpay_cite;
  PayerSet burden_payers = 0;  // what a burden measure subtracts (all but assistance by default)
  std::vector<std::string> exclude_med_types;  // prefixes that do not count; default none

  // Effective from the month after inclusion to the end of the month of exit.
  bool category_from_next_month = false;
  std::string category_effect_cite;
  bool residence_required = false;
  std::string residence_cite;
  bool referral_required = false;
  bool emergency_exempt = false;
  std::string referral_cite;

  CategorySet declared = 0;  // the categories this version knows
  std::vector<Tier> tiers;
  CategorySet tier_categories = 0;  // all categories of all tiers
  std::optional<ApplicationRule> application;
  std::optional<SingleDisease> single_disease;
  std::optional<OutOfCatalogue> out_of_catalogue;
  std::optional<CriticalIllness> critical_illness;
  std::vector<PremiumRule> premium;  // empty: not stated
  bool premium_stated = false;
  CategorySet deposit_waiver = 0;
  std::string deposit_cite;
  std::vector<WarningRule> warnings;
  std::vector<Note> notes;
};

// Hands every amount of a version to `visit`: of its tiers, critical illness insurance, warnings.
template <class Visit>
void each_amount(const Policy& policy, Visit visit) {
  const auto each = [&](const auto& amount) {
    if (amount) visit(*amount);
  };
  const auto bands = [&](const std::vector<Band>& list) {
    for (const Band& band : list)
      visit(band.from);
  };
  for (const Tier& tier : policy.tiers) {
    visit(tier.deductible);
    each(tier.cap);
    for (const Allowance& allowance : tier.allowances) {
      each(allowance.deductible);
      each(allowance.cap);
    }
    for (const Cover& cover : tier.covers) {
      bands(cover.bands);
      each(cover.cap);
    }
    if (!tier.further) continue;
    visit(tier.further->threshold);
    bands(tier.further->bands);
    each(tier.further->cap);
  }
  if (policy.critical_illness) {
    for (const CriticalIllness::Schedule& schedule : policy.critical_illness->schedules)
      bands(schedule.bands);
  }
  for (const WarningRule& rule : policy.warnings)
    each(rule.line);
}

// A prefix table: national codes to meanings, longest prefix first.
template <class T>
struct PrefixTable {
  struct Entry {
    std::string prefix;
    T value;
  };
  std::vector<Entry> entries;  // sorted by length, longest first
  [[nodiscard]] const T* find(std::string_view code) const {
    for (const auto& entry : entries) {
      if (starts_with(code, entry.prefix)) return &entry.value;
    }
    return nullptr;
  }

 private:
  // Of few bytes most often: comparing them takes less than the library's call.
  static bool starts_with(std::string_view code, std::string_view prefix) {
    if (prefix.size() > code.size()) return false;
    for (std::size_t i = 0; i < prefix.size(); ++i) {
      if (code[i] != prefix[i]) return false;
    }
    return true;
  }
};

// An office that certifies categories or receives warnings.
struct Office {
  std::string code;  // civil_affairs
  std::string name;  // 民政部门
};

// Chinese names of the closed sets, index = enumerator, of the offices and of areas.
struct Names {
  std::array<std::string, kCareKinds> care_kinds;
  std::array<std::string, kPayers> payers;
  std::array<std::string, kFilingNames.size()> filings;
  std::vector<Office> offices;
  std::map<std::string, std::string, std::less<>> areas;  // by code

  // The office's name; "" where there is no such office.
  [[nodiscard]] std::string_view office(std::string_view code) const;
  // The area's name; "" where it has none.
  [[nodiscard]] std::string_view area(std::string_view code) const;
};

// What holds in the whole country: code tables of the settlement interface.
struct NationalCodes {
  PrefixTable<CareKind> care_kinds;
  PrefixTable<Filing> filing_defaults;
  Names names;
};

// Everything known of one city.
struct CityRules {
  std::string id;    // jixi
  std::string name;  // 鸡西
  std::string area;  // 230300
  CityCode code = 0;
  std::vector<Category> categories;      // index = bit
  std::vector<LocalName> local_names;    // by name
  std::vector<std::string> allowances;   // ids of all versions, in order of first appearance
  std::vector<std::string> warning_ids;  // the same of warning rules
  std::vector<Policy> versions;          // by date, not overlapping
  PrefixTable<CareKind> care_kinds;      // the national table with the city's own prefixes over it
  std::vector<OwnCareKind> own_care_kinds;  // by prefix
  Names names;                              // the national ones, at hand for texts about this city

  [[nodiscard]] const Policy* in_force(CivilDay day) const;
  // The version in force; else the next later one; else the last. Never null: a city has a version.
  [[nodiscard]] const Policy& measuring(CivilDay day) const;
  // By code or local name.
  [[nodiscard]] std::optional<std::uint8_t> category_bit(std::string_view code) const;
  // Whether a person's account can only be folded from the bills themselves: some rule sums others
  // than a calendar year's.
  [[nodiscard]] bool folds_again() const;
};

struct RuleBook {
  NationalCodes national;
  std::vector<CityRules> cities;

  [[nodiscard]] const CityRules* by_id(std::string_view id) const;
  [[nodiscard]] const CityRules* by_code(CityCode code) const;
};

}  // namespace yujing::thresholds

// The closed sets that rules speak of: kinds of care, payers, measures, filings. Their Chinese
// names and which national code means which are data (policies/national.yaml); these are the
// meanings.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace yujing::thresholds {

enum class CareKind : std::uint8_t {
  kInpatient,
  kOutpatientChronic,
  kOutpatientSpecial,
  kSpecialDrug,
  kOutpatientOrdinary,
  kPharmacy,
  kMaternity,
  kOther,
};
inline constexpr std::size_t kCareKinds = 8;
inline constexpr std::array<std::string_view, kCareKinds> kCareKindNames = {
    "inpatient",           "outpatient_chronic", "outpatient_special", "special_drug",
    "outpatient_ordinary", "pharmacy",           "maternity",          "other"};

// Who pays besides the patient, in the order of the national interface. The last one is assistance.
enum class Payer : std::uint8_t {
  kHifp,     // basic pool
  kCvlserv,  // civil servants
  kHifes,    // enterprise supplement
  kHifmi,    // residents' critical illness insurance
  kHifob,    // employees' large-amount fund
  kHifdm,    // disabled veterans
  kOth,      // other
  kMaf,      // medical assistance
};
inline constexpr std::size_t kPayers = 8;
inline constexpr std::array<std::string_view, kPayers> kPayerNames = {
    "hifp_pay",  "cvlserv_pay", "hifes_pay", "hifmi_pay",
    "hifob_pay", "hifdm_pay",   "oth_pay",   "maf_pay"};
using PayerSet = std::uint16_t;  // bit i = Payer i

enum class Filing : std::uint8_t { kNone, kReferral, kLongTerm, kEmergency };
inline constexpr std::array<std::string_view, 4> kFilingNames = {"none", "referral", "long_term",
                                                                 "emergency"};

// Sets of care kinds, bit i = CareKind i.
using CareSet = std::uint16_t;
[[nodiscard]] constexpr CareSet care_bit(CareKind kind) {
  return static_cast<CareSet>(1U << static_cast<unsigned>(kind));
}
[[nodiscard]] constexpr PayerSet payer_bit(Payer payer) {
  return static_cast<PayerSet>(1U << static_cast<unsigned>(payer));
}

[[nodiscard]] std::optional<CareKind> care_kind_named(std::string_view name);
[[nodiscard]] std::optional<Payer> payer_named(std::string_view name);
[[nodiscard]] std::optional<Filing> filing_named(std::string_view name);

}  // namespace yujing::thresholds

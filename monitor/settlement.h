// One settled bill as the ledger keeps it: the fields of the national settlement interface that
// count as its content (docs/glossary; names are the interface's own).
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "thresholds/area.h"
#include "thresholds/civil_day.h"
#include "thresholds/money.h"
#include "thresholds/settlement_codes.h"

namespace yujing::monitor {

using thresholds::BeijingTime;
using thresholds::CivilDay;
using thresholds::Money;

enum class Amount : std::uint8_t {
  kHifp,  // the payers first, in the order of thresholds::Payer
  kCvlserv,
  kHifes,
  kHifmi,
  kHifob,
  kHifdm,
  kOth,
  kMaf,
  kMedfee,
  kFulamtOwnpay,
  kOverlmtSelfpay,
  kPreselfpay,
  kInscpScp,
  kActPayDedc,
  kFundPaySum,
  kPsnPart,
  kAcctPay,
  kPsnCash,
  kHospPart,
};
inline constexpr std::size_t kAmounts = 19;
inline constexpr std::array<std::string_view, kAmounts> kAmountNames = {
    "hifp_pay",        "cvlserv_pay",    "hifes_pay",     "hifmi_pay",     "hifob_pay",
    "hifdm_pay",       "oth_pay",        "maf_pay",       "medfee_sumamt", "fulamt_ownpay_amt",
    "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc",  "fund_pay_sumamt",
    "psn_part_amt",    "acct_pay",       "psn_cash_pay",  "hosp_part_amt"};

inline constexpr CivilDay kNoDay{std::numeric_limits<std::int32_t>::min()};
// A missing updt_time: earlier than any.
inline constexpr BeijingTime kNoTime{std::numeric_limits<std::int64_t>::min()};

enum class Text : std::uint8_t {
  kMdtrtId,
  kInitSetlId,
  kMedType,
  kInsutype,
  kInsuAdmdvs,
  kMdtrtareaAdmvs,
  kFixmedinsCode,
  kHospLv,
  kDiseCodg,
  kPayLoc,
  kFiling,
  kHospChargeClass,
};
inline constexpr std::size_t kTexts = 12;
inline constexpr std::array<std::string_view, kTexts> kTextNames = {
    "mdtrt_id",       "init_setl_id", "med_type",  "insutype", "insu_admdvs", "mdtrtarea_admvs",
    "fixmedins_code", "hosp_lv",      "dise_codg", "pay_loc",  "filing",      "hosp_charge_class"};

// The content of a settlement. Equal content means: the same bill sent again.
struct Settlement {
  std::string psn_no;
  std::string setl_id;
  BeijingTime setl_time;
  CivilDay begndate = kNoDay;
  CivilDay enddate = kNoDay;
  thresholds::CityCode city = 0;  // of the city it belongs to (configured)
  std::array<Money, kAmounts> amounts{};
  std::array<std::string, kTexts> texts;  // "" where absent

  bool operator==(const Settlement&) const = default;

  [[nodiscard]] Money amount(Amount field) const {
    return amounts[static_cast<std::size_t>(field)];
  }
  [[nodiscard]] Money& amount(Amount field) { return amounts[static_cast<std::size_t>(field)]; }
  [[nodiscard]] Money paid(thresholds::Payer payer) const {
    return amounts[static_cast<std::size_t>(payer)];
  }
  [[nodiscard]] const std::string& text(Text field) const {
    return texts[static_cast<std::size_t>(field)];
  }
  [[nodiscard]] std::string& text(Text field) { return texts[static_cast<std::size_t>(field)]; }

  // Names an earlier settlement, or carries a negative total: never counts itself.
  [[nodiscard]] bool is_reversal() const {
    return !text(Text::kInitSetlId).empty() || amount(Amount::kMedfee).fen < 0;
  }
};

// Computing order: by setl_time, then setl_id.
[[nodiscard]] inline bool earlier(const Settlement& a, const Settlement& b) {
  return a.setl_time != b.setl_time ? a.setl_time < b.setl_time : a.setl_id < b.setl_id;
}

// A settlement as it was sent once: content, and what is said of it besides.
struct Delivery {
  Settlement settlement;
  BeijingTime updt_time = kNoTime;
  bool is_void = false;  // vali_flag 0
};

}  // namespace yujing::monitor

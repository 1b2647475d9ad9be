// One made-up bill: what kind of care, what it cost, who paid. Amounts are believable and add up
// (the identities S1 to S4 of the national interface); they follow no rule of any city.
#pragma once

#include <array>
#include <cstdint>

#include "app/made/person.h"
#include "app/made/random.h"
#include "monitor/settlement.h"

namespace yujing::app {

enum class Dress : std::uint8_t {
  kCentreRow,    // flat, with the centre's own spellings
  kNationalRow,  // flat, with the national names, amounts as text
  kSetlinfo,     // an object with a `setlinfo` node
  kWholeReply,   // a whole interface reply, its context in the envelope
};

struct MadeBill {
  std::uint64_t id = 0;        // of setl_id and mdtrt_id
  std::uint64_t reverses = 0;  // id of the bill this one cancels; 0: a bill
  bool by_amounts = false;     // the reversal does not name what it cancels
  std::uint64_t visit = 0;     // id in mdtrt_id
  MadePerson person;
  std::int64_t setl_time = 0;  // Beijing seconds
  std::int64_t updt_time = 0;
  std::int32_t begins = 0;  // days; inpatients: admission and discharge
  std::int32_t ends = 0;
  const char* med_type = "";
  bool inpatient = false;
  const char* place_suffix =
      "";  // of mdtrtarea_admvs: "" the person's own area, else four digits in the province
  const char* filing = "";        // "" not said
  const char* charge_class = "";  // hosp_charge_class
  const char* hosp_lv = "";
  std::uint32_t hospital = 0;
  std::uint32_t disease = 0;  // 0: not said
  char pay_loc = '2';
  bool is_void = false;
  Dress dress = Dress::kCentreRow;
  std::array<std::int64_t, monitor::kAmounts> fen{};  // by monitor::Amount

  [[nodiscard]] std::int64_t& amount(monitor::Amount field) {
    return fen[static_cast<std::size_t>(field)];
  }
  [[nodiscard]] std::int64_t amount(monitor::Amount field) const {
    return fen[static_cast<std::size_t>(field)];
  }
};

// A new bill of the person, settled at `setl_time` (Beijing seconds).
[[nodiscard]] MadeBill make_made_bill(Random& random, const MadePerson& person,
                                      std::int64_t setl_time, std::uint64_t id);

// Other amounts for the same bill: what a correction changes.
void draw_amounts(Random& random, MadeBill& bill);

// The reversal of a bill: every amount negative.
[[nodiscard]] MadeBill reversal_of(const MadeBill& bill, std::int64_t setl_time, std::uint64_t id);

}  // namespace yujing::app

// All that is kept of one person besides the ledger: what offices said, the folded years, the
// alerts sent. One value in the store, read and written as a whole (format: monitor/FORMAT.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/account.h"
#include "monitor/id_marks.h"
#include "monitor/person.h"
#include "thresholds/area.h"
#include "thresholds/result.h"

namespace yujing::monitor {

// What was last said about one rule: the receiver's knowledge. Alerts are never removed.
struct AlertState {
  std::string rule;
  bool open = false;
  std::uint32_t revision = 0;  // of the last message sent, from 1
  OrderKey by;                 // crossing settlement as last sent
  std::string category;        // code as last sent, "" none
  std::optional<Money> line;   // as last sent
  Money amount;                // as last sent
  bool late = false;
  bool operator==(const AlertState&) const = default;
};

struct CityYear {
  thresholds::CityCode city = 0;
  std::int32_t year = 0;
  YearAccount account;
  std::vector<AlertState> alerts;  // by rule
  bool operator==(const CityYear&) const = default;
};

struct PersonState {
  std::string psn_no;
  std::optional<PersonRecord> person;
  std::optional<PersonRecord> decision;
  bool reversals_by_id = false;     // some reversal of this person names its original
  bool reversals_by_visit = false;  // some reversal has to be matched by amounts
  IdMarks settlements;              // setl_ids in the ledger
  IdMarks reversed;                 // setl_ids and mdtrt_ids that reversals are about
  std::vector<CityYear> years;      // by city, year
  bool operator==(const PersonState&) const = default;

  // The entry for (city, year), made when it is not there.
  CityYear& year_of(thresholds::CityCode city, std::int32_t year);
  [[nodiscard]] const CityYear* find(thresholds::CityCode city, std::int32_t year) const;
  // A person of whom nothing is known yet, in the memory that is there.
  void begin(std::string_view new_psn_no);
};

void encode(const PersonState& state, std::string& out);
// Into `state`, whose memory is used again and which is unspecified after an error. Damaged bytes
// are one (kInput) that says to run `yujing store verify`; it names nobody.
[[nodiscard]] thresholds::Result<void> decode_person_state(std::string_view psn_no,
                                                           std::string_view bytes,
                                                           PersonState& state);

}  // namespace yujing::monitor

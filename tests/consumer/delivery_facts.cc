#include "tests/consumer/delivery_facts.h"

#include "thresholds/civil_day.h"
#include "thresholds/money.h"

namespace yujing::tests {

Facts facts_of(const monitor::Delivery& delivery) {
  const auto& settlement = delivery.settlement;
  Facts facts;
  const auto note = [&](std::string_view name, std::string text) {
    if (!text.empty()) facts.emplace(name, std::move(text));
  };
  note("psn_no", settlement.psn_no);
  note("setl_id", settlement.setl_id);
  note("setl_time", to_string(settlement.setl_time));
  if (settlement.begndate != monitor::kNoDay) note("begndate", to_string(settlement.begndate));
  if (settlement.enddate != monitor::kNoDay) note("enddate", to_string(settlement.enddate));
  if (settlement.city != 0) note("city", std::to_string(settlement.city));
  for (std::size_t i = 0; i < monitor::kAmounts; ++i) {
    if (settlement.amounts[i].fen != 0) {
      note(monitor::kAmountNames[i], to_string(settlement.amounts[i]));
    }
  }
  for (std::size_t i = 0; i < monitor::kTexts; ++i) {
    note(monitor::kTextNames[i], settlement.texts[i]);
  }
  if (delivery.updt_time != monitor::kNoTime) note("updt_time", to_string(delivery.updt_time));
  if (delivery.is_void) note("void", "1");
  return facts;
}

}  // namespace yujing::tests

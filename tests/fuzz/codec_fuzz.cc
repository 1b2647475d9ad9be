// Settlement events, person records and payout cases of any bytes: read or refused, never more.
// What is read as a settlement survives its way through a ledger entry.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "consumer/case_codec.h"
#include "consumer/codec.h"
#include "consumer/person_codec.h"
#include "monitor/ledger.h"
#include "thresholds/policy_file.h"
#include "thresholds/result.h"

using namespace yujing;

namespace {

const thresholds::RuleBook& shipped_rules() {
  static const thresholds::RuleBook rules = [] {
    auto loaded = thresholds::load_rule_book({YUJING_SOURCE_DIR "/thresholds/policies"});
    CHECK(loaded.has_value());
    return std::move(*loaded);
  }();
  return rules;
}

consumer::CodecOptions every_city() {
  consumer::CodecOptions options;
  for (const thresholds::CityRules& city : shipped_rules().cities)
    options.cities.push_back(city.code);
  return options;
}

void read_event(std::string_view bytes) {
  static consumer::SettlementCodec codec(every_city());
  monitor::Delivery delivery;
  if (codec.decode(bytes, delivery)) return;
  monitor::Delivery again;  // what stood in the memory before has no say
  again.settlement.psn_no = "left over";
  again.settlement.texts.fill("left over");
  CHECK(!codec.decode(bytes, again));
  CHECK(again.settlement == delivery.settlement);

  std::string kept;
  monitor::encode_first(delivery, true, kept);
  const auto entry =
      monitor::decode_entry(delivery.settlement.psn_no, delivery.settlement.setl_id, 0, kept);
  CHECK(entry.has_value());
  CHECK(entry->content == delivery.settlement);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static consumer::CaseCodec cases(shipped_rules());
  read_event(bytes);
  (void)consumer::decode_person(bytes);
  (void)cases.decode(bytes);
  return 0;
}

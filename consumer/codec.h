// Reads one settlement event from its JSON bytes: every shape and spelling the interface knows, and
// nothing guessed. Amounts never pass through a double.
//
// Not thread-safe: one codec per thread; it owns its parser and scratch memory.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "monitor/refusal.h"
#include "monitor/settlement.h"
#include "thresholds/area.h"

namespace yujing::consumer {

// A pre-settlement (no setl_id): ignored and counted.
struct PreSettlement {};

struct CodecOptions {
  // Cities in use. An event belongs to the one whose code its insu_admdvs starts with; one without
  // insu_admdvs to the only one. Empty: the area is not looked at (payout cases); city stays 0.
  std::vector<thresholds::CityCode> cities = {};
  // psn_no may be missing (payout cases: the person stands beside the settlements).
  bool psn_no_optional = false;
  // An object without setl_id is refused instead of ignored (payout cases).
  bool setl_id_required = false;
};

class SettlementCodec {
 public:
  using Outcome = std::variant<monitor::Refusal, PreSettlement>;

  explicit SettlementCodec(CodecOptions options);
  ~SettlementCodec();
  SettlementCodec(SettlementCodec&&) noexcept;
  SettlementCodec& operator=(SettlementCodec&&) noexcept;

  // Reads `bytes` (one JSON document; need not be padded) into `into`, reusing its memory. Returns
  // nullopt when `into` holds the settlement; otherwise why there is none, and `into` is
  // unspecified. Checks, in this order: JSON, pre-settlement, required fields, amounts, dates, sums
  // S1 to S4, city.
  [[nodiscard]] std::optional<Outcome> decode(std::string_view bytes, monitor::Delivery& into);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::consumer

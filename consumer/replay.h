// Refused events on their way back: what the monitor would do with each if it were sent now, so
// that nothing is sent that would be refused again or has been counted already.
//
// Pure but for reading the store. Judged in the order in which the lines would be sent, each as if
// those before it had been.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "consumer/codec.h"
#include "monitor/identity.h"
#include "monitor/refusal.h"
#include "monitor/store.h"
#include "thresholds/policy.h"
#include "thresholds/result.h"

namespace yujing::consumer {

enum class Fate : std::uint8_t {
  kSend,      // would be counted, or replace an earlier version
  kCounted,   // the ledger has it already, with this very content
  kWaiting,   // the source holds it already, not yet read
  kRepeated,  // the same as one before it
  kOutdated,  // the ledger has a later version
  kRefused,   // would be refused again
  kIgnored,   // no settlement (no setl_id): would be passed over
};

struct Judged {
  Fate fate = Fate::kSend;
  monitor::Refusal refusal;  // kRefused
};

class Replay {
 public:
  // Both borrowed. The store is read as it was when it was opened.
  Replay(const thresholds::RuleBook& rules, monitor::Store& store);

  // Says beforehand which settlement a line is of, so that wait() knows which matter.
  void expect(std::string_view line);
  // An event that the source holds behind what the store has read.
  [[nodiscard]] thresholds::Result<void> wait(std::string_view line);
  [[nodiscard]] thresholds::Result<Judged> judge(std::string_view line);

 private:
  using Key = std::pair<std::string, std::string>;  // psn_no, setl_id
  enum class From : std::uint8_t { kLedger, kSource, kReplay };
  struct Known {
    std::optional<monitor::LedgerItem> item;
    From from = From::kLedger;
  };
  // Takes the delivery as the monitor would.
  [[nodiscard]] thresholds::Result<Judged> take(From from);
  [[nodiscard]] Key key() const {
    return {delivery_.settlement.psn_no, delivery_.settlement.setl_id};
  }

  monitor::Store& store_;
  SettlementCodec codec_;
  monitor::Delivery delivery_;
  std::set<Key> expected_;
  std::map<Key, Known> known_;
};

// The settlement that the bytes seem to be of, whatever else is wrong with them; empty texts where
// they do not tell.
struct SettlementName {
  std::string psn_no;
  std::string setl_id;
};
[[nodiscard]] SettlementName settlement_name(std::string_view bytes);

}  // namespace yujing::consumer

// One person's whole ledger in memory: settlements as they stand, in few bytes each, found by id,
// by visit and by what they reverse, and in computing order. Folding a year again goes on from the
// last snapshot of the accounts before the first change. Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "monitor/account.h"
#include "monitor/flat_index.h"
#include "monitor/ledger.h"

namespace yujing::monitor {

enum class ReversalKey : std::uint8_t { kById, kByVisit };

class Book {
 public:
  using Visit = std::function<void(const LedgerItem&)>;
  using Years = std::map<std::int32_t, YearAccount>;
  using Add = std::function<void(const Settlement&, Years&)>;

  // `apart`: so many settlements lie between two snapshots.
  explicit Book(std::string_view psn_no, std::size_t apart = kApart)
      : psn_no_(psn_no), apart_(apart) {}

  // Folds one more entry of a settlement.
  void fold_in(std::string_view setl_id, const Entry& entry);
  // The first entry of a settlement.
  void enter(const Delivery& delivery, bool counts);

  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] std::size_t bytes() const;  // of memory, about
  [[nodiscard]] std::optional<LedgerItem> find(std::string_view setl_id) const;
  void each(const Visit& visit) const;
  // Those of a visit, and perhaps some others.
  void each_of_visit(std::string_view mdtrt_id, const Visit& visit) const;
  // As Store::put_reversal and Store::reversals.
  void put_reversal(ReversalKey key, std::string_view target, std::string_view setl_id);
  [[nodiscard]] std::vector<std::string> reversals(ReversalKey key, std::string_view target) const;

  // Folds the settlements of one city that count, in computing order, by `add`, going on from the
  // accounts of an earlier call where nothing has changed since. `add` is the same in every call
  // until forget_accounts().
  [[nodiscard]] Years fold(thresholds::CityCode city, const Add& add);
  void forget_accounts() { snapshots_.clear(); }

 private:
  using Number = FlatIndex::Number;
  struct Item {
    BeijingTime setl_time;
    std::uint32_t at = 0;  // in bytes_: its id, then an entry with all that is known
    std::uint32_t size = 0;
    std::uint32_t next_seq = 0;
    thresholds::CityCode city = 0;
    bool counts = false;
  };
  struct Link {
    Number item = 0;
    Number before = FlatIndex::kNone;  // the link before of the same hash
  };
  struct Snapshot {
    std::size_t folded = 0;  // of order_
    Years years;
  };
  static constexpr std::size_t kApart = 256;

  void put(std::optional<Number> known, const Delivery& delivery, bool counts,
           std::uint32_t next_seq);
  [[nodiscard]] std::optional<Number> number_of(std::string_view setl_id) const;
  [[nodiscard]] std::string setl_id_of(Number number) const;
  // Into `item`, whose memory is used again.
  void read(Number number, LedgerItem& item) const;
  void link(std::uint32_t hash, Number number);

  [[nodiscard]] bool comes_before(Number a, Number b) const;
  void put_into_order(Number number);
  void take_out_of_order(Number number);
  void settle_order();
  void changed_from(std::size_t position);

  std::string psn_no_;
  std::size_t apart_;
  std::string bytes_;
  std::vector<Item> items_;
  FlatIndex by_setl_id_;
  std::vector<Link> links_;  // to what belongs to a visit
  FlatIndex by_link_;        // the last link of each visit's hash
  std::map<std::pair<ReversalKey, std::string>, std::set<std::string>, std::less<>> reversals_;
  std::vector<Number> order_;  // computing order up to sorted_; behind it what came since
  std::size_t sorted_ = 0;
  std::map<thresholds::CityCode, std::vector<Snapshot>> snapshots_;
};

}  // namespace yujing::monitor

#include "monitor/book.h"

#include <algorithm>

#include "monitor/bytes.h"
#include "thresholds/result.h"

namespace yujing::monitor {

namespace {

constexpr std::size_t kReversalBytes = 256;  // with its place in the map and the set, about

}  // namespace

void Book::fold_in(std::string_view setl_id, const Entry& entry) {
  const std::optional<Number> known = number_of(setl_id);
  LedgerItem item;
  if (known) read(*known, item);
  monitor::fold(item, entry);
  item.content.psn_no = psn_no_;
  item.content.setl_id = setl_id;
  put(known, {std::move(item.content), item.updt_time, item.is_void}, item.counts, item.next_seq);
}

void Book::enter(const Delivery& delivery, bool counts) { put(std::nullopt, delivery, counts, 1); }

std::size_t Book::bytes() const {
  std::size_t snapshots = 0;
  for (const auto& [city, taken] : snapshots_)
    snapshots += taken.size() * (sizeof(Snapshot) + 2 * sizeof(YearAccount));
  return bytes_.capacity() + items_.capacity() * sizeof(Item) + links_.capacity() * sizeof(Link) +
         order_.capacity() * sizeof(Number) + by_setl_id_.bytes() + by_link_.bytes() + snapshots +
         reversals_.size() * kReversalBytes;
}

std::optional<LedgerItem> Book::find(std::string_view setl_id) const {
  const std::optional<Number> number = number_of(setl_id);
  if (!number) return std::nullopt;
  LedgerItem item;
  read(*number, item);
  return item;
}

void Book::each(const Visit& visit) const {
  LedgerItem item;
  for (Number number = 0; number < items_.size(); ++number) {
    read(number, item);
    visit(item);
  }
}

void Book::each_of_visit(std::string_view mdtrt_id, const Visit& visit) const {
  std::vector<Number> numbers;
  const auto last = by_link_.find(FlatIndex::hash(mdtrt_id), [](Number) { return true; });
  for (Number at = last.value_or(FlatIndex::kNone); at != FlatIndex::kNone; at = links_[at].before)
    numbers.push_back(links_[at].item);
  // Each once, whatever versions of it were linked.
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  LedgerItem item;
  for (const Number number : numbers) {
    read(number, item);
    visit(item);
  }
}

void Book::put_reversal(ReversalKey key, std::string_view target, std::string_view setl_id) {
  reversals_[{key, std::string(target)}].emplace(setl_id);
}

std::vector<std::string> Book::reversals(ReversalKey key, std::string_view target) const {
  const auto at = reversals_.find({key, std::string(target)});
  if (at == reversals_.end()) return {};
  return {at->second.begin(), at->second.end()};
}

Book::Years Book::fold(thresholds::CityCode city, const Add& add) {
  settle_order();
  std::vector<Snapshot>& taken = snapshots_[city];
  Snapshot at = taken.empty() ? Snapshot() : taken.back();
  LedgerItem item;
  for (std::size_t since = 0; at.folded < order_.size(); ++at.folded, ++since) {
    if (since == apart_) {
      taken.push_back(at);
      since = 0;
    }
    const Number number = order_[at.folded];
    if (!items_[number].counts || items_[number].city != city) continue;
    read(number, item);
    add(item.content, at.years);
  }
  return std::move(at.years);
}

// ---- items

std::optional<Book::Number> Book::number_of(std::string_view setl_id) const {
  return by_setl_id_.find(FlatIndex::hash(setl_id),
                          [&](Number number) { return setl_id_of(number) == setl_id; });
}

std::string Book::setl_id_of(Number number) const {
  ByteReader in(std::string_view(bytes_).substr(items_[number].at, items_[number].size));
  std::string setl_id;
  in.packed(setl_id);
  return setl_id;
}

void Book::read(Number number, LedgerItem& item) const {
  const Item& kept = items_[number];
  ByteReader in(std::string_view(bytes_).substr(kept.at, kept.size));
  item.begin();
  in.packed(item.content.setl_id);
  const auto read = fold_encoded(item, psn_no_, item.content.setl_id, 0, in.rest());
  CHECK(read.has_value());  // as put() wrote it
  item.counts = kept.counts;
  item.next_seq = kept.next_seq;
}

// Puts a settlement as it stands, in place of what was known of it.
void Book::put(std::optional<Number> known, const Delivery& delivery, bool counts,
               std::uint32_t next_seq) {
  const Settlement& content = delivery.settlement;
  const Number number = known.value_or(static_cast<Number>(items_.size()));
  if (known) {
    take_out_of_order(number);
  } else {
    items_.emplace_back();
    by_setl_id_.add(FlatIndex::hash(content.setl_id), number);
  }
  Item& kept = items_[number];
  kept.setl_time = content.setl_time;
  kept.next_seq = next_seq;
  kept.city = content.city;
  kept.counts = counts;
  kept.at = static_cast<std::uint32_t>(bytes_.size());
  put_packed(bytes_, content.setl_id);
  encode_first(delivery, counts, bytes_);
  kept.size = static_cast<std::uint32_t>(bytes_.size() - kept.at);
  put_into_order(number);

  const std::string& visit = content.text(Text::kMdtrtId);
  if (!visit.empty()) link(FlatIndex::hash(visit), number);
}

void Book::link(std::uint32_t hash, Number number) {
  const auto link = static_cast<Number>(links_.size());
  const auto last = by_link_.find(hash, [](Number) { return true; });
  links_.push_back({number, last.value_or(FlatIndex::kNone)});
  if (last) {
    by_link_.replace(hash, *last, link);
  } else {
    by_link_.add(hash, link);
  }
}

// ---- computing order

bool Book::comes_before(Number a, Number b) const {
  const BeijingTime one = items_[a].setl_time;
  const BeijingTime other = items_[b].setl_time;
  return one != other ? one < other : setl_id_of(a) < setl_id_of(b);
}

void Book::put_into_order(Number number) {
  const bool last =
      sorted_ == order_.size() && (order_.empty() || comes_before(order_.back(), number));
  order_.push_back(number);
  if (last) sorted_ = order_.size();
}

void Book::take_out_of_order(Number number) {
  const auto sorted_end = order_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto in_place = std::lower_bound(order_.begin(), sorted_end, number,
                                         [&](Number a, Number b) { return comes_before(a, b); });
  if (in_place != sorted_end && *in_place == number) {
    changed_from(static_cast<std::size_t>(in_place - order_.begin()));
    order_.erase(in_place);
    --sorted_;
  } else {
    order_.erase(std::find(sorted_end, order_.end(), number));
  }
}

void Book::settle_order() {
  if (sorted_ == order_.size()) return;
  const auto earlier = [&](Number a, Number b) { return comes_before(a, b); };
  const auto sorted_end = order_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  std::sort(sorted_end, order_.end(), earlier);
  const auto first = std::lower_bound(order_.begin(), sorted_end, *sorted_end, earlier);
  changed_from(static_cast<std::size_t>(first - order_.begin()));
  std::inplace_merge(first, sorted_end, order_.end(), earlier);
  sorted_ = order_.size();
}

// What was folded of order_ before `position` stays true.
void Book::changed_from(std::size_t position) {
  for (auto& [city, taken] : snapshots_) {
    while (!taken.empty() && taken.back().folded > position)
      taken.pop_back();
  }
}

}  // namespace yujing::monitor

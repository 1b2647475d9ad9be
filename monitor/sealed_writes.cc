#include "monitor/sealed_writes.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

namespace yujing::monitor {

namespace {

// A write on its way into the order of keys; of equal keys the newest comes first.
struct Sortable {
  std::uint64_t head = 0;  // some bytes of the key
  std::size_t age = 0;
  const PendingWrite* write = nullptr;
  [[nodiscard]] std::string_view key() const { return write->key; }
  bool operator<(const Sortable& other) const {
    const int order = key().compare(other.key());
    return order != 0 ? order < 0 : age < other.age;
  }
};
constexpr std::size_t kHeadBytes = sizeof(Sortable::head);
constexpr std::size_t kFew = 4;  // are sorted by their keys

// The bytes of `key` from `from` on as a number that sorts as they do.
std::uint64_t head_of(std::string_view key, std::size_t from) {
  std::uint64_t head = 0;
  for (std::size_t i = from; i < from + kHeadBytes; ++i)
    head = head << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
  return head;
}

// How many bytes all keys begin with alike. REQUIRES: they are some, and `known` or more.
std::size_t shared_by_all(std::span<const Sortable> writes, std::size_t known) {
  const std::string_view first = writes.front().key();
  std::size_t shared = first.size();
  for (const Sortable& one : writes) {
    const std::string_view key = one.key();
    std::size_t alike = known;
    while (alike < std::min(shared, key.size()) && key[alike] == first[alike])
      ++alike;
    shared = alike;
  }
  return shared;
}

void sort_alike(std::span<Sortable> writes, std::size_t known);

// Sorts by a few bytes at a time, those after what all keys share, and what is alike in them by the
// next: keys lie about in memory, and numbers beside each other. REQUIRES: all keys begin with the
// same `known` bytes.
void sort(std::span<Sortable> writes, std::size_t known) {
  const std::size_t from = shared_by_all(writes, known);
  for (Sortable& one : writes)
    one.head = head_of(one.key(), from);
  std::ranges::sort(writes, {}, &Sortable::head);
  for (auto begin = writes.begin(); begin != writes.end();) {
    const auto end = std::find_if(begin, writes.end(),
                                  [&](const Sortable& one) { return one.head != begin->head; });
    if (end - begin > 1) sort_alike({begin, end}, from + kHeadBytes);
    begin = end;
  }
}

// The same where some keys may end within those bytes.
void sort_alike(std::span<Sortable> writes, std::size_t known) {
  const auto goes_on = [&](const Sortable& one) { return one.key().size() > known; };
  if (writes.size() > kFew && std::ranges::all_of(writes, goes_on)) return sort(writes, known);
  std::ranges::sort(writes, std::less<>());
}

}  // namespace

std::vector<PendingWrite> newest(const std::vector<PendingWrite>& newer,
                                 const std::vector<PendingWrite>& older) {
  std::vector<PendingWrite> both;
  std::ranges::set_union(newer, older, std::back_inserter(both), {}, &PendingWrite::key,
                         &PendingWrite::key);
  return both;
}

void SealedWrites::take_over(PendingWrites& later) {
  if (later.size() == 0) return;
  if (in_use_ > 0 && parts_[in_use_ - 1].bytes() + later.bytes() <= kPartBytes) {
    parts_[in_use_ - 1].take_over(later);
    return;
  }
  if (in_use_ == parts_.size()) parts_.emplace_back();
  std::swap(parts_[in_use_++], later);
}

std::optional<PendingWrite> SealedWrites::find(std::string_view key, std::size_t group_size) const {
  for (std::size_t i = in_use_; i-- > 0;) {
    if (auto write = parts_[i].find(key, group_size)) return write;
  }
  return std::nullopt;
}

std::vector<PendingWrite> SealedWrites::of_group(std::string_view group,
                                                 std::string_view prefix) const {
  std::vector<PendingWrite> found;
  for (std::size_t i = 0; i < in_use_; ++i) {
    std::vector<PendingWrite> newer = parts_[i].of_group(group, prefix);
    if (newer.empty()) continue;
    found = found.empty() ? std::move(newer) : newest(newer, found);
  }
  return found;
}

std::vector<const PendingWrite*> SealedWrites::sorted() const {
  std::vector<Sortable> order;
  order.reserve(size());
  for (std::size_t i = 0; i < in_use_; ++i) {
    for (const PendingWrite& write : parts_[i].all())
      order.push_back({0, in_use_ - i, &write});
  }
  if (!order.empty()) sort(order, 0);
  std::vector<const PendingWrite*> writes;
  writes.reserve(order.size());
  const Sortable* last = nullptr;
  for (const Sortable& one : order) {
    // Equal keys were sorted together, to the same head.
    if (last != nullptr && one.head == last->head && one.key() == last->key()) continue;
    writes.push_back(one.write);
    last = &one;
  }
  return writes;
}

std::size_t SealedWrites::size() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < in_use_; ++i)
    sum += parts_[i].size();
  return sum;
}

std::size_t SealedWrites::bytes() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < in_use_; ++i)
    sum += parts_[i].bytes();
  return sum;
}

void SealedWrites::clear() {
  for (std::size_t i = 0; i < in_use_; ++i)
    parts_[i].clear();
  in_use_ = 0;
}

}  // namespace yujing::monitor

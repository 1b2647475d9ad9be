#include "monitor/sealed_writes.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>

namespace yujing::monitor {

namespace {

// Compares two keys by the eight bytes after what all of them share, most often enough; of equal
// keys the newest comes first.
struct Sortable {
  std::uint64_t head = 0;
  std::size_t age = 0;
  const PendingWrite* write = nullptr;
  bool operator<(const Sortable& other) const {
    if (head != other.head) return head < other.head;
    const int order = write->key.compare(other.write->key);
    return order != 0 ? order < 0 : age < other.age;
  }
};

// The bytes of `key` from `from` on as a number that sorts as they do.
std::uint64_t head_of(std::string_view key, std::size_t from) {
  std::uint64_t head = 0;
  for (std::size_t i = from; i < from + 8; ++i)
    head = head << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
  return head;
}

// How many bytes all keys begin with alike.
std::size_t shared_by_all(const std::vector<Sortable>& writes) {
  if (writes.empty()) return 0;
  const std::string_view first = writes.front().write->key;
  std::size_t shared = first.size();
  for (const Sortable& one : writes) {
    const std::string_view key = one.write->key;
    shared = std::min(shared, key.size());
    const auto end = key.begin() + static_cast<std::ptrdiff_t>(shared);
    shared = static_cast<std::size_t>(std::mismatch(key.begin(), end, first.begin()).first -
                                      key.begin());
  }
  return shared;
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
  const std::size_t shared = shared_by_all(order);
  for (Sortable& one : order)
    one.head = head_of(one.write->key, shared);
  std::ranges::sort(order, std::less<>());
  std::vector<const PendingWrite*> writes;
  writes.reserve(order.size());
  for (const Sortable& one : order) {
    if (writes.empty() || writes.back()->key != one.write->key) writes.push_back(one.write);
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

#include "monitor/pending_writes.h"

#include <algorithm>
#include <utility>

namespace yujing::monitor {

void PendingWrites::put(std::string_view key, std::size_t group_size,
                        std::optional<std::string_view> value) {
  const std::uint32_t hash = FlatIndex::hash(key);
  if (const std::optional<Number> known = number_of(hash, key)) {
    writes_[*known].value = keep(value);
    return;
  }
  const auto number = static_cast<Number>(writes_.size());
  const PendingWrite& write = writes_.emplace_back(PendingWrite{keep(key), keep(value)});
  by_key_.add(hash, number);
  InGroup& in_group = in_group_.emplace_back();
  if (group_size == 0) return;
  in_group.group_size = group_size;
  const std::string_view group = write.key.substr(0, group_size);
  const std::uint32_t group_hash = FlatIndex::hash(group);
  if (const std::optional<Number> last = last_of_group(group_hash, group)) {
    in_group.before = *last;
    by_group_.replace(group_hash, *last, number);
  } else {
    by_group_.add(group_hash, number);
  }
}

std::optional<PendingWrite> PendingWrites::find(std::string_view key) const {
  const std::optional<Number> number = number_of(FlatIndex::hash(key), key);
  if (!number) return std::nullopt;
  return writes_[*number];
}

std::vector<PendingWrite> PendingWrites::of_group(std::string_view group,
                                                  std::string_view prefix) const {
  std::vector<PendingWrite> found;
  std::optional<Number> last = last_of_group(FlatIndex::hash(group), group);
  for (Number at = last.value_or(FlatIndex::kNone); at != FlatIndex::kNone;
       at = in_group_[at].before) {
    if (writes_[at].key.starts_with(prefix)) found.push_back(writes_[at]);
  }
  std::sort(found.begin(), found.end(),
            [](const PendingWrite& a, const PendingWrite& b) { return a.key < b.key; });
  return found;
}

void PendingWrites::take_over(PendingWrites& later) {
  for (std::size_t i = 0; i < later.writes_.size(); ++i)
    put(later.writes_[i].key, later.in_group_[i].group_size, later.writes_[i].value);
  later.clear();
}

void PendingWrites::clear() {
  writes_.clear();
  in_group_.clear();
  by_key_.clear();
  by_group_.clear();
  block_ = used_ = bytes_ = 0;
}

std::optional<PendingWrites::Number> PendingWrites::number_of(std::uint32_t hash,
                                                              std::string_view key) const {
  return by_key_.find(hash, [&](Number number) { return writes_[number].key == key; });
}

std::optional<PendingWrites::Number> PendingWrites::last_of_group(std::uint32_t hash,
                                                                  std::string_view group) const {
  return by_group_.find(hash, [&](Number number) {
    return writes_[number].key.substr(0, in_group_[number].group_size) == group;
  });
}

// Copies into the block in use, or a further one.
std::string_view PendingWrites::keep(std::string_view bytes) {
  while (block_ < blocks_.size() && blocks_[block_].size - used_ < bytes.size()) {
    ++block_;
    used_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t size = std::max(kBlockBytes, bytes.size());
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    used_ = 0;
  }
  char* const copy = blocks_[block_].bytes.get() + used_;
  std::copy(bytes.begin(), bytes.end(), copy);  // nothing to copy may be no address at all
  used_ += bytes.size();
  bytes_ += bytes.size();
  return {copy, bytes.size()};
}

std::optional<std::string_view> PendingWrites::keep(std::optional<std::string_view> value) {
  if (!value) return std::nullopt;
  return keep(*value);
}

}  // namespace yujing::monitor

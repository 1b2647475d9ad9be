#include "monitor/pending_writes.h"

#include <algorithm>
#include <utility>

namespace yujing::monitor {

void PendingWrites::put(std::string_view key, std::size_t group_size,
                        std::optional<std::string_view> value) {
  const std::string_view group = key.substr(0, group_size);
  const std::uint32_t hash = FlatIndex::hash(group);
  const std::optional<Number> last = last_of_group(hash, group);
  if (last) {
    if (const std::optional<Number> known = in_group(*last, key)) {
      writes_[*known].value = keep(value);
      return;
    }
  }
  const auto number = static_cast<Number>(writes_.size());
  writes_.push_back({keep(key), keep(value)});
  in_group_.push_back({.group_size = static_cast<std::uint32_t>(group_size)});
  if (last) {
    add_to_group(*last, number);
    by_group_.replace(hash, *last, number);
  } else {
    by_group_.add(hash, number);
  }
}

std::optional<PendingWrite> PendingWrites::find(std::string_view key,
                                                std::size_t group_size) const {
  const std::string_view group = key.substr(0, group_size);
  const std::optional<Number> last = last_of_group(FlatIndex::hash(group), group);
  if (!last) return std::nullopt;
  const std::optional<Number> number = in_group(*last, key);
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

std::optional<PendingWrites::Number> PendingWrites::last_of_group(std::uint32_t hash,
                                                                  std::string_view group) const {
  return by_group_.find(hash, [&](Number number) {
    return writes_[number].key.substr(0, in_group_[number].group_size) == group;
  });
}

// Where in the group that ends with `last` the key is.
std::optional<PendingWrites::Number> PendingWrites::in_group(Number last,
                                                             std::string_view key) const {
  if (in_group_[last].length > kLookedThrough) {
    return by_key_.find(FlatIndex::hash(key),
                        [&](Number number) { return writes_[number].key == key; });
  }
  for (Number at = last; at != FlatIndex::kNone; at = in_group_[at].before) {
    if (writes_[at].key == key) return at;
  }
  return std::nullopt;
}

// `number` comes after `last`.
void PendingWrites::add_to_group(Number last, Number number) {
  in_group_[number].before = last;
  in_group_[number].length = in_group_[last].length + 1;
  if (in_group_[number].length <= kLookedThrough) return;
  const bool is_first = in_group_[last].length == kLookedThrough;
  for (Number at = number; at != FlatIndex::kNone; at = in_group_[at].before) {
    by_key_.add(FlatIndex::hash(writes_[at].key), at);
    if (!is_first) return;
  }
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

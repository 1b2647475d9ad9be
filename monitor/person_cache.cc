#include "monitor/person_cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace yujing::monitor {

std::optional<std::string_view> PersonCache::find(std::string_view psn_no) {
  const std::optional<Slot> row = find_row(FlatIndex::hash(psn_no), psn_no);
  if (!row) return std::nullopt;
  Head& found = head(*row);
  found.asked_for = 1;
  return std::string_view(at(*row) + sizeof(Head) + found.key_size, found.value_size);
}

void PersonCache::put(std::string_view psn_no, std::string_view state) {
  const std::uint32_t hash = FlatIndex::hash(psn_no);
  const std::size_t bytes = sizeof(Head) + psn_no.size() + state.size();
  const std::size_t units = (bytes + kUnitBytes - 1) / kUnitBytes;
  std::optional<Slot> row = find_row(hash, psn_no);
  if (row && head(*row).units < units) {
    let_go(*row);
    row.reset();
  }
  if (!row) {
    row = units <= kRowUnitsMax ? take_slot(units) : std::nullopt;
    if (!row) {
      holds_all_ = false;
      return;
    }
    index_.add(hash, *row);
    head(*row).taken = 1;
    head(*row).key_size = static_cast<std::uint16_t>(psn_no.size());
    std::memcpy(at(*row) + sizeof(Head), psn_no.data(), psn_no.size());
  }
  Head& written = head(*row);
  written.asked_for = 1;
  written.value_size = static_cast<std::uint32_t>(state.size()) & kValueSizeMax;
  std::memcpy(at(*row) + sizeof(Head) + psn_no.size(), state.data(), state.size());
}

// The index's place at once, and the row of the one who was expected some calls before, whose place
// is here by now.
void PersonCache::expect(std::string_view psn_no) {
  constexpr std::size_t kCacheLine = 64;
  constexpr std::size_t kRowBytes = 4 * kCacheLine;  // most rows have no more
  const std::uint32_t hash = FlatIndex::hash(psn_no);
  index_.fetch(hash);
  const std::uint32_t before = std::exchange(expected_[next_expected_], hash);
  next_expected_ = (next_expected_ + 1) % expected_.size();
  const std::optional<Slot> row = index_.find(before, [](Slot) { return true; });
  if (!row) return;
  for (std::size_t i = 0; i < kRowBytes; i += kCacheLine)
    __builtin_prefetch(at(*row) + i);
}

void PersonCache::clear() { *this = PersonCache(bytes_max_); }

char* PersonCache::at(Slot slot) const {
  return blocks_[slot / kBlockUnits].get() + slot % kBlockUnits * kUnitBytes;
}

PersonCache::Head& PersonCache::head(Slot slot) const {
  return *reinterpret_cast<Head*>(at(slot));  // slots begin at whole units
}

std::string_view PersonCache::key(Slot slot) const {
  return {at(slot) + sizeof(Head), head(slot).key_size};
}

std::optional<PersonCache::Slot> PersonCache::find_row(std::uint32_t hash,
                                                       std::string_view psn_no) const {
  return index_.find(hash, [&](Slot slot) { return key(slot) == psn_no; });
}

// A slot of at least so many units: a free one, an untouched one, or one that the hand frees.
std::optional<PersonCache::Slot> PersonCache::take_slot(std::size_t units) {
  if (const std::optional<Slot> slot = take_free(units)) return slot;
  const std::size_t untouched = blocks_.size() * kBlockUnits - untouched_;
  if (untouched < units && !add_block()) {
    for (int step = 0; step < kStepsMax && untouched_ > 0; ++step) {
      move_hand();
      if (const std::optional<Slot> slot = take_free(units)) return slot;
    }
    return std::nullopt;
  }
  const Slot slot = untouched_;
  untouched_ += static_cast<Slot>(units);
  head(slot).units = static_cast<std::uint16_t>(units);
  return slot;
}

// One that is up to half as large again will do.
std::optional<PersonCache::Slot> PersonCache::take_free(std::size_t units) {
  const std::size_t units_max = std::min(units + units / 2, kRowUnitsMax);
  for (std::size_t n = units; n <= units_max; ++n) {
    if (free_[n].empty()) continue;
    const Slot slot = free_[n].back();
    free_[n].pop_back();
    return slot;
  }
  return std::nullopt;
}

// False: there is no memory for one. What is left of the block before becomes free slots.
bool PersonCache::add_block() {
  if ((blocks_.size() + 1) * kBlockUnits * kUnitBytes > bytes_max_) return false;
  while (untouched_ < blocks_.size() * kBlockUnits) {
    const std::size_t units = std::min(blocks_.size() * kBlockUnits - untouched_, kRowUnitsMax);
    make_free(untouched_, units);
    untouched_ += static_cast<Slot>(units);
  }
  blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlockUnits * kUnitBytes));
  return true;
}

void PersonCache::let_go(Slot slot) {
  index_.remove(FlatIndex::hash(key(slot)), slot);
  make_free(slot, head(slot).units);
}

// Looks at one slot after the other, over and over: a row that was asked for stays for this round.
void PersonCache::move_hand() {
  if (hand_ >= untouched_) hand_ = 0;
  Head& row = head(hand_);
  const Slot slot = hand_;
  hand_ += row.units;
  if (row.taken == 0) return;
  if (row.asked_for != 0) {
    row.asked_for = 0;
    return;
  }
  let_go(slot);
  holds_all_ = false;
}

void PersonCache::make_free(Slot slot, std::size_t units) {
  head(slot).taken = 0;
  head(slot).units = static_cast<std::uint16_t>(units);
  free_[units].push_back(slot);
}

}  // namespace yujing::monitor

#include "consumer/follower.h"

#include <filesystem>
#include <utility>

namespace yujing::consumer {

using monitor::LedgerItem;
using monitor::PersonState;
using monitor::Store;
using thresholds::Result;

Follower::Follower(Options options, LedgerReader::Log log)
    : options_(std::move(options)), reader_(options_.kafka, std::move(log)) {}
Follower::~Follower() = default;

Result<bool> Follower::open_stores(const GoOn& go_on) {
  const auto count = reader_.partition_count([&] { return go_on(0, {}); });
  if (!count) return tl::unexpected(count.error());
  if (!*count) return false;
  monitor::StoreOptions how;
  how.durability = monitor::Durability::kLedger;
  how.cache_bytes = options_.cache_bytes / static_cast<std::size_t>(**count);
  how.memtable_bytes = options_.memtable_bytes;
  std::vector<std::unique_ptr<Store>> stores;
  for (std::int32_t partition = 0; partition < **count; ++partition) {
    const auto folder = std::filesystem::path(options_.folder) / std::to_string(partition);
    auto store = Store::open(folder.string(), Store::Mode::kWriter, how);
    if (!store) return tl::unexpected(std::move(store.error()));
    stores.push_back(std::move(*store));
  }
  stores_ = std::move(stores);
  return true;
}

Result<bool> Follower::catch_up(const GoOn& go_on) {
  if (stores_.empty()) {
    const Result<bool> opened = open_stores(go_on);
    if (!opened || !*opened) return opened;
  }
  for (std::int32_t partition = 0; partition < std::ssize(stores_); ++partition) {
    const auto bounds = reader_.bounds(partition, [&] { return go_on(partition, {}); });
    if (!bounds) return tl::unexpected(bounds.error());
    if (!*bounds) return false;
    const auto done = reader_.restore(
        partition, *stores_[static_cast<std::size_t>(partition)], (*bounds)->decided,
        [&](const RestoreProgress& progress) { return go_on(partition, progress); });
    if (!done) return tl::unexpected(done.error());
    if (done->reached < (*bounds)->decided) return false;
  }
  return true;
}

Result<std::optional<PersonState>> Follower::person(std::string_view psn_no) {
  for (const auto& store : stores_) {
    auto state = store->person(psn_no);
    if (!state || state->has_value()) return state;
  }
  return std::optional<PersonState>();
}

Result<void> Follower::items(std::string_view psn_no,
                             const std::function<void(const LedgerItem&)>& visit) {
  for (const auto& store : stores_) {
    if (auto done = store->items(psn_no, visit); !done) return done;
  }
  return {};
}

Result<void> Follower::flush() {
  for (const auto& store : stores_) {
    if (auto done = store->flush(); !done) return done;
  }
  return {};
}

}  // namespace yujing::consumer

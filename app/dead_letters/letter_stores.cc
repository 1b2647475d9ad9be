#include "app/dead_letters/letter_stores.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using monitor::Store;
using thresholds::Result;

// The number a folder is named by; nullopt: it is another folder.
std::optional<std::int32_t> partition_of(const fs::path& folder) {
  const std::string name = folder.filename().string();
  std::int32_t number = 0;
  const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (failed != std::errc() || end != name.data() + name.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

Result<LetterStores> LetterStores::open(const std::string& path) {
  LetterStores all;
  const auto add = [&](std::optional<std::int32_t> partition, const std::string& folder) {
    auto store = Store::open(folder, Store::Mode::kReader);
    if (!store) return Result<void>(tl::unexpected(std::move(store.error())));
    all.stores_.push_back({partition, std::move(*store)});
    return Result<void>();
  };
  std::error_code ended;
  for (fs::directory_iterator at(path, ended), end; !ended && at != end; at.increment(ended)) {
    const auto partition = partition_of(at->path());
    if (!partition || !fs::exists(at->path() / "CURRENT", ended)) continue;
    if (auto done = add(partition, at->path().string()); !done) return tl::unexpected(done.error());
  }
  if (all.stores_.empty()) {
    if (auto done = add(std::nullopt, path); !done) return tl::unexpected(done.error());
  }
  return all;
}

Result<Store*> LetterStores::store_of(std::string_view psn_no) const {
  if (stores_.size() > 1) {
    for (const auto& kept : stores_) {
      auto state = kept.store->person(psn_no);
      if (!state) return tl::unexpected(std::move(state.error()));
      if (state->has_value()) return kept.store.get();
    }
  }
  return stores_.front().store.get();
}

}  // namespace yujing::app

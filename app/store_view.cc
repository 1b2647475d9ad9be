#include "app/store_view.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "monitor/statistics.h"

namespace yujing::app {

using monitor::Entry;
using monitor::PersonState;
using monitor::Store;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

namespace fs = std::filesystem;

bool holds_store(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "CURRENT", ignored);
}

// The folders of the partitions' stores, by number.
std::map<std::int32_t, std::string> partition_folders(const std::string& path) {
  constexpr std::size_t kDigitsMax = 9;
  std::map<std::int32_t, std::string> folders;
  std::error_code failed;
  for (fs::directory_iterator at(path, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    const bool is_number = name.size() <= kDigitsMax &&
                           std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
    if (is_number && holds_store(at->path())) folders.emplace(std::stoi(name), at->path().string());
  }
  return folders;
}

struct EntryRow {
  std::string psn_no;
  std::string setl_id;
  Entry entry;
};

// Rows of one store that are the next in a walk over all. A piece holds all rows of its persons.
template <class Row>
struct Piece {
  Store* store = nullptr;
  std::vector<Row> rows;
  std::size_t next = 0;

  [[nodiscard]] const Row& row() const { return rows[next]; }
};
constexpr std::size_t kPieceRows = 256;

Result<void> fetch(Store& store, const std::string& after, std::vector<PersonState>& rows) {
  return store.persons(after, [&](const PersonState& state) {
    rows.push_back(state);
    return rows.size() < kPieceRows;
  });
}

Result<void> fetch(Store& store, const std::string& after, std::vector<EntryRow>& rows) {
  return store.entries(after,
                       [&](std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
                         if (rows.size() >= kPieceRows && rows.back().psn_no != psn_no)
                           return false;
                         rows.push_back({std::string(psn_no), std::string(setl_id), entry});
                         return true;
                       });
}

// Goes through the rows of all stores in the order of psn_no; `visit(row, store)` says whether to
// go on.
template <class Row, class Visit>
Result<void> merge(const std::vector<KeptStore>& stores, Visit visit) {
  std::vector<Piece<Row>> pieces;
  for (const KeptStore& kept : stores) {
    Piece<Row>& piece = pieces.emplace_back();
    piece.store = kept.store.get();
    if (auto done = fetch(*piece.store, {}, piece.rows); !done) return done;
  }
  while (true) {
    std::erase_if(pieces, [](const Piece<Row>& piece) { return piece.rows.empty(); });
    if (pieces.empty()) return {};
    Piece<Row>& first = *std::ranges::min_element(
        pieces, {}, [](const Piece<Row>& piece) { return piece.row().psn_no; });
    if (!visit(first.row(), *first.store)) return {};
    if (++first.next < first.rows.size()) continue;
    const std::string after = first.rows.back().psn_no;
    first.rows.clear();
    first.next = 0;
    if (auto done = fetch(*first.store, after, first.rows); !done) return done;
  }
}

}  // namespace

std::vector<StoreFolder> store_folders(const std::string& path) {
  std::vector<StoreFolder> folders;
  if (!holds_store(path)) {
    for (auto& [partition, folder] : partition_folders(path))
      folders.push_back({partition, std::move(folder)});
  }
  if (folders.empty()) folders.push_back({std::nullopt, path});
  return folders;
}

Result<void> check_store_kind(const std::string& path, Stream stream) {
  const bool is_kafka = stream == Stream::kKafka;
  const bool holds_other = is_kafka ? holds_store(path) : !partition_folders(path).empty();
  if (!holds_other) return {};
  return fail(ErrorCode::kConfiguration,
              fmt::format("store {}: holds {}, and `source.kind` is `{}`; name another `store`, or "
                          "set `source` as it was",
                          path,
                          is_kafka ? "the store of a run that reads files"
                                   : "the stores of a run that reads Kafka, one a partition",
                          is_kafka ? "kafka" : "file"));
}

Result<StoreView> StoreView::open(const std::string& path) {
  StoreView view;
  for (const StoreFolder& folder : store_folders(path)) {
    auto store = Store::open(folder.path, Store::Mode::kReader);
    if (!store) return tl::unexpected(std::move(store.error()));
    view.stores_.push_back({folder.partition, std::move(*store)});
  }
  return view;
}

Result<Store*> StoreView::store_of(std::string_view psn_no) const {
  Store* const any = stores_.front().store.get();
  if (stores_.size() == 1) return any;
  for (const KeptStore& kept : stores_) {
    auto state = kept.store->person(psn_no);
    if (!state) return tl::unexpected(std::move(state.error()));
    if (state->has_value()) return kept.store.get();
  }
  return any;
}

Result<void> StoreView::persons(
    const std::function<bool(const PersonState&, Store&)>& visit) const {
  if (stores_.size() > 1) return merge<PersonState>(stores_, visit);
  Store& only = *stores_.front().store;
  return only.persons({}, [&](const PersonState& state) { return visit(state, only); });
}

Result<void> StoreView::entries(const VisitEntry& visit) const {
  if (stores_.size() == 1) return stores_.front().store->entries({}, visit);
  return merge<EntryRow>(stores_, [&](const EntryRow& row, Store&) {
    return visit(row.psn_no, row.setl_id, row.entry);
  });
}

std::uint64_t StoreView::person_count() const {
  std::uint64_t persons = 0;
  for (const KeptStore& kept : stores_) {
    const auto note = kept.store->note(monitor::kStatisticsNote);
    if (note && note->has_value()) persons += monitor::decode_statistics(**note).persons;
  }
  return persons;
}

}  // namespace yujing::app

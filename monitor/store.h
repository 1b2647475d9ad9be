// The store: RocksDB behind one small interface. It keeps ledger entries, person states, the index
// of reversals and named notes (positions, lengths, statistics). Keys and bytes: monitor/FORMAT.md.
//
// One writer. Changes collect in a batch that later reads of the same Store see; commit() makes all
// of it durable at once (WAL synced), or none of it. Readers beside a running writer open with
// kReader and see the last committed state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/book.h"
#include "monitor/ledger.h"
#include "monitor/person_state.h"
#include "thresholds/result.h"

namespace rocksdb {
class FileSystem;
}

namespace yujing::monitor {

struct StoreOptions {
  std::size_t memtable_bytes = 64ULL << 20;    // of each column family, before it becomes a table
  std::shared_ptr<rocksdb::FileSystem> files;  // null: those of the machine
};

class Store {
 public:
  enum class Mode : std::uint8_t { kWriter, kReader };

  // Errors: kUnavailable when another process writes to it, the disk is full or cannot be read;
  // kConfiguration when it was written by a newer program or does not exist (kReader); kInput when
  // its files are damaged.
  [[nodiscard]] static thresholds::Result<std::unique_ptr<Store>> open(
      const std::string& path, Mode mode, const StoreOptions& options = {});
  ~Store();

  [[nodiscard]] thresholds::Result<std::optional<PersonState>> person(std::string_view psn_no);
  // The settlement id's entries folded; nullopt: never seen.
  [[nodiscard]] thresholds::Result<std::optional<LedgerItem>> item(std::string_view psn_no,
                                                                   std::string_view setl_id);
  // Every settlement of the person, in no order. `visit` must not write, nor read the store.
  [[nodiscard]] thresholds::Result<void> items(std::string_view psn_no,
                                               const std::function<void(const LedgerItem&)>& visit);
  // The same of one visit, and perhaps some others.
  [[nodiscard]] thresholds::Result<void> items_of_visit(
      std::string_view psn_no, std::string_view mdtrt_id,
      const std::function<void(const LedgerItem&)>& visit);
  // The person's book, which is held once items() was asked for a person of very many settlements;
  // null when it is not. Valid until the next commit() or items().
  [[nodiscard]] Book* book(std::string_view psn_no);
  // What settlements are folded by has changed: accounts in books are no longer true.
  void forget_accounts();
  // setl_ids of reversals that name `target` (a setl_id or a mdtrt_id).
  [[nodiscard]] thresholds::Result<std::vector<std::string>> reversals(std::string_view psn_no,
                                                                       ReversalKey key,
                                                                       std::string_view target);
  [[nodiscard]] thresholds::Result<std::optional<std::string>> note(std::string_view name);

  void put_person(const PersonState& state);
  // The first entry of a settlement id.
  void put_first(const Delivery& delivery, bool counts);
  void put_entry(std::string_view psn_no, std::string_view setl_id, const Entry& entry);
  void put_reversal(std::string_view psn_no, ReversalKey key, std::string_view target,
                    std::string_view setl_id);
  void put_note(std::string_view name, std::string_view bytes);
  // After an error nothing more is written: close the store and open it again, which tells whether
  // this batch is in it.
  [[nodiscard]] thresholds::Result<void> commit();

  // Of what is committed: all persons by psn_no, from after `after` on; stops when `visit` says
  // false.
  [[nodiscard]] thresholds::Result<void> persons(
      std::string_view after, const std::function<bool(const PersonState&)>& visit);
  // Of what is committed: all entries in key order (psn_no, setl_id, seq).
  [[nodiscard]] thresholds::Result<void> entries(
      const std::function<bool(std::string_view psn_no, std::string_view setl_id, const Entry&)>&
          visit);
  // Reads every block of every file against its checksum.
  [[nodiscard]] thresholds::Result<void> verify_checksums();
  [[nodiscard]] std::uint64_t bytes() const;  // on disk, about

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::monitor

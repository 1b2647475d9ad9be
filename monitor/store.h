// The store: RocksDB behind one small interface. It keeps ledger entries, person states, the index
// of reversals and named notes (positions, lengths, statistics). Keys and bytes: monitor/FORMAT.md.
//
// One writer, one thread but for write_sealed() and the threads that a store makes itself. Changes
// collect in a batch that later reads of the same Store see; commit() writes all of it at once, or
// none of it, and discard() drops it. Readers beside a running writer open with kReader and see the
// last commit that is on the disk.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
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

// How long a commit lasts. A store remembers which of the two it was made for.
enum class Durability : std::uint8_t {
  kLog,     // it is on the disk, in the store's own log, when commit() returns
  kLedger,  // until the process ends; on the disk with the next flush(), or some time before:
            // many commits become tables together, since states of the same persons come again and
            // again, on a thread of its own. What a kill leaves is the store after an earlier
            // commit, whole: who commits keeps each commit's writes elsewhere and brings the store
            // forward from there
};

struct StoreOptions {
  Durability durability = Durability::kLog;
  // Of changes in memory before they become a table: kLog of each column family, kLedger of all
  // together, and no more than 24 MiB.
  std::size_t memtable_bytes = 64ULL << 20;
  // Of the states of persons kept in memory. Blocks of tables take an eighth of it more, books of
  // persons with very many settlements at most half of it.
  std::size_t cache_bytes = 1ULL << 30;
  std::shared_ptr<rocksdb::FileSystem> files;  // null: those of the machine
  bool must_exist = false;                     // kWriter: not made where there is none
};

// A key of any family and what lies under it, as bytes that another store takes as they are.
struct StoreWrite {
  std::string_view key;                   // the family's letter, then its key (FORMAT.md)
  std::optional<std::string_view> value;  // nullopt: the key is deleted
};

class Store {
 public:
  enum class Mode : std::uint8_t { kWriter, kReader };

  // Errors: kUnavailable when another process writes to it, the disk is full or cannot be read;
  // kConfiguration when it was written by a newer program, does not exist (kReader) or was made for
  // another durability (kWriter); kInput when its files are damaged.
  [[nodiscard]] static thresholds::Result<std::unique_ptr<Store>> open(
      const std::string& path, Mode mode, const StoreOptions& options = {});
  ~Store();

  [[nodiscard]] thresholds::Result<std::optional<PersonState>> person(std::string_view psn_no);
  // Into `state`, whose memory is used again. False: not known, and `state` is as it was.
  [[nodiscard]] thresholds::Result<bool> person(std::string_view psn_no, PersonState& state);
  // The person is going to be asked for, after kExpected others or so: has the processor fetch what
  // is in memory of them.
  static constexpr std::size_t kExpected = 16;
  void expect(std::string_view psn_no);
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
  // What commit() is going to write, each key once; the batch stays. The views last until
  // `visit` returns.
  [[nodiscard]] thresholds::Result<void> pending(
      const std::function<void(const StoreWrite&)>& visit);
  // Adds what another store wrote to the batch. kInput: a key is none of a store.
  [[nodiscard]] thresholds::Result<void> restore(std::span<const StoreWrite> writes);
  // After an error nothing more is written: close the store and open it again, which tells whether
  // this batch is in it.
  [[nodiscard]] thresholds::Result<void> commit();
  // Drops the batch: the store answers as after the last commit. An engine that worked on it must
  // go, too: what it holds of persons and statistics came from the batch.
  void discard();
  // Brings all commits to the disk, which kLedger wants on a clean stop. Errors as of commit().
  [[nodiscard]] thresholds::Result<void> flush();
  // Begins to do so, and waits only for what was begun before. What goes wrong there, a later call
  // says.
  [[nodiscard]] thresholds::Result<void> flush_soon();

  // commit() of a kLog store in two steps. seal() closes the batch: what is put from here on
  // belongs to the next, and reads see both. Then another thread may make the sealed batch durable
  // by write_sealed(), beside everything but seal() and commit(). Errors as of commit(). REQUIRES:
  // what was sealed before was written.
  void seal();
  [[nodiscard]] thresholds::Result<void> write_sealed();

  // Of what is committed: all persons by psn_no, from after `after` on; stops when `visit` says
  // false.
  [[nodiscard]] thresholds::Result<void> persons(
      std::string_view after, const std::function<bool(const PersonState&)>& visit);
  // Of what is committed: all entries in key order (psn_no, setl_id, seq), of the persons from
  // after `after` on; stops when `visit` says false.
  [[nodiscard]] thresholds::Result<void> entries(
      std::string_view after,
      const std::function<bool(std::string_view psn_no, std::string_view setl_id, const Entry&)>&
          visit);
  // Of what is committed: everything in the order of keys, from after the key `after` on, but for
  // what the store says of itself. Put into another store by restore(), it makes that one equal.
  // Stops when `visit` says false.
  [[nodiscard]] thresholds::Result<void> records(
      std::string_view after, const std::function<bool(const StoreWrite&)>& visit);
  // Reads every block of every file against its checksum.
  [[nodiscard]] thresholds::Result<void> verify_checksums();
  // Writes every table anew, without what later writes stand for; tells before each part how many
  // of how many are done. After an error as after one of commit(). Takes as long as writing the
  // store, and as much room again on the disk meanwhile.
  [[nodiscard]] thresholds::Result<void> compact(
      const std::function<void(std::size_t done, std::size_t all)>& progress);
  [[nodiscard]] std::uint64_t bytes() const;  // on disk, about
  // How long commits have waited for those before to be written, since the opening.
  [[nodiscard]] std::chrono::microseconds write_stall() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  [[nodiscard]] thresholds::Result<void> make();
  [[nodiscard]] thresholds::Result<void> check_durability();
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::monitor

// RocksDB as the store uses it: how it is set up and opened, and what its errors mean to us. Seen
// by store.cc alone.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>

#include "monitor/disk.h"
#include "monitor/sealed_writes.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::monitor {

// In the order of their letters, which stand before a key where those of all families lie together.
enum Family : std::size_t { kLedger, kNotes, kPersons, kReversals, kFamilies };
inline constexpr std::string_view kFamilyLetters = "lnpr";
using FamilyWrites = std::array<SealedWrites, kFamilies>;

// An open database; closed, with all that belongs to it, when the object goes.
struct Database {
  Database() = default;
  Database(Database&&) = default;
  Database& operator=(Database&&) = delete;
  ~Database();

  // All of the writes are on the disk, or an error says why perhaps none of them is: then nothing
  // more can be written. kLog: they are in the log, and in memory until there is a table's worth.
  // kLedger, whose writes come many at a time: tables of their own, at once.
  [[nodiscard]] thresholds::Result<void> write(const FamilyWrites& writes) const;
  // kLog: all that was written is in tables; errors as above.
  [[nodiscard]] thresholds::Result<void> flush() const;
  // Puts all of a family into its last level, as small as it gets. Errors as of write().
  [[nodiscard]] thresholds::Result<void> compact(Family family) const;
  // `status`, which is not ok, for an administrator: what went wrong while `doing` it, and what to
  // do.
  [[nodiscard]] thresholds::Error error_of(const rocksdb::Status& status,
                                           std::string_view doing) const;

  std::string path;
  Durability durability = Durability::kLog;  // of a writer
  std::shared_ptr<Disk> disk;                // of a writer
  std::unique_ptr<rocksdb::Env> env;         // of a writer, over `disk`
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // by Family
};

// Errors as Store::open says them. A writer's database is made where there is none.
[[nodiscard]] thresholds::Result<Database> open_writer(const std::string& path,
                                                       const StoreOptions& options);
[[nodiscard]] thresholds::Result<Database> open_reader(const std::string& path);

}  // namespace yujing::monitor

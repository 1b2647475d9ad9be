// RocksDB as the store uses it: how it is set up and opened, and what its errors mean to us. Seen
// by store.cc alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <rocksdb/db.h>

#include "monitor/disk.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::monitor {

enum Family : std::size_t { kNotes, kLedger, kPersons, kReversals, kFamilies };

// An open database; closed, with all that belongs to it, when the object goes.
struct Database {
  Database() = default;
  Database(Database&&) = default;
  Database& operator=(Database&&) = delete;
  ~Database();

  // All of the batch is on the disk, or an error says why perhaps nothing of it is: then nothing
  // more can be written.
  [[nodiscard]] thresholds::Result<void> write(rocksdb::WriteBatch& batch) const;
  // `status`, which is not ok, for an administrator: what went wrong while `doing` it, and what to
  // do.
  [[nodiscard]] thresholds::Error error_of(const rocksdb::Status& status,
                                           std::string_view doing) const;

  std::string path;
  std::shared_ptr<Disk> disk;         // of a writer
  std::unique_ptr<rocksdb::Env> env;  // of a writer, over `disk`
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // by Family
};

// Errors as Store::open says them. A writer's database is made where there is none.
[[nodiscard]] thresholds::Result<Database> open_writer(const std::string& path,
                                                       const StoreOptions& options);
[[nodiscard]] thresholds::Result<Database> open_reader(const std::string& path);

}  // namespace yujing::monitor

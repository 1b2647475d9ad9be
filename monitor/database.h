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

#include "thresholds/result.h"

namespace yujing::monitor {

enum Family : std::size_t { kNotes, kLedger, kPersons, kReversals, kFamilies };

// An open database; closed, with all that belongs to it, when the object goes.
struct Database {
  Database() = default;
  Database(Database&&) = default;
  Database& operator=(Database&&) = delete;
  ~Database();

  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // by Family
};

// Errors as Store::open says them. A writer's database is made where there is none.
[[nodiscard]] thresholds::Result<Database> open_writer(const std::string& path);
[[nodiscard]] thresholds::Result<Database> open_reader(const std::string& path);

// `status`, which is not ok, for an administrator: what went wrong while `doing` it, and what to
// do.
[[nodiscard]] thresholds::Error error_of(const rocksdb::Status& status, const std::string& path,
                                         std::string_view doing);

}  // namespace yujing::monitor

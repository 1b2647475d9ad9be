#include "monitor/database.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdarg>
#include <filesystem>
#include <initializer_list>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include "monitor/commit_mark.h"

namespace yujing::monitor {

using thresholds::Error;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// (RocksDB has a constant for "default", which may be made later than this list.)
const std::array<std::string, kFamilies> kFamilyNames = {"ledger", "default", "persons",
                                                         "reversals"};

struct Memory {
  std::size_t memtable_bytes;
  std::size_t block_cache_bytes;
  bool index_in_cache;
  int bloom_bits;  // a key; 0: none
};
Memory writer_memory(const StoreOptions& options) {
  return {options.memtable_bytes, options.cache_bytes / 8, true, 10};
}
// A reader goes through the store in order, mostly once, and asks for few single keys: a block is
// of use only while it is read. Its cache is smaller than an index block may be.
Memory reader_memory() { return {StoreOptions{}.memtable_bytes, 4ULL << 20, false, 0}; }

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache,
                                            const Memory& memory) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  if (memory.bloom_bits > 0)
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(memory.bloom_bits));
  table.format_version = 5;
  table.block_size = 16U << 10;  // each block costs; a person's entries are read in a row
  table.cache_index_and_filter_blocks = memory.index_in_cache;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = memory.memtable_bytes;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  // A batch comes sorted: each key is looked for from where the one before went in.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(1));
  return options;
}

// The library's own log is not kept: it would be written past Disk, and a reader has no business in
// the writer's folder.
class Silent : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.info_log = std::make_shared<Silent>();
  // The log ends where its records cease to be whole: a power cut can leave the last one torn or
  // with holes. CommitMark tells that from a damaged record, which would take commits with it.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> all_families(const Memory& memory) {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(memory.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  descriptors.reserve(kFamilies);
  for (const std::string& name : kFamilyNames) {
    descriptors.emplace_back(name, family_options(cache, memory));
  }
  return descriptors;
}

bool says(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// Files that a running writer puts away while they are being opened are not damage: try again.
constexpr int kReaderTries = 40;
constexpr auto kReaderPause = std::chrono::milliseconds(50);

// The write-ahead logs there are. The library reads the list of tables first and these afterwards:
// a log that was put away in between, its records now in a table of a newer list, would be a hole
// in what is read. Logs that are the same before and after the opening leave no such hole.
std::set<std::string> logs_in(const std::string& path) {
  std::set<std::string> logs;
  std::error_code failed;
  for (std::filesystem::directory_iterator at(path, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->path().extension() == ".log") logs.insert(at->path().filename().string());
  }
  return logs;
}

Error message_of(const rocksdb::Status& status, const std::string& path, std::string_view doing) {
  const std::string text = status.ToString();
  if (status.IsCorruption()) {
    return {ErrorCode::kInput, fmt::format("store {}: damaged while {} ({}): restore it from a "
                                           "copy, or delete it and read the source "
                                           "again from the start",
                                           path, doing, text)};
  }
  if (status.IsNoSpace() ||
      says(text, {"No space left", "Disk quota exceeded", "File too large"})) {
    return {
        ErrorCode::kUnavailable,
        fmt::format("store {}: the disk is full ({}); nothing is lost: make room and start again",
                    path, text)};
  }
  if (says(text, {"Read-only file system"})) {
    return {ErrorCode::kUnavailable,
            fmt::format("store {}: the disk is read-only ({}); nothing is lost: make it writable "
                        "and start again",
                        path, text)};
  }
  if (says(text, {"While lock file", "lock hold by current process"})) {
    return {
        ErrorCode::kUnavailable,
        fmt::format(
            "store {}: in use by another process; stop that one first, or give this one another "
            "`store` ({})",
            path, text)};
  }
  return {ErrorCode::kUnavailable,
          fmt::format("store {}: cannot go on {} ({}); check the disk and the rights of the folder",
                      path, doing, text)};
}

// A database that ends before the mark of its last commit.
Error error_of_lost_commits(const std::string& path) {
  return message_of(rocksdb::Status::Corruption("the log ends before the last commit"), path,
                    "opening");
}

Error error_of_no_store(const std::string& path) {
  return {ErrorCode::kConfiguration,
          fmt::format("store {}: there is none yet; start `yujing run` first, or mend `store` "
                      "in the settings",
                      path)};
}

bool is_store(const std::string& path) {
  return std::filesystem::exists(std::filesystem::path(path) / "CURRENT");
}

// Synced when it returns.
rocksdb::Status write_log(const Database& to, const FamilyWrites& writes) {
  constexpr std::size_t kRecordBytes = 12;  // around a key and its value, most often
  std::size_t room = 0;
  for (const SealedWrites& of_family : writes)
    room += of_family.bytes() + of_family.size() * kRecordBytes;
  rocksdb::WriteBatch batch(room);
  for (std::size_t f = 0; f < kFamilies; ++f) {
    for (const PendingWrite* write : writes[f].sorted()) {
      const rocksdb::Status put = write->value
                                      ? batch.Put(to.families[f], write->key, *write->value)
                                      : batch.Delete(to.families[f], write->key);
      CHECK(put.ok());
    }
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  return to.db->Write(options, &batch);
}

// What lies about in memory is asked for some writes before its turn, and is there by then. Always
// inline: the compiler leaves out a call that changes nothing.
[[gnu::always_inline]] inline void fetch_ahead(const std::vector<const PendingWrite*>& sorted,
                                               std::size_t at) {
  constexpr std::size_t kAhead = 8;
  constexpr std::size_t kCacheLine = 64;
  if (at + 2 * kAhead < sorted.size()) __builtin_prefetch(sorted[at + 2 * kAhead]);
  if (at + kAhead >= sorted.size()) return;
  const PendingWrite& write = *sorted[at + kAhead];
  __builtin_prefetch(write.key.data());
  if (!write.value) return;
  for (std::size_t i = 0; i < write.value->size(); i += kCacheLine)
    __builtin_prefetch(write.value->data() + i);
}

rocksdb::Status write_table(const Database& to, rocksdb::ColumnFamilyHandle* family,
                            const SealedWrites& writes, const std::string& file) {
  rocksdb::Options options = to.db->GetOptions(family);
  options.bottommost_compression = rocksdb::kDisableCompressionOption;  // that is for later
  rocksdb::SstFileWriter table(rocksdb::EnvOptions(), options, family,
                               /*invalidate_page_cache=*/false);
  // One that a kill left may be a table of the database already, under its second name.
  rocksdb::Status status =
      to.env->FileExists(file).ok() ? to.env->DeleteFile(file) : rocksdb::Status();
  if (status.ok()) status = table.Open(file);
  const std::vector<const PendingWrite*> sorted = writes.sorted();
  for (std::size_t i = 0; i < sorted.size() && status.ok(); ++i) {
    fetch_ahead(sorted, i);
    const PendingWrite& write = *sorted[i];
    status = write.value ? table.Put(write.key, *write.value) : table.Delete(write.key);
  }
  return status.ok() ? table.Finish() : status;
}

// Tables of all families or of none are in the database when it returns.
rocksdb::Status write_tables(const Database& to, const FamilyWrites& writes) {
  // Waits where the library wants writers to wait, and tells what went wrong behind our back.
  rocksdb::WriteBatch nothing;
  rocksdb::WriteOptions without_log;
  without_log.disableWAL = true;
  rocksdb::Status status = to.db->Write(without_log, &nothing);
  std::vector<rocksdb::IngestExternalFileArg> tables;
  for (std::size_t f = 0; f < kFamilies && status.ok(); ++f) {
    if (writes[f].empty()) continue;
    rocksdb::IngestExternalFileArg table;
    table.column_family = to.families[f];
    table.external_files = {fmt::format("{}/{}.coming", to.path, kFamilyNames[f])};
    table.options.move_files = true;
    table.options.write_global_seqno = false;  // it stands in the list of tables
    status = write_table(to, table.column_family, writes[f], table.external_files.front());
    tables.push_back(std::move(table));
  }
  // On a disk that stands still they are not what they seem.
  if (!status.ok() || tables.empty() || to.disk->still()) return status;
  return to.db->IngestExternalFiles(tables);
}

}  // namespace

Database::~Database() {
  for (auto* handle : families)
    (void)db->DestroyColumnFamilyHandle(handle);
  if (db != nullptr) (void)db->Close();
}

Result<void> Database::write(const FamilyWrites& writes) const {
  const rocksdb::Status status =
      durability == Durability::kLog ? write_log(*this, writes) : write_tables(*this, writes);
  if (!status.ok() || disk->still()) return tl::unexpected(error_of(status, "writing"));
  return {};
}

Result<void> Database::flush() const {
  const rocksdb::Status status = db->Flush(rocksdb::FlushOptions(), families);
  if (!status.ok() || disk->still()) return tl::unexpected(error_of(status, "writing"));
  return {};
}

Result<void> Database::compact(Family family) const {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Status status = db->CompactRange(options, families[family], nullptr, nullptr);
  if (!status.ok() || disk->still()) return tl::unexpected(error_of(status, "compacting"));
  return {};
}

Error Database::error_of(const rocksdb::Status& status, std::string_view doing) const {
  // What goes wrong on a disk that stands still goes wrong because of that.
  const bool still = disk != nullptr && disk->still();
  return message_of(still ? disk->trouble() : status, path, still ? "writing" : doing);
}

Result<Database> open_writer(const std::string& path, const StoreOptions& options) {
  if (options.must_exist && !is_store(path)) return tl::unexpected(error_of_no_store(path));
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) {
    return tl::unexpected(message_of(
        rocksdb::Status::IOError("the folder cannot be made", failed.message()), path, "opening"));
  }
  const std::uint64_t mark = CommitMark::read(path);
  Database opened;
  opened.path = path;
  opened.durability = options.durability;
  opened.disk = std::make_shared<Disk>(options.files != nullptr ? options.files
                                                                : rocksdb::FileSystem::Default());
  opened.env = rocksdb::NewCompositeEnv(opened.disk);
  rocksdb::DBOptions database = database_options();
  database.env = opened.env.get();
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(
      database, path, all_families(writer_memory(options)), &opened.families, &db);
  opened.db.reset(db);
  if (!status.ok() || opened.disk->still()) {
    return tl::unexpected(opened.error_of(status, "opening"));
  }
  if (db->GetLatestSequenceNumber() < mark) return tl::unexpected(error_of_lost_commits(path));
  return opened;
}

Result<Database> open_reader(const std::string& path) {
  if (!is_store(path)) return tl::unexpected(error_of_no_store(path));
  rocksdb::DBOptions options = database_options();
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  options.max_open_files = -1;  // all opened at once: then they may be put away
  rocksdb::Status status;
  bool complete = false;
  for (int i = 0; i < kReaderTries; ++i) {
    if (i > 0) std::this_thread::sleep_for(kReaderPause);
    const std::uint64_t mark = CommitMark::read(path);
    const std::set<std::string> logs = logs_in(path);
    Database opened;
    opened.path = path;
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::OpenForReadOnly(options, path, all_families(reader_memory()),
                                          &opened.families, &db);
    if (status.ok()) {
      opened.db.reset(db);
      complete = logs_in(path) == logs;
      if (complete && db->GetLatestSequenceNumber() >= mark) return opened;
      continue;
    }
    if (status.ToString().find("No such file") == std::string::npos) break;
  }
  if (!status.ok()) return tl::unexpected(message_of(status, path, "opening"));
  if (complete) return tl::unexpected(error_of_lost_commits(path));
  return fail(ErrorCode::kUnavailable,
              fmt::format("store {}: whoever writes to it changes its files faster than they can "
                          "be opened; try again",
                          path));
}

}  // namespace yujing::monitor

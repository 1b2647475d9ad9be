#include "monitor/store.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdarg>
#include <filesystem>
#include <thread>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include "monitor/commit_mark.h"
#include "monitor/store_keys.h"

namespace yujing::monitor {

using thresholds::Error;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// Written with every store; a program refuses a higher number than its own.
constexpr int kFormat = 1;
constexpr std::string_view kFormatNote = "format";

enum Family : std::size_t { kNotes, kLedger, kPersons, kReversals, kFamilies };
const std::array<std::string, kFamilies> kFamilyNames = {rocksdb::kDefaultColumnFamilyName,
                                                         "ledger", "persons", "reversals"};

constexpr std::size_t kBlockCacheBytes = 128ULL << 20;
constexpr std::size_t kMemtableBytes = 32ULL << 20;

rocksdb::ColumnFamilyOptions family_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = kMemtableBytes;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  options.memtable_prefix_bloom_size_ratio = 0.1;
  options.memtable_whole_key_filtering = true;
  return options;
}

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  // A record torn by a crash at the very end is dropped; damage anywhere else stops the start.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  return options;
}

Error error_of(const rocksdb::Status& status, const std::string& path, std::string_view doing) {
  const std::string text = status.ToString();
  if (status.IsCorruption()) {
    return {ErrorCode::kInput, fmt::format("store {}: damaged while {} ({}): restore it from a "
                                           "copy, or delete it and read the source "
                                           "again from the start",
                                           path, doing, text)};
  }
  if (status.IsNoSpace() || text.find("No space left") != std::string::npos) {
    return {
        ErrorCode::kUnavailable,
        fmt::format("store {}: the disk is full ({}); nothing is lost: make room and start again",
                    path, text)};
  }
  if (text.find("While lock file") != std::string::npos ||
      text.find("lock hold by current process") != std::string::npos) {
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
  return error_of(rocksdb::Status::Corruption("the log ends before the last commit"), path,
                  "opening");
}

// An open database, closed with all that belongs to it.
struct Opened {
  Opened() = default;
  Opened(Opened&&) = default;
  Opened& operator=(Opened&&) = delete;
  ~Opened() {
    for (auto* handle : families)
      (void)db->DestroyColumnFamilyHandle(handle);
    if (db != nullptr) (void)db->Close();
  }
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
};

}  // namespace

struct Store::Impl {
  std::string path;
  Mode mode = Mode::kWriter;
  std::optional<CommitMark> mark;  // kWriter
  Opened opened;
  rocksdb::DB* db = nullptr;  // of `opened`
  rocksdb::WriteBatchWithIndex batch{rocksdb::BytewiseComparator(), 0, true};

  Impl(std::string where, Mode how, Opened database)
      : path(std::move(where)), mode(how), opened(std::move(database)), db(opened.db.get()) {
    if (mode == Mode::kWriter) mark.emplace(path);
  }

  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family f) const { return opened.families[f]; }

  Result<std::optional<std::string>> get(Family f, const std::string& key) {
    std::string value;
    const rocksdb::Status status =
        batch.GetFromBatchAndDB(db, rocksdb::ReadOptions(), family(f), key, &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return tl::unexpected(error_of(status, path, "reading"));
    return std::optional<std::string>(std::move(value));
  }

  // Iterates keys that start with `prefix`, pending changes included; stops when `visit` says
  // false.
  template <class Visit>
  Result<void> scan(Family f, const std::string& prefix, Visit visit) {
    const std::unique_ptr<rocksdb::Iterator> it(
        batch.NewIteratorWithBase(family(f), db->NewIterator(rocksdb::ReadOptions(), family(f))));
    for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
      Result<bool> go_on = visit(it->key().ToStringView(), it->value().ToStringView());
      if (!go_on) return tl::unexpected(std::move(go_on.error()));
      if (!*go_on) return {};
    }
    if (!it->status().ok()) return tl::unexpected(error_of(it->status(), path, "reading"));
    return {};
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() = default;

namespace {

std::vector<rocksdb::ColumnFamilyDescriptor> all_families() {
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const std::string& name : kFamilyNames) {
    descriptors.emplace_back(name, family_options(cache));
  }
  return descriptors;
}

Result<Opened> open_writer(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) {
    return fail(
        ErrorCode::kUnavailable,
        fmt::format("store {}: the folder cannot be made ({}); check the path and its rights", path,
                    failed.message()));
  }
  const std::uint64_t mark = CommitMark::read(path);
  Opened opened;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(database_options(), path, all_families(), &opened.families, &db);
  if (!status.ok()) return tl::unexpected(error_of(status, path, "opening"));
  opened.db.reset(db);
  if (db->GetLatestSequenceNumber() < mark) return tl::unexpected(error_of_lost_commits(path));
  return opened;
}

// The library would log into the store's folder, which belongs to the writer.
class Silent : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

// Files that a running writer puts away while they are being opened are not damage: try again.
constexpr int kReaderTries = 20;
constexpr auto kReaderPause = std::chrono::milliseconds(50);

Result<Opened> open_reader(const std::string& path) {
  if (!std::filesystem::exists(std::filesystem::path(path) / "CURRENT")) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("store {}: there is none yet; start `yujing run` first, or mend `store` "
                    "in the settings",
                    path));
  }
  rocksdb::DBOptions options = database_options();
  options.create_if_missing = false;
  options.create_missing_column_families = false;
  options.max_open_files = -1;  // all opened at once: then they may be put away
  options.info_log = std::make_shared<Silent>();
  rocksdb::Status status;
  for (int i = 0; i < kReaderTries; ++i) {
    if (i > 0) std::this_thread::sleep_for(kReaderPause);
    const std::uint64_t mark = CommitMark::read(path);
    Opened opened;
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::OpenForReadOnly(options, path, all_families(), &opened.families, &db);
    if (status.ok()) {
      opened.db.reset(db);
      if (db->GetLatestSequenceNumber() >= mark) return opened;
      continue;
    }
    if (status.ToString().find("No such file") == std::string::npos) break;
  }
  return tl::unexpected(status.ok() ? error_of_lost_commits(path)
                                    : error_of(status, path, "opening"));
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const std::string& path, Mode mode) {
  Result<Opened> opened = mode == Mode::kWriter ? open_writer(path) : open_reader(path);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  std::unique_ptr<Store> store(new Store(std::make_unique<Impl>(path, mode, std::move(*opened))));

  const Result<std::optional<std::string>> format = store->note(kFormatNote);
  if (!format) return tl::unexpected(format.error());
  const std::string known = std::to_string(kFormat);
  if (*format && **format != known) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("store {}: written in format {}, this program knows format {}; use the "
                            "program that wrote it, or another `store`",
                            path, **format, known));
  }
  if (!*format && mode == Mode::kWriter) {
    store->put_note(kFormatNote, known);
    Result<void> written = store->commit();
    if (!written) return tl::unexpected(std::move(written.error()));
  }
  return store;
}

Result<std::optional<PersonState>> Store::person(std::string_view psn_no) {
  Result<std::optional<std::string>> value = impl_->get(kPersons, person_key(psn_no));
  if (!value) return tl::unexpected(std::move(value.error()));
  if (!*value) return std::optional<PersonState>();
  Result<PersonState> state = decode_person_state(psn_no, **value);
  if (!state) return tl::unexpected(std::move(state.error()));
  return std::optional<PersonState>(std::move(*state));
}

Result<std::optional<LedgerItem>> Store::item(std::string_view psn_no, std::string_view setl_id) {
  // Most ids are new: a point read that the filters answer. Only known ones are walked through.
  std::string key = entry_key(psn_no, setl_id, 0);
  Result<std::optional<std::string>> first = impl_->get(kLedger, key);
  if (!first) return tl::unexpected(std::move(first.error()));
  if (!*first) return std::optional<LedgerItem>();
  LedgerItem item;
  Result<void> read = impl_->scan(kLedger, entries_prefix(psn_no, setl_id),
                                  [&](std::string_view k, std::string_view v) -> Result<bool> {
                                    Result<Entry> entry =
                                        decode_entry(psn_no, setl_id, entry_seq(k), v);
                                    if (!entry) return tl::unexpected(std::move(entry.error()));
                                    fold(item, *entry);
                                    return true;
                                  });
  if (!read) return tl::unexpected(std::move(read.error()));
  return std::optional<LedgerItem>(std::move(item));
}

Result<void> Store::items(std::string_view psn_no, const std::function<void(LedgerItem&&)>& visit) {
  LedgerItem item;
  std::string current;
  bool any = false;
  Result<void> read =
      impl_->scan(kLedger, person_key(psn_no),
                  [&](std::string_view key, std::string_view value) -> Result<bool> {
                    EntryKey parts = split_entry_key(key);
                    if (any && parts.setl_id != current) {
                      visit(std::move(item));
                      item = LedgerItem();
                    }
                    any = true;
                    current = parts.setl_id;
                    Result<Entry> entry = decode_entry(psn_no, current, parts.seq, value);
                    if (!entry) return tl::unexpected(std::move(entry.error()));
                    fold(item, *entry);
                    return true;
                  });
  if (!read) return tl::unexpected(std::move(read.error()));
  if (any) visit(std::move(item));
  return {};
}

Result<std::vector<std::string>> Store::reversals(std::string_view psn_no, ReversalKey key,
                                                  std::string_view target) {
  std::vector<std::string> ids;
  const std::string prefix = reversals_prefix(psn_no, static_cast<char>(key), target);
  Result<void> read =
      impl_->scan(kReversals, prefix, [&](std::string_view k, std::string_view) -> Result<bool> {
        ids.emplace_back(k.substr(prefix.size()));
        return true;
      });
  if (!read) return tl::unexpected(std::move(read.error()));
  return ids;
}

Result<std::optional<std::string>> Store::note(std::string_view name) {
  return impl_->get(kNotes, std::string(name));
}

void Store::put_person(const PersonState& state) {
  std::string value;
  encode(state, value);
  impl_->batch.Put(impl_->family(kPersons), person_key(state.psn_no), value);
}

void Store::put_entry(std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
  std::string value;
  encode(entry, value);
  impl_->batch.Put(impl_->family(kLedger), entry_key(psn_no, setl_id, entry.seq), value);
}

void Store::put_reversal(std::string_view psn_no, ReversalKey key, std::string_view target,
                         std::string_view setl_id) {
  std::string k = reversals_prefix(psn_no, static_cast<char>(key), target);
  k += setl_id;
  impl_->batch.Put(impl_->family(kReversals), k, rocksdb::Slice());
}

void Store::put_note(std::string_view name, std::string_view bytes) {
  impl_->batch.Put(impl_->family(kNotes), rocksdb::Slice(name.data(), name.size()),
                   rocksdb::Slice(bytes.data(), bytes.size()));
}

Result<void> Store::commit() {
  CHECK(impl_->mode == Mode::kWriter);
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = impl_->db->Write(options, impl_->batch.GetWriteBatch());
  if (!status.ok()) return tl::unexpected(error_of(status, impl_->path, "writing"));
  impl_->mark->write(impl_->db->GetLatestSequenceNumber());
  impl_->batch.Clear();
  return {};
}

Result<void> Store::persons(std::string_view after,
                            const std::function<bool(const PersonState&)>& visit) {
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->db->NewIterator(options, impl_->family(kPersons)));
  const std::string after_key = after.empty() ? std::string() : person_key(after);
  for (it->Seek(after_key); it->Valid(); it->Next()) {
    if (!after_key.empty() && it->key().ToStringView() == after_key) continue;
    Result<PersonState> state =
        decode_person_state(split_person_key(it->key().ToStringView()), it->value().ToStringView());
    if (!state) return tl::unexpected(std::move(state.error()));
    if (!visit(*state)) return {};
  }
  if (!it->status().ok()) return tl::unexpected(error_of(it->status(), impl_->path, "reading"));
  return {};
}

Result<void> Store::entries(
    const std::function<bool(std::string_view psn_no, std::string_view setl_id, const Entry&)>&
        visit) {
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->db->NewIterator(options, impl_->family(kLedger)));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const EntryKey key = split_entry_key(it->key().ToStringView());
    Result<Entry> entry =
        decode_entry(key.psn_no, key.setl_id, key.seq, it->value().ToStringView());
    if (!entry) return tl::unexpected(std::move(entry.error()));
    if (!visit(key.psn_no, key.setl_id, *entry)) return {};
  }
  if (!it->status().ok()) return tl::unexpected(error_of(it->status(), impl_->path, "reading"));
  return {};
}

Result<void> Store::verify_checksums() {
  const rocksdb::Status status = impl_->db->VerifyChecksum(rocksdb::ReadOptions());
  if (!status.ok()) return tl::unexpected(error_of(status, impl_->path, "checking it"));
  return {};
}

std::uint64_t Store::bytes() const {
  std::uint64_t sum = 0;
  for (auto* handle : impl_->opened.families) {
    std::uint64_t part = 0;
    if (impl_->db->GetIntProperty(handle, rocksdb::DB::Properties::kTotalSstFilesSize, &part))
      sum += part;
    if (impl_->db->GetIntProperty(handle, rocksdb::DB::Properties::kCurSizeAllMemTables, &part))
      sum += part;
  }
  return sum;
}

}  // namespace yujing::monitor

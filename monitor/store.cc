#include "monitor/store.h"

#include <array>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include "monitor/books.h"
#include "monitor/commit_mark.h"
#include "monitor/database.h"
#include "monitor/pending_writes.h"
#include "monitor/person_cache.h"
#include "monitor/store_keys.h"

namespace yujing::monitor {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// Written with every store; a program refuses a higher number than its own.
constexpr int kFormat = 1;
constexpr std::string_view kFormatNote = "format";

constexpr std::size_t kPersonCacheBytes = 192ULL << 20;  // of each of its two generations

}  // namespace

struct Store::Impl {
  Mode mode = Mode::kWriter;
  std::optional<CommitMark> mark;  // kWriter
  Database database;
  rocksdb::DB* db = nullptr;  // of `database`
  std::array<PendingWrites, kFamilies> pending;
  PersonCache cache{kPersonCacheBytes};
  Books books;

  Impl(Mode how, Database opened) : mode(how), database(std::move(opened)), db(database.db.get()) {
    if (mode == Mode::kWriter) mark.emplace(database.path);
  }

  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family f) const { return database.families[f]; }

  Result<std::optional<std::string>> get(Family f, const std::string& key) {
    if (const std::string* value = pending[f].find(key)) return std::optional<std::string>(*value);
    std::string value;
    const rocksdb::Status status = db->Get(rocksdb::ReadOptions(), family(f), key, &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return tl::unexpected(database.error_of(status, "reading"));
    return std::optional<std::string>(std::move(value));
  }

  // Goes through the keys that start with `prefix`, in order, pending writes included; stops when
  // `visit` says false.
  template <class Visit>
  Result<void> scan(Family f, const std::string& prefix, Visit visit) {
    const std::unique_ptr<rocksdb::Iterator> kept(
        db->NewIterator(rocksdb::ReadOptions(), family(f)));
    kept->Seek(prefix);
    auto fresh = pending[f].from(prefix);
    const auto end = pending[f].all().end();
    while (true) {
      const bool has_kept = kept->Valid() && kept->key().starts_with(prefix);
      const bool has_fresh = fresh != end && fresh->first.starts_with(prefix);
      if (!has_kept && !has_fresh) break;
      // A pending write stands before what it writes over.
      const int order = !has_kept    ? -1
                        : !has_fresh ? 1
                                     : fresh->first.compare(kept->key().ToStringView());
      Result<bool> go_on =
          order <= 0 ? visit(std::string_view(fresh->first), std::string_view(fresh->second))
                     : visit(kept->key().ToStringView(), kept->value().ToStringView());
      if (!go_on) return tl::unexpected(std::move(go_on.error()));
      if (!*go_on) return {};
      if (order >= 0) kept->Next();
      if (order <= 0) ++fresh;
    }
    if (!kept->status().ok()) return tl::unexpected(database.error_of(kept->status(), "reading"));
    return {};
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& path, Mode mode,
                                           const StoreOptions& options) {
  Result<Database> opened = mode == Mode::kWriter ? open_writer(path, options) : open_reader(path);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  std::unique_ptr<Store> store(new Store(std::make_unique<Impl>(mode, std::move(*opened))));

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
  const std::string key = person_key(psn_no);
  const std::string* held = impl_->pending[kPersons].find(key);
  if (held == nullptr) held = impl_->cache.find(key);
  if (held == nullptr) {
    Result<std::optional<std::string>> value = impl_->get(kPersons, key);
    if (!value) return tl::unexpected(std::move(value.error()));
    if (!*value) return std::optional<PersonState>();
    held = &impl_->cache.put(key, std::move(**value));
  }
  Result<PersonState> state = decode_person_state(psn_no, *held);
  if (!state) return tl::unexpected(std::move(state.error()));
  return std::optional<PersonState>(std::move(*state));
}

Result<std::optional<LedgerItem>> Store::item(std::string_view psn_no, std::string_view setl_id) {
  if (const Book* book = impl_->books.find(std::string(psn_no))) {
    const auto at = book->by_setl_id.find(std::string(setl_id));
    if (at == book->by_setl_id.end()) return std::optional<LedgerItem>();
    return std::optional<LedgerItem>(book->items[at->second]);
  }
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

Result<void> Store::items(std::string_view psn_no,
                          const std::function<void(const LedgerItem&)>& visit) {
  const std::string person(psn_no);
  const Book* book = impl_->books.find(person);
  Book read_now;
  bool keeps = false;
  if (book == nullptr) {
    std::string current;
    LedgerItem item;
    Result<void> read =
        impl_->scan(kLedger, person_key(psn_no),
                    [&](std::string_view key, std::string_view value) -> Result<bool> {
                      EntryKey parts = split_entry_key(key);
                      if (item.next_seq > 0 && parts.setl_id != current) {
                        read_now.add(std::exchange(item, {}));
                      }
                      current = std::move(parts.setl_id);
                      Result<Entry> entry = decode_entry(psn_no, current, parts.seq, value);
                      if (!entry) return tl::unexpected(std::move(entry.error()));
                      fold(item, *entry);
                      return true;
                    });
    if (!read) return read;
    if (item.next_seq > 0) read_now.add(std::move(item));
    keeps = read_now.items.size() >= Books::kItemsMin;
    book = keeps ? &impl_->books.keep(person, std::move(read_now)) : &read_now;
  }
  for (const LedgerItem& item : book->items)
    visit(item);
  if (keeps) impl_->books.trim();
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
  impl_->pending[kPersons].put(person_key(state.psn_no), std::move(value));
}

void Store::put_entry(std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
  std::string value;
  encode(entry, value);
  impl_->pending[kLedger].put(entry_key(psn_no, setl_id, entry.seq), std::move(value));
  if (Book* book = impl_->books.find(std::string(psn_no))) book->fold_in(psn_no, setl_id, entry);
}

void Store::put_reversal(std::string_view psn_no, ReversalKey key, std::string_view target,
                         std::string_view setl_id) {
  std::string k = reversals_prefix(psn_no, static_cast<char>(key), target);
  k += setl_id;
  impl_->pending[kReversals].put(std::move(k), {});
}

void Store::put_note(std::string_view name, std::string_view bytes) {
  impl_->pending[kNotes].put(std::string(name), std::string(bytes));
}

Result<void> Store::commit() {
  CHECK(impl_->mode == Mode::kWriter);
  rocksdb::WriteBatch batch;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    for (const auto& [key, value] : impl_->pending[f].all()) {
      const rocksdb::Status put = batch.Put(impl_->database.families[f], key, value);
      CHECK(put.ok());
    }
  }
  Result<void> written = impl_->database.write(batch);
  if (!written) return written;
  impl_->mark->write(impl_->db->GetLatestSequenceNumber());
  for (const auto& [key, value] : impl_->pending[kPersons].all())
    impl_->cache.put(key, value);
  for (PendingWrites& writes : impl_->pending)
    writes.clear();
  impl_->books.trim();
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
  if (!it->status().ok()) return tl::unexpected(impl_->database.error_of(it->status(), "reading"));
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
  if (!it->status().ok()) return tl::unexpected(impl_->database.error_of(it->status(), "reading"));
  return {};
}

Result<void> Store::verify_checksums() {
  const rocksdb::Status status = impl_->db->VerifyChecksum(rocksdb::ReadOptions());
  if (!status.ok()) return tl::unexpected(impl_->database.error_of(status, "checking it"));
  return {};
}

std::uint64_t Store::bytes() const {
  std::uint64_t sum = 0;
  for (auto* handle : impl_->database.families) {
    std::uint64_t part = 0;
    if (impl_->db->GetIntProperty(handle, rocksdb::DB::Properties::kTotalSstFilesSize, &part))
      sum += part;
    if (impl_->db->GetIntProperty(handle, rocksdb::DB::Properties::kCurSizeAllMemTables, &part))
      sum += part;
  }
  return sum;
}

}  // namespace yujing::monitor

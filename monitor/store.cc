#include "monitor/store.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <future>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "monitor/books.h"
#include "monitor/commit_mark.h"
#include "monitor/database.h"
#include "monitor/pending_writes.h"
#include "monitor/person_cache.h"
#include "monitor/sealed_writes.h"
#include "monitor/store_keys.h"

namespace yujing::monitor {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// Written with every store; a program refuses any number but its own.
constexpr int kFormat = 2;
constexpr std::string_view kFormatNote = "format";
// Absent: kLog.
constexpr std::string_view kDurabilityNote = "durability";
constexpr std::string_view kDurableByLedger = "ledger";
// Commits of a store for which the ledger answers lie in memory until there are so many bytes of
// them.
constexpr std::size_t kUnwrittenMax = 24U << 20;

// What a store says of itself, which is no other's business.
bool is_own(Family family, std::string_view key) {
  return family == kNotes && (key == kFormatNote || key == kDurabilityNote);
}

// How many bytes of a key name its group: a person's keys where one has several.
std::size_t group_size_of(Family family, std::string_view key) {
  return family == kLedger || family == kReversals ? person_part(key) : key.size();
}

// The thread that calls gets a third of the time of one that somebody waits for, where they
// compete: no less, or the session would wait for it behind whatever else keeps the machine busy.
void step_back() {
  constexpr int kNice = 5;
  (void)setpriority(PRIO_PROCESS, 0, kNice);  // of the thread, on Linux
}

bool is_key(Family family, std::string_view key) {
  switch (family) {
    case kLedger:
      return is_entry_key(key);
    case kPersons:
      return is_person_key(key);
    case kReversals:
      return is_reversal_key(key);
    default:
      return true;
  }
}

}  // namespace

struct Store::Impl {
  Mode mode = Mode::kWriter;
  std::optional<CommitMark> mark;  // of a writer with a log
  Database database;
  rocksdb::DB* db = nullptr;  // of `database`
  std::array<PendingWrites, kFamilies> pending;
  // Older than `pending`, newer than the database: the batch before while it is written, or the
  // commits of a store for which the ledger answers since it last began to write them.
  FamilyWrites sealed;
  std::size_t unwritten_max;  // bytes of such commits
  // Those that a thread of its own writes, older than `sealed`.
  FamilyWrites leaving;
  PersonCache cache;
  bool all_were_put = false;    // into the cache: all persons there are, those new since
  std::uint64_t looked_up = 0;  // persons, in the database
  Books books;
  std::string new_key;    // of the write in hand
  std::string new_value;  // of the write in hand
  // Valid while `leaving` is being written, and for ever once that failed. Its end waits for that.
  std::shared_future<Result<void>> left;
  std::chrono::steady_clock::duration waited{};  // for it, before the next could leave

  Impl(Mode how, const StoreOptions& options, Database opened)
      : mode(how),
        database(std::move(opened)),
        db(database.db.get()),
        unwritten_max(std::min(options.memtable_bytes, kUnwrittenMax)),
        cache(mode == Mode::kWriter ? options.cache_bytes : 0),
        books(options.cache_bytes / 2) {
    if (mode == Mode::kWriter && options.durability == Durability::kLog)
      mark.emplace(database.path);
  }

  // A person who is not in the cache is not in the store.
  [[nodiscard]] bool knows_all_persons() const { return all_were_put && cache.holds_all(); }

  // Once looking persons up one by one has cost as much as reading them all in a row, they are
  // read, as far as the cache has room.
  Result<void> look_up_no_more() {
    constexpr std::uint64_t kReadMeanwhile = 16;
    constexpr std::uint64_t kCountEvery = 1024;
    if (all_were_put || !cache.holds_all() || ++looked_up % kCountEvery != 0) return {};
    std::uint64_t known = 0;  // about
    db->GetIntProperty(family(kPersons), rocksdb::DB::Properties::kEstimateNumKeys, &known);
    if (looked_up * kReadMeanwhile < known) return {};
    const auto put = [&](std::string_view key, std::string_view value) {
      const std::string psn_no = split_person_key(key);
      if (!cache.find(psn_no)) cache.put(psn_no, value);  // what is there is the latest
    };
    for (const PendingWrite& write : pending[kPersons].all()) {
      if (write.value) put(write.key, *write.value);
    }
    for (const FamilyWrites* older : {&sealed, &leaving}) {
      for (const PendingWrite* write : (*older)[kPersons].sorted()) {
        if (write->value) put(write->key, *write->value);
      }
    }
    rocksdb::ReadOptions options;
    options.readahead_size = 2 << 20;
    options.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> it(db->NewIterator(options, family(kPersons)));
    for (it->SeekToFirst(); it->Valid() && cache.holds_all(); it->Next()) {
      const auto newer = not_in_database(kPersons, it->key().ToStringView());
      if (!newer || newer->value) put(it->key().ToStringView(), it->value().ToStringView());
    }
    if (!it->status().ok()) return tl::unexpected(database.error_of(it->status(), "reading"));
    all_were_put = true;
    return {};
  }

  void put(Family f, std::string_view key, std::optional<std::string_view> value) {
    pending[f].put(key, group_size_of(f, key), value);
  }

  // Puts `new_value`.
  void put_entry(std::string_view psn_no, std::string_view setl_id, std::uint32_t seq) {
    new_key.clear();
    append_entry_key(new_key, psn_no, setl_id, seq);
    put(kLedger, new_key, new_value);
  }

  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Family f) const { return database.families[f]; }

  // What was put under the key and is not in the database yet, or may not be.
  [[nodiscard]] std::optional<PendingWrite> not_in_database(Family f, std::string_view key) const {
    const std::size_t group = group_size_of(f, key);
    if (const auto write = pending[f].find(key, group)) return write;
    if (const auto write = sealed[f].find(key, group)) return write;
    return leaving[f].find(key, group);
  }

  // The same of all keys that start with `prefix`, in order.
  [[nodiscard]] std::vector<PendingWrite> not_in_database(Family f, std::string_view group,
                                                          std::string_view prefix) const {
    std::vector<PendingWrite> found = pending[f].of_group(group, prefix);
    for (const FamilyWrites* writes : {&sealed, &leaving}) {
      const std::vector<PendingWrite> older = (*writes)[f].of_group(group, prefix);
      if (!older.empty()) found = newest(found, older);
    }
    return found;
  }

  Result<std::optional<std::string>> get(Family f, std::string_view key) const {
    if (const std::optional<PendingWrite> write = not_in_database(f, key))
      return std::optional<std::string>(write->value);
    std::string value;
    const rocksdb::Status status =
        db->Get(rocksdb::ReadOptions(), family(f), rocksdb::Slice(key.data(), key.size()), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return tl::unexpected(database.error_of(status, "reading"));
    return std::optional<std::string>(std::move(value));
  }

  // Goes through the keys that start with `prefix`, all of one person, in order, pending writes
  // included; stops when `visit` says false.
  template <class Visit>
  Result<void> scan(Family f, const std::string& prefix, Visit visit) {
    // With an end: what is being written is in the database already but not to be seen yet, and
    // looking for what is would go through all of it.
    std::string end = prefix;
    ++end.back();  // of 01, which ends every component
    const rocksdb::Slice end_slice(end);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end_slice;
    const std::unique_ptr<rocksdb::Iterator> kept(db->NewIterator(options, family(f)));
    kept->Seek(prefix);
    const std::vector<PendingWrite> pended =
        not_in_database(f, std::string_view(prefix).substr(0, person_part(prefix)), prefix);
    auto fresh = pended.begin();
    while (true) {
      const bool has_kept = kept->Valid();
      const bool has_fresh = fresh != pended.end();
      if (!has_kept && !has_fresh) break;
      // A pending write stands before what it writes over.
      const int order = !has_kept    ? -1
                        : !has_fresh ? 1
                                     : fresh->key.compare(kept->key().ToStringView());
      Result<bool> go_on = true;
      if (order > 0)
        go_on = visit(kept->key().ToStringView(), kept->value().ToStringView());
      else if (fresh->value)
        go_on = visit(fresh->key, *fresh->value);
      if (!go_on) return tl::unexpected(std::move(go_on.error()));
      if (!*go_on) return {};
      if (order >= 0) kept->Next();
      if (order <= 0) ++fresh;
    }
    if (!kept->status().ok()) return tl::unexpected(database.error_of(kept->status(), "reading"));
    return {};
  }

  // All entries of a person, by setl_id and in their order, as they are stored.
  template <class Visit>
  Result<void> each_entry(std::string_view psn_no, Visit visit) {
    return scan(kLedger, person_key(psn_no),
                [&](std::string_view k, std::string_view v) -> Result<bool> {
                  Result<void> visited = visit(split_entry_key(k), v);
                  if (!visited) return tl::unexpected(std::move(visited.error()));
                  return true;
                });
  }

  // The whole index of a person's reversals.
  template <class Visit>
  Result<void> each_reversal(std::string_view psn_no, Visit visit) {
    return scan(kReversals, person_key(psn_no),
                [&](std::string_view k, std::string_view) -> Result<bool> {
                  const ReversalParts parts = split_reversal_key(k);
                  visit(static_cast<ReversalKey>(parts.kind), parts.target, parts.setl_id);
                  return true;
                });
  }

  Result<void> write(const FamilyWrites& writes) {
    Result<void> written = database.write(writes);
    if (!written) return written;
    if (mark) mark->write(db->GetLatestSequenceNumber());
    return {};
  }

  // The commits that lie in memory, for who looks at the database alone.
  Result<void> write_commits() {
    if (mode == Mode::kReader || database.durability == Durability::kLog) return {};
    Result<void> written = wait_until_left();
    if (!written) return written;
    if (is_empty(sealed)) return {};
    written = write(sealed);
    if (written) sealed = {};
    return written;
  }

  static bool is_empty(const FamilyWrites& commits) {
    return std::ranges::all_of(commits, &SealedWrites::empty);
  }

  // Writes the commits that lie in memory beside what comes next: nobody should wait for those of
  // a second before.
  Result<void> begin_to_write() {
    const auto since = std::chrono::steady_clock::now();
    Result<void> before = wait_until_left();
    waited += std::chrono::steady_clock::now() - since;
    if (!before || is_empty(sealed)) return before;
    std::swap(sealed, leaving);
    left = std::async(std::launch::async, [this] {
      step_back();
      return write(leaving);
    });
    return {};
  }

  Result<void> wait_until_left() {
    if (!left.valid()) return {};
    Result<void> done = left.get();
    if (!done) return done;
    left = {};
    leaving = {};
    return {};
  }

  [[nodiscard]] bool has_left() const {
    return left.valid() && left.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  // Drops what is remembered of persons.
  void forget() {
    cache.clear();
    all_were_put = false;
    looked_up = 0;
    books.clear();
  }

  rocksdb::Status read_everything() {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    for (auto* const handle : database.families) {
      const std::unique_ptr<rocksdb::Iterator> all(db->NewIterator(options, handle));
      for (all->SeekToFirst(); all->Valid(); all->Next()) {
      }
      if (!all->status().ok()) return all->status();
    }
    return rocksdb::Status::OK();
  }
};

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::string& path, Mode mode,
                                           const StoreOptions& options) {
  Result<Database> opened = mode == Mode::kWriter ? open_writer(path, options) : open_reader(path);
  if (!opened) return tl::unexpected(std::move(opened.error()));
  std::unique_ptr<Store> store(
      new Store(std::make_unique<Impl>(mode, options, std::move(*opened))));

  const Result<std::optional<std::string>> format = store->note(kFormatNote);
  if (!format) return tl::unexpected(format.error());
  const std::string known = std::to_string(kFormat);
  if (*format && **format != known) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("store {}: written in format {}, this program knows format {}; use the "
                            "program that wrote it, or name another `store` and read the source "
                            "again from the start",
                            path, **format, known));
  }
  if (mode == Mode::kReader) return store;
  Impl& impl = *store->impl_;
  const std::unique_ptr<rocksdb::Iterator> persons(
      impl.db->NewIterator(rocksdb::ReadOptions(), impl.family(kPersons)));
  persons->SeekToFirst();
  impl.all_were_put = !persons->Valid() && persons->status().ok();
  Result<void> ready = *format ? store->check_durability() : store->make();
  if (!ready) return tl::unexpected(std::move(ready.error()));
  return store;
}

// Says in a new store what it is.
Result<void> Store::make() {
  put_note(kFormatNote, std::to_string(kFormat));
  const bool by_ledger = impl_->database.durability == Durability::kLedger;
  if (by_ledger) put_note(kDurabilityNote, kDurableByLedger);
  Result<void> written = commit();
  return written && by_ledger ? flush() : written;
}

Result<void> Store::check_durability() {
  Result<std::optional<std::string>> note = impl_->get(kNotes, kDurabilityNote);
  if (!note) return tl::unexpected(std::move(note.error()));
  const bool by_ledger = impl_->database.durability == Durability::kLedger;
  if ((*note == kDurableByLedger) == by_ledger) return {};
  return fail(
      ErrorCode::kConfiguration,
      fmt::format("store {}: belongs to a run {}; name another `store` for this one, or "
                  "set `source` as it was",
                  impl_->database.path,
                  by_ledger ? "that reads files, not Kafka" : "that reads Kafka, not files"));
}

Result<std::optional<PersonState>> Store::person(std::string_view psn_no) {
  PersonState state;
  Result<bool> known = person(psn_no, state);
  if (!known) return tl::unexpected(std::move(known.error()));
  return *known ? std::optional<PersonState>(std::move(state)) : std::nullopt;
}

Result<bool> Store::person(std::string_view psn_no, PersonState& state) {
  std::optional<std::string> read;
  std::optional<std::string_view> held = impl_->cache.find(psn_no);
  if (!held) {
    if (impl_->knows_all_persons()) return false;
    Result<std::optional<std::string>> value = impl_->get(kPersons, person_key(psn_no));
    if (!value) return tl::unexpected(std::move(value.error()));
    if (*value) impl_->cache.put(psn_no, **value);
    Result<void> done = impl_->look_up_no_more();
    if (!done) return tl::unexpected(std::move(done.error()));
    if (!*value) return false;
    read = std::move(*value);
    held = *read;
  }
  Result<void> decoded = decode_person_state(psn_no, *held, state);
  if (!decoded) return tl::unexpected(std::move(decoded.error()));
  return true;
}

static_assert(Store::kExpected == PersonCache::kExpected);
void Store::expect(std::string_view psn_no) { impl_->cache.expect(psn_no); }

Result<std::optional<LedgerItem>> Store::item(std::string_view psn_no, std::string_view setl_id) {
  if (const Book* book = impl_->books.find(psn_no)) return book->find(setl_id);
  // One entry after the other: the filters answer at once that there is none of the next number.
  LedgerItem item;
  while (true) {
    const std::uint32_t seq = item.next_seq;
    Result<std::optional<std::string>> value = impl_->get(kLedger, entry_key(psn_no, setl_id, seq));
    if (!value) return tl::unexpected(std::move(value.error()));
    if (!*value) break;
    Result<void> folded = fold_encoded(item, psn_no, setl_id, seq, **value);
    if (!folded) return tl::unexpected(std::move(folded.error()));
  }
  if (item.next_seq == 0) return std::optional<LedgerItem>();
  return std::optional<LedgerItem>(std::move(item));
}

Result<void> Store::items(std::string_view psn_no,
                          const std::function<void(const LedgerItem&)>& visit) {
  if (const Book* book = impl_->books.find(psn_no)) {
    book->each(visit);
    return {};
  }
  std::size_t items = 0;
  LedgerItem item;
  Result<void> read =
      impl_->each_entry(psn_no, [&](const EntryKey& key, std::string_view bytes) -> Result<void> {
        if (key.seq == 0) {
          if (items++ > 0) visit(item);
          item.begin();
        }
        return fold_encoded(item, psn_no, key.setl_id, key.seq, bytes);
      });
  if (!read) return read;
  if (items > 0) visit(item);
  if (items < Books::kItemsMin || impl_->mode == Mode::kReader) return {};
  // Worth keeping: the next time it need not be read.
  Book book(psn_no);
  read =
      impl_->each_entry(psn_no, [&](const EntryKey& key, std::string_view bytes) -> Result<void> {
        const Result<Entry> entry = decode_entry(psn_no, key.setl_id, key.seq, bytes);
        if (!entry) return tl::unexpected(entry.error());
        book.fold_in(key.setl_id, *entry);
        return {};
      });
  if (!read) return read;
  read = impl_->each_reversal(
      psn_no, [&](ReversalKey key, std::string_view target, std::string_view setl_id) {
        book.put_reversal(key, target, setl_id);
      });
  if (!read) return read;
  impl_->books.keep(psn_no, std::move(book));
  impl_->books.trim();
  return {};
}

Result<void> Store::items_of_visit(std::string_view psn_no, std::string_view mdtrt_id,
                                   const std::function<void(const LedgerItem&)>& visit) {
  const Book* book = impl_->books.find(psn_no);
  if (book == nullptr) return items(psn_no, visit);
  book->each_of_visit(mdtrt_id, visit);
  return {};
}

Book* Store::book(std::string_view psn_no) { return impl_->books.find(psn_no); }

void Store::forget_accounts() { impl_->books.clear(); }

Result<std::vector<std::string>> Store::reversals(std::string_view psn_no, ReversalKey key,
                                                  std::string_view target) {
  if (const Book* book = impl_->books.find(psn_no)) return book->reversals(key, target);
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
  impl_->new_value.clear();
  encode(state, impl_->new_value);
  impl_->put(kPersons, person_key(state.psn_no), impl_->new_value);
  impl_->cache.put(state.psn_no, impl_->new_value);
}

void Store::put_first(const Delivery& delivery, bool counts) {
  const Settlement& settlement = delivery.settlement;
  impl_->new_value.clear();
  encode_first(delivery, counts, impl_->new_value);
  impl_->put_entry(settlement.psn_no, settlement.setl_id, 0);
  if (Book* book = impl_->books.find(settlement.psn_no)) book->enter(delivery, counts);
}

void Store::put_entry(std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
  impl_->new_value.clear();
  encode(entry, impl_->new_value);
  impl_->put_entry(psn_no, setl_id, entry.seq);
  if (Book* book = impl_->books.find(psn_no)) book->fold_in(setl_id, entry);
}

void Store::put_reversal(std::string_view psn_no, ReversalKey key, std::string_view target,
                         std::string_view setl_id) {
  std::string k = reversals_prefix(psn_no, static_cast<char>(key), target);
  k += setl_id;
  impl_->put(kReversals, k, std::string_view());
  if (Book* book = impl_->books.find(psn_no)) book->put_reversal(key, target, setl_id);
}

void Store::put_note(std::string_view name, std::string_view bytes) {
  impl_->put(kNotes, name, bytes);
}

Result<void> Store::pending(const std::function<void(const StoreWrite&)>& visit) {
  std::string key;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    for (const PendingWrite& write : impl_->pending[f].all()) {
      key.assign(1, kFamilyLetters[f]).append(write.key);
      visit({key, write.value});
    }
  }
  return {};
}

Result<void> Store::restore(std::span<const StoreWrite> writes) {
  impl_->forget();
  for (const StoreWrite& write : writes) {
    const std::size_t f = write.key.empty() ? kFamilies : kFamilyLetters.find(write.key.front());
    const std::string_view key = write.key.substr(std::min<std::size_t>(1, write.key.size()));
    if (f >= kFamilies || !is_key(static_cast<Family>(f), key)) {
      return fail(ErrorCode::kInput, fmt::format("store {}: a key of {} bytes is none of a store",
                                                 impl_->database.path, write.key.size()));
    }
    impl_->put(static_cast<Family>(f), key, write.value);
  }
  return {};
}

Result<void> Store::commit() {
  if (impl_->database.durability == Durability::kLog) {
    seal();
    return write_sealed();
  }
  CHECK(impl_->mode == Mode::kWriter);
  std::size_t bytes = 0;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    impl_->sealed[f].take_over(impl_->pending[f]);
    bytes += impl_->sealed[f].bytes();
  }
  impl_->books.trim();
  if (bytes >= impl_->unwritten_max) return impl_->begin_to_write();
  return impl_->has_left() ? impl_->wait_until_left() : Result<void>();
}

void Store::seal() {
  CHECK(impl_->mode == Mode::kWriter && impl_->database.durability == Durability::kLog);
  for (std::size_t f = 0; f < kFamilies; ++f) {
    impl_->sealed[f].clear();
    impl_->sealed[f].take_over(impl_->pending[f]);
  }
  impl_->books.trim();
}

Result<void> Store::write_sealed() { return impl_->write(impl_->sealed); }

void Store::discard() {
  for (PendingWrites& writes : impl_->pending)
    writes.clear();
  impl_->forget();
}

Result<void> Store::flush() {
  CHECK(impl_->mode == Mode::kWriter);
  return impl_->database.durability == Durability::kLog ? impl_->database.flush()
                                                        : impl_->write_commits();
}

Result<void> Store::flush_soon() {
  CHECK(impl_->mode == Mode::kWriter && impl_->database.durability == Durability::kLedger);
  return impl_->begin_to_write();
}

Result<void> Store::persons(std::string_view after,
                            const std::function<bool(const PersonState&)>& visit) {
  Result<void> written = impl_->write_commits();
  if (!written) return written;
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->db->NewIterator(options, impl_->family(kPersons)));
  const std::string after_key = after.empty() ? std::string() : person_key(after);
  PersonState state;
  for (it->Seek(after_key); it->Valid(); it->Next()) {
    if (!after_key.empty() && it->key().ToStringView() == after_key) continue;
    Result<void> decoded = decode_person_state(split_person_key(it->key().ToStringView()),
                                               it->value().ToStringView(), state);
    if (!decoded) return decoded;
    if (!visit(state)) return {};
  }
  if (!it->status().ok()) return tl::unexpected(impl_->database.error_of(it->status(), "reading"));
  return {};
}

Result<void> Store::entries(
    std::string_view after,
    const std::function<bool(std::string_view psn_no, std::string_view setl_id, const Entry&)>&
        visit) {
  Result<void> written = impl_->write_commits();
  if (!written) return written;
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  const std::unique_ptr<rocksdb::Iterator> it(
      impl_->db->NewIterator(options, impl_->family(kLedger)));
  for (it->Seek(after.empty() ? std::string() : past_person(after)); it->Valid(); it->Next()) {
    const EntryKey key = split_entry_key(it->key().ToStringView());
    Result<Entry> entry =
        decode_entry(key.psn_no, key.setl_id, key.seq, it->value().ToStringView());
    if (!entry) return tl::unexpected(std::move(entry.error()));
    if (!visit(key.psn_no, key.setl_id, *entry)) return {};
  }
  if (!it->status().ok()) return tl::unexpected(impl_->database.error_of(it->status(), "reading"));
  return {};
}

Result<void> Store::records(std::string_view after,
                            const std::function<bool(const StoreWrite&)>& visit) {
  Result<void> written = impl_->write_commits();
  if (!written) return written;
  rocksdb::ReadOptions options;
  options.readahead_size = 2 << 20;
  std::string key;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    if (!after.empty() && kFamilyLetters[f] < after.front()) continue;
    const bool within = !after.empty() && kFamilyLetters[f] == after.front();
    const std::string_view from = within ? after.substr(1) : std::string_view();
    const auto family = static_cast<Family>(f);
    const std::unique_ptr<rocksdb::Iterator> it(
        impl_->db->NewIterator(options, impl_->family(family)));
    for (it->Seek({from.data(), from.size()}); it->Valid(); it->Next()) {
      const std::string_view own_key = it->key().ToStringView();
      if ((within && own_key == from) || is_own(family, own_key)) continue;
      key.assign(1, kFamilyLetters[f]).append(own_key);
      if (!visit({key, it->value().ToStringView()})) return {};
    }
    if (!it->status().ok())
      return tl::unexpected(impl_->database.error_of(it->status(), "reading"));
  }
  return {};
}

Result<void> Store::verify_checksums() {
  rocksdb::Status status = impl_->db->VerifyChecksum(rocksdb::ReadOptions());
  if (impl_->mode == Mode::kReader && status.ToString().find("No such file") != std::string::npos) {
    // The writer has put a file away since this reader opened it. What it held can still be read
    // through the open one, each block against its checksum.
    status = impl_->read_everything();
  }
  if (!status.ok()) return tl::unexpected(impl_->database.error_of(status, "checking it"));
  return {};
}

Result<void> Store::compact(
    const std::function<void(std::size_t done, std::size_t all)>& progress) {
  CHECK(impl_->mode == Mode::kWriter);
  Result<void> written = impl_->write_commits();
  if (!written) return written;
  for (std::size_t f = 0; f < kFamilies; ++f) {
    progress(f, kFamilies);
    Result<void> done = impl_->database.compact(static_cast<Family>(f));
    if (!done) return done;
  }
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

std::chrono::microseconds Store::write_stall() const {
  std::uint64_t micros = 0;
  std::map<std::string, std::string> figures;
  if (impl_->db->GetMapProperty(rocksdb::DB::Properties::kDBStats, &figures)) {
    const std::string& text = figures["db.user_write_stall_micros"];
    std::from_chars(text.data(), text.data() + text.size(), micros);
  }
  return std::chrono::microseconds(micros) +
         std::chrono::duration_cast<std::chrono::microseconds>(impl_->waited);
}

}  // namespace yujing::monitor

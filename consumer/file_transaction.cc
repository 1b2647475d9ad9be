#include "consumer/file_transaction.h"

#include <charconv>
#include <utility>

#include "consumer/dead_letter.h"

namespace yujing::consumer {

using monitor::Engine;
using monitor::Store;
using thresholds::Result;

namespace {

// Length of the alerts file, as a note in the store.
constexpr std::string_view kAlertsNote = "alerts";

Result<OutputFile> open_output(Store& store, std::string_view note, const std::string& path) {
  Result<std::optional<std::string>> kept = store.note(note);
  if (!kept) return tl::unexpected(std::move(kept.error()));
  std::uint64_t length = 0;
  if (*kept) std::from_chars((*kept)->data(), (*kept)->data() + (*kept)->size(), length);
  return OutputFile::open(path, length);
}

}  // namespace

Result<std::unique_ptr<FileTransaction>> FileTransaction::open(
    const Paths& paths, const thresholds::RuleBook& rules, const thresholds::Reference& reference,
    monitor::AlertPort& alerts, const RenderAlert& render) {
  std::unique_ptr<FileTransaction> transaction(new FileTransaction(render));
  monitor::StoreOptions options;
  options.memtable_bytes = paths.memtable_bytes;
  Result<std::unique_ptr<Store>> store = Store::open(paths.store, Store::Mode::kWriter, options);
  if (!store) return tl::unexpected(std::move(store.error()));
  transaction->store_ = std::move(*store);
  Result<OutputFile> alerts_file = open_output(*transaction->store_, kAlertsNote, paths.alerts);
  if (!alerts_file) return tl::unexpected(std::move(alerts_file.error()));
  transaction->alerts_ = std::move(*alerts_file);
  Result<OutputFile> dead_letters =
      open_output(*transaction->store_, kDeadLettersNote, paths.dead_letters);
  if (!dead_letters) return tl::unexpected(std::move(dead_letters.error()));
  transaction->dead_letters_ = std::move(*dead_letters);
  transaction->engine_ = std::make_unique<Engine>(rules, reference, *transaction->store_, alerts);
  Result<void> started = transaction->engine_->start();
  if (!started) return tl::unexpected(std::move(started.error()));
  return transaction;
}

void FileTransaction::refuse(const monitor::Refusal& refusal, std::string_view position,
                             std::string_view bytes) {
  dead_letters_->add(dead_letter_line(refusal, position, bytes));
}

Result<std::optional<FileTransaction::Committed>> FileTransaction::begin_commit() {
  Result<void> done = engine_->flush();
  if (!done) return tl::unexpected(std::move(done.error()));
  std::vector<monitor::AlertMessage> messages = engine_->take_messages();
  for (const monitor::AlertMessage& message : messages) {
    alerts_->add((*render_)(message));
  }
  Result<std::optional<Committed>> before = finish_commit();
  if (!before) return before;
  closed_.messages = std::move(messages);
  store_->put_note(kAlertsNote, std::to_string(alerts_->seal()));
  store_->put_note(kDeadLettersNote, std::to_string(dead_letters_->seal()));
  store_->seal();
  writing_ = std::async(std::launch::async, [this] { return write_sealed(); });
  return before;
}

Result<std::optional<FileTransaction::Committed>> FileTransaction::finish_commit() {
  if (!writing_.valid()) return std::optional<Committed>();
  Result<void> done = writing_.get();
  if (!done) return tl::unexpected(std::move(done.error()));
  return std::optional<Committed>(std::move(closed_));
}

Result<void> FileTransaction::write_sealed() {
  for (OutputFile* file : {&*alerts_, &*dead_letters_}) {
    Result<void> done = file->write_sealed();
    if (!done) return done;
  }
  Result<void> done = store_->write_sealed();
  closed_.at = std::chrono::steady_clock::now();
  return done;
}

}  // namespace yujing::consumer

// State, position and outputs of file mode, together or not at all (docs/exactly-once.md).
//
// A batch's alerts and dead letters are appended to their files and synced; then one atomic write
// to the store takes ledger, accounts, positions and the lengths of both files. A kill in between
// leaves the old lengths: the next start cuts the files back and does the batch again.
//
// Used by one thread. What it has closed of a batch is made durable by a thread of its own, one
// batch after the other, while the caller works on the next.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/output_file.h"
#include "monitor/engine.h"
#include "monitor/refusal.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// The note in the store that holds how many bytes of the dead letters file count.
inline constexpr std::string_view kDeadLettersNote = "dead_letters";

// An alert as its line of the alerts file.
using RenderAlert = std::function<std::string(const monitor::AlertMessage&)>;

class FileTransaction {
 public:
  struct Paths {
    std::string store;
    std::size_t memtable_bytes = 0;  // of the store
    std::string alerts;
    std::string dead_letters;
  };

  // A batch that is durable.
  struct Committed {
    std::vector<monitor::AlertMessage> messages;  // the alerts it sent
    std::chrono::steady_clock::time_point at;
  };

  // Opens store and outputs and cuts the outputs back to what the store recorded. `rules`,
  // `reference`, `alerts` and `render` are borrowed.
  [[nodiscard]] static thresholds::Result<std::unique_ptr<FileTransaction>> open(
      const Paths& paths, const thresholds::RuleBook& rules, const thresholds::Reference& reference,
      monitor::AlertPort& alerts, const RenderAlert& render);

  [[nodiscard]] monitor::Store& store() { return *store_; }
  [[nodiscard]] monitor::Engine& engine() { return *engine_; }

  // Adds a dead letter to the batch.
  void refuse(const monitor::Refusal& refusal, std::string_view position, std::string_view bytes);

  // Closes the batch, waits for the one before, and begins to make this one durable; what comes
  // from here on belongs to the next. Returns the one before where it was still being written.
  // After an Error, here or there, nothing of the batch it was about counts and the transaction
  // must not be used any more.
  [[nodiscard]] thresholds::Result<std::optional<Committed>> begin_commit();
  // Waits until the batch is durable; nullopt where none is being written.
  [[nodiscard]] thresholds::Result<std::optional<Committed>> finish_commit();

 private:
  explicit FileTransaction(const RenderAlert& render) : render_(&render) {}
  [[nodiscard]] thresholds::Result<void> write_sealed();

  const RenderAlert* render_;
  std::unique_ptr<monitor::Store> store_;
  std::unique_ptr<monitor::Engine> engine_;
  std::optional<OutputFile> alerts_;
  std::optional<OutputFile> dead_letters_;
  Committed closed_;                               // being made durable
  std::future<thresholds::Result<void>> writing_;  // last: it ends before what it writes goes
};

}  // namespace yujing::consumer

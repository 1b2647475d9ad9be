// An engine at work on a store of its own in a temporary folder, and a port that keeps what it
// hears.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "monitor/engine.h"
#include "monitor/store.h"
#include "tests/monitor/support.h"

namespace yujing::monitor {

// Gone, with all in it, when the object is.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The program stops with the error's message when there is one.
template <class T>
T must(thresholds::Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  CHECK(result.has_value());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

[[nodiscard]] std::unique_ptr<Store> open_store(const std::string& path,
                                                Store::Mode mode = Store::Mode::kWriter);

// Says a rule as raised when it begins to hold and as cleared when it ceases to; nothing in
// between.
class PlainAlerts final : public AlertPort {
 public:
  void year_changed(const YearView& view, std::vector<AlertState>& alerts,
                    std::vector<AlertMessage>& messages) override;
};

class Desk {
 public:
  Desk();

  Outcome send(const Delivery& delivery);
  Outcome send(const Settlement& settlement) { return send(Delivery{settlement, kNoTime, false}); }
  bool send(RecordKind kind, const PersonRecord& record);

  // Flushes and commits; keeps the messages.
  void commit();
  // The same, and a new engine goes on.
  void restart();
  // Drops what was sent since the last commit; a new engine goes on.
  void discard();
  // Commits, closes the store and opens it again.
  void reopen();

  // As committed: call commit() before.
  [[nodiscard]] PersonState person(std::string_view psn_no = "P1");
  // (city id, year) to account, where it is not empty.
  [[nodiscard]] std::map<std::pair<std::string, std::int32_t>, YearAccount> accounts(
      std::string_view psn_no = "P1");
  [[nodiscard]] YearAccount account(std::string_view city, std::int32_t year);
  // "raised jixi burden-over-10000 2026 by S1", since the last call.
  [[nodiscard]] std::vector<std::string> messages();
  // What `yujing store verify` finds.
  [[nodiscard]] std::vector<std::string> differences();
  [[nodiscard]] std::uint64_t refolds() const { return refolds_ + engine_->refolds(); }

  Engine& engine() { return *engine_; }
  Store& store() { return *store_; }
  [[nodiscard]] const std::string& path() const { return folder_.path(); }

 private:
  void start();

  TemporaryFolder folder_;
  PlainAlerts alerts_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Engine> engine_;
  std::vector<AlertMessage> messages_;
  std::uint64_t refolds_ = 0;  // of earlier engines
};

}  // namespace yujing::monitor

// What is kept in the settings' `store`, for reading: the store of a run that reads files, or, each
// in a folder of its own number, those of the partitions of a run that reads Kafka. Every person is
// in one of them, so all are read as one in the order of psn_no.
//
// Opened beside whoever writes, it shows the last state on the disk. Single-threaded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::app {

// Where a store lies.
struct StoreFolder {
  std::optional<std::int32_t> partition;  // nullopt: of a run that reads files
  std::string path;
};
// Those of the settings' `store`, by partition. `path` itself where there is none at all.
[[nodiscard]] std::vector<StoreFolder> store_folders(const std::string& path);

// kConfiguration where `path` holds what the other kind of run left: the two cannot share a folder.
[[nodiscard]] thresholds::Result<void> check_store_kind(const std::string& path, Stream stream);

struct KeptStore {
  std::optional<std::int32_t> partition;  // nullopt: of a run that reads files
  std::unique_ptr<monitor::Store> store;
};

class StoreView {
 public:
  // Errors as of monitor::Store::open for a reader.
  [[nodiscard]] static thresholds::Result<StoreView> open(const std::string& path);

  // One at least.
  [[nodiscard]] const std::vector<KeptStore>& stores() const { return stores_; }
  // The one that knows the person; any when none does.
  [[nodiscard]] thresholds::Result<monitor::Store*> store_of(std::string_view psn_no) const;

  // All persons by psn_no, each with the store it is in; stops when `visit` says false.
  [[nodiscard]] thresholds::Result<void> persons(
      const std::function<bool(const monitor::PersonState&, monitor::Store&)>& visit) const;
  // All entries by psn_no, setl_id and seq; stops when `visit` says false.
  using VisitEntry = std::function<bool(std::string_view psn_no, std::string_view setl_id,
                                        const monitor::Entry& entry)>;
  [[nodiscard]] thresholds::Result<void> entries(const VisitEntry& visit) const;
  // How many persons there are, as the statistics say; 0: unknown.
  [[nodiscard]] std::uint64_t person_count() const;

 private:
  std::vector<KeptStore> stores_;  // by partition
};

}  // namespace yujing::app

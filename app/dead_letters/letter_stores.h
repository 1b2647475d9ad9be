// The stores that know what became of refused events: the one of a run over files, or, each in a
// folder of its own number, those of the partitions of a run over Kafka.
//
// Single-threaded; shows the last state on the disk.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::app {

class LetterStores {
 public:
  struct Kept {
    std::optional<std::int32_t> partition;  // nullopt: of a run over files
    std::unique_ptr<monitor::Store> store;
  };

  // Errors as of monitor::Store::open for a reader.
  [[nodiscard]] static thresholds::Result<LetterStores> open(const std::string& path);

  // One at least.
  [[nodiscard]] const std::vector<Kept>& stores() const { return stores_; }
  // The one that knows the person; any when none does.
  [[nodiscard]] thresholds::Result<monitor::Store*> store_of(std::string_view psn_no) const;

 private:
  std::vector<Kept> stores_;
};

}  // namespace yujing::app

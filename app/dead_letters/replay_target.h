// Where replayed events go: the events file, held from the first look at it until the lines are in
// it, so that two replays at once do not send the same; or the settlements topic, where a second
// one is a duplicate without effect.
//
// Single-threaded.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/appended_file.h"
#include "app/settings.h"
#include "app/store_view.h"
#include "consumer/kafka_options.h"
#include "consumer/line_source.h"
#include "thresholds/result.h"

namespace yujing::app {

class ReplayTarget {
 public:
  // kConfiguration where nothing can be added to the source, kInput where its last line is not
  // ended; of Kafka as kafka_options.
  [[nodiscard]] static thresholds::Result<ReplayTarget> open(const Settings& settings);

  // The file's path, the topic's name.
  [[nodiscard]] const std::string& name() const { return name_; }
  // Visits what it holds behind what the stores have read: it may have been sent already.
  [[nodiscard]] thresholds::Result<void> unread(
      const StoreView& stores,
      const std::function<thresholds::Result<void>(std::string_view)>& visit) const;
  // In the order given; to Kafka each with its psn_no as key.
  [[nodiscard]] thresholds::Result<void> add(const std::vector<std::string_view>& lines);

 private:
  ReplayTarget() = default;

  std::string name_;
  std::optional<AppendedFile> file_;
  std::optional<consumer::KafkaOptions> kafka_;
};

// Calls `visit` with every line of a file that is not blank, from a position on.
[[nodiscard]] thresholds::Result<void> each_line(
    const std::string& path, const consumer::FilePosition& from,
    const std::function<thresholds::Result<void>(const consumer::LineSource::Line&)>& visit);

}  // namespace yujing::app

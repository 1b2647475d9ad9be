// The commands for Kafka and for what leaves the process sealed. As in commands.h: data to standard
// output, talk to `talk`, an Error for what failed.
#pragma once

#include <string>

#include "app/settings.h"
#include "app/talk.h"
#include "thresholds/result.h"

namespace yujing::app {

struct TopicsOptions {
  SettingsRequest settings;
  bool create = false;  // make those that are missing first
  bool json = false;
};
// kCheckFailed where a topic does not fit.
[[nodiscard]] thresholds::Result<void> look_at_topics(const TopicsOptions& options, Talk& talk);

struct NewKeyOptions {
  std::string file;  // made, or given one more key
};
[[nodiscard]] thresholds::Result<void> make_key(const NewKeyOptions& options, Talk& talk);

}  // namespace yujing::app

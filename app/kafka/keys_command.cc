// yujing keys new: a key file for sealing, or one more key in it.
#include <fmt/format.h>

#include "app/kafka/commands.h"
#include "app/output.h"
#include "monitor/seal.h"

namespace yujing::app {

thresholds::Result<void> make_key(const NewKeyOptions& options, Talk& talk) {
  const auto made = monitor::add_sealing_key(options.file);
  if (!made) return tl::unexpected(made.error());
  talk.info(
      "key_made",
      fmt::format("{}: key {} seals from the next start on; keep a copy of this file in a safe "
                  "place: without it what was sealed cannot be read",
                  options.file, *made));
  return print(fmt::format("{}\n", *made));
}

}  // namespace yujing::app

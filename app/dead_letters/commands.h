// The commands for refused events: look at them, send them back once they are mended. As in
// commands.h: data to standard output, talk to `talk`, an Error for what failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/settings.h"
#include "app/talk.h"
#include "thresholds/result.h"

namespace yujing::app {

// Which letters, in the order in which they were refused.
struct LetterSelection {
  std::vector<std::string> reasons;    // empty: any
  std::vector<std::uint64_t> numbers;  // lines of the dead letters file; empty: any
  std::uint64_t after = 0;             // only letters with a higher number
  std::optional<std::uint64_t> limit;  // at most so many
  bool open = false;                   // only those whose settlement the ledger does not have
};

struct ListLettersOptions {
  SettingsRequest settings;
  LetterSelection selection;
  bool bytes = false;  // show the refused lines as well: they hold what the sender wrote, names too
  bool raw = false;    // the refused lines alone, byte for byte
  bool json = false;
};
[[nodiscard]] thresholds::Result<void> list_letters(const ListLettersOptions& options, Talk& talk);

// Without `yes` or `print` it only says what it would do.
struct ReplayOptions {
  SettingsRequest settings;
  LetterSelection selection;
  std::string from;    // mended lines; "": the refused lines themselves, as selected
  bool yes = false;    // add them to the events file
  bool print = false;  // write them to standard output instead
  bool json = false;   // the counts as JSON on standard output
};
[[nodiscard]] thresholds::Result<void> replay_letters(const ReplayOptions& options, Talk& talk);

}  // namespace yujing::app

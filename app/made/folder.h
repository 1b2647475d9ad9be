// A folder of generated data, ready for `yujing run`: events, persons, decisions, figures,
// settings.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/made/generator.h"
#include "app/output.h"
#include "thresholds/result.h"

namespace yujing::app {

// Lines or persons done of all.
using MadeProgress =
    std::function<void(std::string_view stage, std::uint64_t done, std::uint64_t all)>;

struct MadeFolder {
  std::string folder;
  std::vector<std::string> policies;  // as given; empty: those that come with the program
};

// Writes all events to `output`. Errors: kUnavailable.
[[nodiscard]] thresholds::Result<void> write_events(Generator& generator, Output& output,
                                                    const MadeProgress& progress);

// Makes the folder if need be and everything in it. Errors: kUnavailable.
[[nodiscard]] thresholds::Result<void> write_folder(Generator& generator, const MadeFolder& made,
                                                    const MadeProgress& progress);

// The counts as one JSON object on one line: made.json of the folder.
[[nodiscard]] std::string counts_json(const GeneratorCounts& counts);

}  // namespace yujing::app

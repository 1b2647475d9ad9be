// The part of the command line for refused events: dead-letters list, dead-letters replay.
#pragma once

#include <functional>

#include "app/dead_letters/commands.h"

namespace CLI {
class App;
}

namespace yujing::app {

struct DeadLetterOptions {
  ListLettersOptions list;
  ReplayOptions replay;
};

// `options` and `action`, which is set by the command that was given, have to live as long as `app`
// parses.
void add_dead_letter_commands(CLI::App& app, DeadLetterOptions& options,
                              std::function<thresholds::Result<void>(Talk&)>& action);

}  // namespace yujing::app

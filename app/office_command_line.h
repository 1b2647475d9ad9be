// The part of the command line that the offices' commands read: lists, application, decide.
#pragma once

#include <functional>

#include "app/office_commands.h"

namespace CLI {
class App;
}

namespace yujing::app {

struct OfficeOptions {
  ListsOptions lists;
  ApplicationOptions application;
  DecideOptions decide;
};

struct OfficeCommandLine {
  OfficeOptions& options;
  std::function<thresholds::Result<void>(Talk&)>& action;  // set by the command that was given
};

// `line` has to live as long as `app` parses; its references longer.
void add_office_commands(CLI::App& app, const OfficeCommandLine& line);

}  // namespace yujing::app

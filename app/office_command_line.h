// The part of the command line that the offices' commands read: lists, application, decide.
#pragma once

#include <functional>
#include <initializer_list>
#include <string_view>

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
  // Adds --config and the flags that stand for these keys of the settings.
  void (*add_settings)(CLI::App& command, SettingsRequest& request,
                       std::initializer_list<std::string_view> keys);
};

// `line` has to live as long as `app` parses; its references longer.
void add_office_commands(CLI::App& app, const OfficeCommandLine& line);

}  // namespace yujing::app

// What every command of the command line is made of: its name with examples, and the flags that
// stand for keys of the settings. To be included by the files that define commands only.
#pragma once

#include <functional>
#include <initializer_list>
#include <string_view>

#include <CLI/CLI.hpp>

#include "app/settings.h"
#include "app/talk.h"
#include "thresholds/result.h"

namespace yujing::app {

// What the command that was given will do; set while the command line is parsed.
using Action = std::function<thresholds::Result<void>(Talk&)>;

CLI::App& add_command(CLI::App& parent, const char* name, const char* what, const char* examples);

// --config and the flags that stand for `keys` of the settings; none named: for all of them.
// `request` has to live as long as the command line is parsed.
void add_settings(CLI::App& command, SettingsRequest& request,
                  std::initializer_list<std::string_view> keys);

}  // namespace yujing::app

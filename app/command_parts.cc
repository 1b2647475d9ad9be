#include "app/command_parts.h"

#include <algorithm>

#include <fmt/format.h>

namespace yujing::app {

CLI::App& add_command(CLI::App& parent, const char* name, const char* what, const char* examples) {
  CLI::App* const command = parent.add_subcommand(name, what);
  command->footer(fmt::format("Examples:\n{}\n", examples));
  return *command;
}

void add_settings(CLI::App& command, SettingsRequest& request,
                  std::initializer_list<std::string_view> keys) {
  command.add_option("--config", request.file, "Settings file (YAML); also YUJING_CONFIG")
      ->envname("YUJING_CONFIG")
      ->type_name("FILE");
  for (const auto& key : settings_keys()) {
    if (key.flag.empty()) continue;
    if (keys.size() != 0 && std::ranges::find(keys, key.path) == keys.end()) continue;
    const std::string path(key.path);
    const std::string flag(key.flag);
    const auto help = fmt::format("{} [{}]", key.what, key.path);
    const auto set = [&request, path](const std::vector<std::string>& values) {
      request.flags[path] = values;
    };
    CLI::Option* option = nullptr;
    switch (key.kind) {
      case SettingsKey::Kind::kSwitch:
        option = command.add_flag_callback(
            flag, [set] { set({"true"}); }, help);
        break;
      case SettingsKey::Kind::kWords:
      case SettingsKey::Kind::kPaths:
        option =
            command.add_option_function<std::vector<std::string>>(flag, set, help)->delimiter(',');
        break;
      default:
        option = command.add_option_function<std::string>(
            flag, [set](const std::string& value) { set({value}); }, help);
    }
    if (key.kind == SettingsKey::Kind::kPath || key.kind == SettingsKey::Kind::kPaths)
      option->type_name(key.path == "store" || key.path == "policies" ? "DIR" : "FILE");
    option->group("In place of the settings");
  }
}

}  // namespace yujing::app

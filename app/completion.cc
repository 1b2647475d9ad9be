#include "app/completion.h"

#include <algorithm>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace yujing::app {
namespace {

constexpr std::string_view kHead =
    R"sh(# bash completion for yujing; made by `yujing completion bash`
_yujing() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=yujing i
  COMPREPLY=()
  if [[ $current == "=" ]]; then # --name=
    current=""
  elif [[ $previous == "=" ]]; then # --name=value
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$command ${COMP_WORDS[i]}" in
)sh";
constexpr std::string_view kMiddle = R"sh(    esac
  done
  case "$command:$previous" in
)sh";
constexpr std::string_view kWords = R"sh(  esac
  local words="" files=""
  case "$command" in
)sh";
constexpr std::string_view kTail = R"sh(  esac
  if [[ -n $files && $current != -* ]]; then
    _yujing_files
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
_yujing_files() {
  compopt -o filenames 2>/dev/null || :
  mapfile -t COMPREPLY < <(compgen -f -- "$current")
}
complete -F _yujing yujing
)sh";

struct Command {
  std::string path;  // "yujing policy show"
  const CLI::App* app = nullptr;
};

// CLI11 shows commands and options only to whoever may change them; nobody does.
CLI::App& seen(const CLI::App& app) { return const_cast<CLI::App&>(app); }

std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  std::vector<const CLI::App*> found;
  for (const CLI::App* const each : seen(app).get_subcommands([](CLI::App*) { return true; }))
    found.push_back(each);
  return found;
}

void collect(const CLI::App& app, const std::string& path, std::vector<Command>& commands) {
  commands.push_back({path, &app});
  for (const CLI::App* const each : subcommands(app))
    collect(*each, path + " " + each->get_name(), commands);
}

std::vector<std::string> names_of(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const auto& name : option.get_snames())
    names.push_back("-" + name);
  for (const auto& name : option.get_lnames())
    names.push_back("--" + name);
  return names;
}

bool takes_value(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

// The command's own options and those of the program, which may stand anywhere.
std::vector<const CLI::Option*> options_of(const CLI::App& program, const CLI::App& command) {
  std::vector<const CLI::Option*> options = command.get_options();
  if (&command == &program) return options;
  for (const CLI::Option* const option : program.get_options()) {
    if (takes_value(*option)) options.push_back(option);
  }
  return options;
}

bool names_files(const CLI::Option& option) {
  const auto& type = option.get_type_name();
  return type == "FILE" || type == "DIR" || type.starts_with("PATH");
}

// What the shell offers after an option that takes a value.
std::string offer(const CLI::Option& option) {
  if (names_files(option)) return "_yujing_files; return";
  std::string words = option.get_type_name();
  if (words.find('|') == std::string::npos) return "return";
  std::ranges::replace(words, '|', ' ');
  return fmt::format("mapfile -t COMPREPLY < <(compgen -W \"{}\" -- \"$current\"); return", words);
}

}  // namespace

std::string bash_completion(const CLI::App& app) {
  std::vector<Command> commands;
  collect(app, app.get_name(), commands);
  std::string known;
  std::string values;
  std::string words;
  for (const auto& [path, command] : commands) {
    if (command != &app) known += fmt::format("      \"{0}\") command=\"{0}\" ;;\n", path);
    std::vector<std::string> offered;
    for (const CLI::App* const each : subcommands(*command))
      offered.push_back(each->get_name());
    bool files = false;
    for (const CLI::Option* const option : options_of(app, *command)) {
      const auto names = names_of(*option);
      files = files || (names.empty() && names_files(*option));
      offered.insert(offered.end(), names.begin(), names.end());
      if (names.empty() || !takes_value(*option)) continue;
      std::vector<std::string> patterns;
      for (const auto& name : names)
        patterns.push_back(fmt::format("\"{}:{}\"", path, name));
      values += fmt::format("    {}) {} ;;\n", fmt::join(patterns, " | "), offer(*option));
    }
    words += fmt::format("    \"{}\") words=\"{}\"{} ;;\n", path, fmt::join(offered, " "),
                         files ? " files=1" : "");
  }
  return fmt::format("{}{}{}{}{}{}{}", kHead, known, kMiddle, values, kWords, words, kTail);
}

}  // namespace yujing::app

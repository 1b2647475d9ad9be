#include "app/dead_letters/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/command_parts.h"
#include "monitor/refusal.h"

namespace yujing::app {
namespace {

void add_selection(CLI::App& command, LetterSelection& selection) {
  command.add_option("--reason", selection.reasons, "Only those refused for these reasons")
      ->delimiter(',')
      ->type_name(fmt::format("{}", fmt::join(monitor::kRefusalNames, "|")));
  command.add_option("--letter", selection.numbers, "Only these, by number (`list` shows them)")
      ->delimiter(',')
      ->type_name("N");
  command.add_option("--after", selection.after, "Only those with a higher number")->type_name("N");
  command.add_option("--limit", selection.limit, "At most so many")->type_name("N");
  command.add_flag("--open", selection.open,
                   "Leave out those whose settlement is in the ledger by now");
}

void add_list(CLI::App& parent, ListLettersOptions& options, Action& action) {
  auto& command = add_command(
      parent, "list", "Refused events: reason, message, position, and how many of which reason",
      "  yujing dead-letters list --config settings.yaml\n"
      "  yujing dead-letters list --reason sums_disagree,bad_date --open --config settings.yaml\n"
      "  yujing dead-letters list --letter 17 --bytes --config settings.yaml\n"
      "  yujing dead-letters list --reason bad_date --raw --config settings.yaml > mended.ndjson");
  add_selection(command, options.selection);
  auto* const bytes = command.add_flag(
      "--bytes", options.bytes, "Show the refused lines too; they may hold names and id numbers");
  auto* const json = command.add_flag("--json", options.json, "As JSON, one object a line");
  command
      .add_flag("--raw", options.raw,
                "The refused lines alone, byte for byte: to be mended and sent back")
      ->excludes(bytes)
      ->excludes(json);
  add_settings(command, options.settings, {"store", "alerts.dead_letters"});
  command.callback([&options, &action] {
    action = [&options](Talk& talk) { return list_letters(options, talk); };
  });
}

void add_replay(CLI::App& parent, ReplayOptions& options, Action& action) {
  auto& command = add_command(
      parent, "replay",
      "Send mended events back to the events file, or refused ones that would pass now; without "
      "--yes only say what would be done",
      "  yujing dead-letters replay --from mended.ndjson --config settings.yaml\n"
      "  yujing dead-letters replay --from mended.ndjson --yes --config settings.yaml\n"
      "  yujing dead-letters replay --reason unknown_city --yes --config settings.yaml\n"
      "  yujing dead-letters replay --from mended.ndjson --print --config settings.yaml");
  auto* const from = command.add_option(
      "--from", options.from,
      "Mended events, one a line; - is standard input (default: the refused lines themselves)");
  from->type_name("FILE");
  add_selection(command, options.selection);
  for (const char* const name : {"--reason", "--letter", "--after", "--limit", "--open"}) {
    from->excludes(command.get_option(name));
  }
  auto* const yes = command.add_flag("--yes", options.yes, "Do it");
  auto* const json = command.add_flag("--json", options.json, "The counts as JSON");
  command
      .add_flag("--print", options.print,
                "Write the lines to standard output instead, for a source nothing can be added to")
      ->excludes(yes)
      ->excludes(json);
  add_settings(command, options.settings,
               {"store", "cities", "policies", "reference", "source.path", "alerts.dead_letters"});
  command.callback([&options, &action] {
    action = [&options](Talk& talk) { return replay_letters(options, talk); };
  });
}

}  // namespace

void add_dead_letter_commands(CLI::App& app, DeadLetterOptions& options,
                              std::function<thresholds::Result<void>(Talk&)>& action) {
  auto& command = add_command(app, "dead-letters", "Refused events: look at them, send them back",
                              "  yujing dead-letters list --config settings.yaml\n"
                              "  yujing dead-letters replay --from mended.ndjson --yes "
                              "--config settings.yaml");
  command.require_subcommand(1);
  add_list(command, options.list, action);
  add_replay(command, options.replay, action);
}

}  // namespace yujing::app

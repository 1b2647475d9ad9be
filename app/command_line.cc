#include "app/command_line.h"

#include <functional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command_parts.h"
#include "app/commands.h"
#include "app/completion.h"
#include "app/dead_letters/command_line.h"
#include "app/exit_code.h"
#include "app/kafka/command_line.h"
#include "app/office_command_line.h"
#include "app/output.h"
#include "app/version.h"

namespace yujing::app {
namespace {

using thresholds::Result;

constexpr std::uint64_t kPersonsMax = 100'000'000;
constexpr std::uint64_t kEventsMax = 100'000'000'000;
constexpr std::uint64_t kRateMax = 1'000'000;

// Everything a command line can say. Commands read their own part.
struct Parsed {
  std::string log = "text";
  Action action;
  std::string shell;  // to be completed for
  DemoOptions demo;
  RunOptions run;
  PayoutOptions payout;
  ExplainOptions explain;
  ExportOptions export_store;
  PolicyCheckOptions policy_check;
  PolicyShowOptions policy_show;
  PolicyDiffOptions policy_diff;
  GenerateOptions generate;
  VerifyOptions verify;
  CompactOptions compact;
  OfficeOptions office;
  DeadLetterOptions dead_letters;
  KafkaCommandOptions kafka;
};

void add_demo(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(
      app, "demo", "Show the main job on made-up bills, with nothing to install or configure",
      "  yujing demo\n"
      "  yujing demo --city yantai --persons 50000 --events 300000\n"
      "  yujing demo --dir /tmp/demo --seed 7");
  auto& options = parsed.demo;
  command.add_option("--city", options.city,
                     "City whose rules are shown (default: the first that warns)");
  command.add_option("--persons", options.persons, "Insured persons")
      ->check(CLI::Range(std::uint64_t{1}, kPersonsMax))
      ->capture_default_str();
  command.add_option("--events", options.events, "Settlement events")
      ->check(CLI::Range(std::uint64_t{1}, kEventsMax))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "The same seed makes the same bills")
      ->capture_default_str();
  command.add_option("--dir", options.folder,
                     "Folder for everything it makes (default: var/demo-CITY)");
  command.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return demonstrate(parsed.demo, talk); };
  });
}

void add_run(CLI::App& app, Parsed& parsed) {
  auto& command =
      add_command(app, "run", "Watch: read events, keep the ledger, send warnings, serve /metrics",
                  "  yujing run --config settings.yaml\n"
                  "  yujing run --config settings.yaml --once\n"
                  "  zcat events.gz | yujing run --config settings.yaml --once --events -\n"
                  "  YUJING_METRICS_LISTEN=127.0.0.1:0 yujing run --config settings.yaml");
  add_settings(command, parsed.run.settings, {});
  command.add_flag("--once", parsed.run.once, "End when the source is read to its end");
  command.add_flag("--json", parsed.run.json, "The summary at the end as JSON on standard output");
  command.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return run_monitor(parsed.run, talk); };
  });
}

void add_payout(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(
      app, "payout", "Compute what the rules pay: cases in, results out, one JSON object a line",
      "  yujing payout < cases.ndjson > results.ndjson\n"
      "  yujing payout --policies ./policies --reference reference.yaml < cases.ndjson");
  command
      .add_option("--policies", parsed.payout.policies,
                  "Policy files or folders (default: the program's own)")
      ->type_name("DIR");
  command.add_option("--reference", parsed.payout.reference, "Reference figures")
      ->type_name("FILE");
  command.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return compute_payouts(parsed.payout, talk); };
  });
}

void add_explain(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(
      app, "explain",
      "Every step of one person's payout with its article, and why each warning rule holds or not",
      "  yujing explain --case case.json\n"
      "  yujing explain --person P1 --year 2026 --config settings.yaml\n"
      "  yujing explain --person P1 --year 2026 --rule burden-over-10000 --config settings.yaml");
  auto& options = parsed.explain;
  auto* const case_file =
      command.add_option("--case", options.case_file, "A payout case; - is standard input");
  auto* const person =
      command.add_option("--person", options.person, "psn_no of a person in the store");
  auto* const year = command.add_option("--year", options.year, "Year of the benefit dates");
  command.add_option("--rule", options.rule, "Only this warning rule: why it holds or does not")
      ->type_name("RULE");
  case_file->type_name("FILE")->excludes(person);
  person->type_name("PSN_NO")->needs(year);
  year->type_name("YEAR")->check(CLI::Range(1900, 2200).description(""));
  add_settings(command, options.settings, {"store", "policies", "reference"});
  command.add_flag("--json", options.json, "As JSON");
  command.callback([&parsed, &options] {
    if (options.case_file.empty() && options.person.empty()) {
      throw CLI::RequiredError("either --case FILE or --person PSN_NO with --year YEAR");
    }
    // With a case, the policies and figures stand for themselves, without settings.
    const auto policies = options.settings.flags.find("policies");
    if (policies != options.settings.flags.end()) options.policies = policies->second;
    const auto reference = options.settings.flags.find("reference");
    if (reference != options.settings.flags.end()) options.reference = reference->second.front();
    parsed.action = [&parsed](Talk& talk) { return explain(parsed.explain, talk); };
  });
}

void add_export(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(
      app, "export", "What the store knows, one JSON object a line; works beside a running monitor",
      "  yujing export totals --config settings.yaml > totals.ndjson\n"
      "  yujing export alerts --config settings.yaml | grep '\"state\":\"open\"'\n"
      "  yujing export ledger --store ./var");
  command.require_subcommand(1);
  const struct {
    const char* name;
    const char* what;
    ExportKind kind;
  } kinds[] = {
      {"totals", "The year's totals, a line per person, year and city", ExportKind::kTotals},
      {"alerts", "Warnings, open and cleared, a line per person, year, city and rule",
       ExportKind::kAlerts},
      {"ledger", "Every entry of the ledger as it was written", ExportKind::kLedger}};
  for (const auto& [name, what, kind] : kinds) {
    auto& inner = add_command(
        command, name, what,
        fmt::format("  yujing export {0} --config settings.yaml > {0}.ndjson", name).c_str());
    add_settings(inner, parsed.export_store.settings, {"store", "policies"});
    inner.callback([&parsed, kind = kind] {
      parsed.export_store.kind = kind;
      parsed.action = [&parsed](Talk& talk) { return export_store(parsed.export_store, talk); };
    });
  }
}

void add_policy(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(app, "policy", "Policy files: check, print, compare",
                              "  yujing policy check thresholds/policies\n"
                              "  yujing policy show jixi --on 2026-03-01\n"
                              "  yujing policy diff old/ new/");
  command.require_subcommand(1);
  auto& check = add_command(
      command, "check", "Read policy files and list everything wrong with them",
      "  yujing policy check thresholds/policies\n"
      "  yujing policy check shipped my-overlay.yaml   (an overlay over the program's own)");
  check
      .add_option("paths", parsed.policy_check.paths,
                  "Files or folders, later ones over earlier ones")
      ->required()
      ->type_name("PATH");
  check.add_flag("--json", parsed.policy_check.json, "As JSON");
  check.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return check_policies(parsed.policy_check, talk); };
  });
  auto& show = add_command(command, "show", "Print a city's rules with the article behind each",
                           "  yujing policy show jixi\n"
                           "  yujing policy show yantai --on 2025-07-01 --json");
  show.add_option("city", parsed.policy_show.city, "City id, such as jixi")
      ->required()
      ->type_name("CITY");
  show.add_option("--on", parsed.policy_show.on,
                  "Day on which the version is in force (default: today)")
      ->type_name("DATE");
  show.add_option("--policies", parsed.policy_show.policies, "Policy files or folders")
      ->type_name("DIR");
  show.add_flag("--json", parsed.policy_show.json, "As JSON");
  show.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return show_policy(parsed.policy_show, talk); };
  });
  auto& diff =
      add_command(command, "diff", "What changed between two sets of policies, from when, for whom",
                  "  yujing policy diff old/ new/\n"
                  "  yujing policy diff shipped shipped,my-overlay.yaml   (what an overlay does)\n"
                  "  yujing policy diff qinghe-2024.yaml qinghe-2026.yaml --json");
  diff.add_option("a", parsed.policy_diff.before,
                  "The policies before: a file or folder, or several with commas between")
      ->required()
      ->type_name("PATH[,PATH]");
  diff.add_option("b", parsed.policy_diff.after, "The policies after")
      ->required()
      ->type_name("PATH[,PATH]");
  diff.add_flag("--json", parsed.policy_diff.json, "As JSON, an object a line");
  diff.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return compare_policies(parsed.policy_diff, talk); };
  });
}

void add_generate(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(
      app, "generate",
      "Make settlements with realistic skew, repeats, reversals, late and broken events",
      "  yujing generate --persons 20000 --events 120000 --seed 1 --to ./made --city jixi\n"
      "  yujing generate --persons 1000000 --events 10000000 --seed 7 --to events.ndjson\n"
      "  yujing generate --persons 100 --events 1000 --seed 3 | head\n"
      "  yujing generate --events 60000 --rate 1000 --to kafka --config settings.yaml");
  auto& options = parsed.generate;
  command.add_option("--persons", options.persons, "Insured persons")
      ->check(CLI::Range(std::uint64_t{1}, kPersonsMax))
      ->capture_default_str();
  command.add_option("--events", options.events, "Settlement events, all kinds together")
      ->check(CLI::Range(std::uint64_t{1}, kEventsMax))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "The same seed makes the same bytes")
      ->capture_default_str();
  command.add_option("--zipf", options.zipf, "Skew over persons; 0: all alike")
      ->check(CLI::Range(0.0, 3.0))
      ->capture_default_str();
  command.add_option(
      "--to", options.to,
      "File; or a folder, which also gets persons, decisions, figures and settings; or "
      "`kafka`: the topics of --config (default: standard output)");
  command
      .add_option("--config", options.config,
                  "With `--to kafka`: settings file (YAML), with the cities; also YUJING_CONFIG")
      ->envname("YUJING_CONFIG")
      ->type_name("FILE");
  command.add_option("--rate", options.rate, "With `--to kafka`: events a second, for a live show")
      ->check(CLI::Range(std::uint64_t{1}, kRateMax));
  command.add_option("--city", options.cities, "Cities (default: all)")->delimiter(',');
  command.add_option("--policies", options.policies, "Policy files or folders")->type_name("DIR");
  command.add_option("--year", options.year, "Year of the bills")
      ->check(CLI::Range(2000, 2100))
      ->capture_default_str();
  command.add_flag("--json", options.json, "What was made as JSON on standard output");
  command.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return generate(parsed.generate, talk); };
  });
}

void add_store(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(app, "store", "The store of the ledger: verify, compact",
                              "  yujing store verify --config settings.yaml\n"
                              "  yujing store compact --config settings.yaml");
  command.require_subcommand(1);
  auto& verify =
      add_command(command, "verify",
                  "Fold the ledger again and compare it with what is kept; exit 1 on a difference",
                  "  yujing store verify --config settings.yaml\n"
                  "  yujing store verify --config settings.yaml --json\n"
                  "  yujing store verify --config settings.yaml --against-topic");
  add_settings(verify, parsed.verify.settings, {"store", "cities", "policies", "reference"});
  verify.add_flag("--against-topic", parsed.verify.against_topic,
                  "Compare with the ledger topic instead; needs as much room in TMPDIR as a "
                  "partition's store");
  verify.add_flag("--json", parsed.verify.json, "As JSON");
  verify.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return verify_store_command(parsed.verify, talk); };
  });
  auto& compact =
      add_command(command, "compact",
                  "Write the store's tables anew, as small as they get; while no monitor runs",
                  "  yujing store compact --config settings.yaml\n"
                  "  yujing store compact --config settings.yaml --json");
  add_settings(compact, parsed.compact.settings, {"store"});
  compact.add_flag("--json", parsed.compact.json, "As JSON");
  compact.callback([&parsed] {
    parsed.action = [&parsed](Talk& talk) { return compact_store_command(parsed.compact, talk); };
  });
}

void add_completion(CLI::App& app, Parsed& parsed) {
  auto& command = add_command(
      app, "completion", "A script by which a shell completes commands, flags and files",
      "  source <(yujing completion bash)\n"
      "  yujing completion bash > ~/.local/share/bash-completion/completions/yujing");
  command.add_option("shell", parsed.shell, "The shell")
      ->required()
      ->type_name("bash")
      ->check(CLI::IsMember({"bash"}).description(""));
  command.callback(
      [&app, &parsed] { parsed.action = [&app](Talk&) { return print(bash_completion(app)); }; });
}

// The command that was named as far as it is known, and the word after it that is no command.
struct Named {
  CLI::App* app = nullptr;
  std::string command;  // "yujing policy"
  std::string unknown;  // "" when every word is known
};

std::vector<CLI::App*> commands_of(CLI::App& app) {
  return app.get_subcommands([](CLI::App*) { return true; });
}

// "check, show"
std::string command_names(CLI::App& app) {
  std::string names;
  for (const auto* const command : commands_of(app)) {
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return names;
}

Named find_named(CLI::App& app, int argc, const char* const* argv) {
  Named found{&app, app.get_name(), ""};
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--log") ++i;  // its value is no command
    if (word.starts_with("-")) continue;
    const auto inner = commands_of(*found.app);
    if (inner.empty()) return found;
    const auto next = std::ranges::find(inner, word, [](CLI::App* c) { return c->get_name(); });
    if (next == inner.end()) {
      found.unknown = word;
      return found;
    }
    found.app = *next;
    found.command += " " + word;
  }
  return found;
}

// "; there is --config", of the options that begin alike.
std::string options_like(const CLI::App& command, const std::string& word) {
  constexpr std::size_t kAlike = 3;
  const auto from = word.find_first_not_of('-');
  if (from == std::string::npos) return "";
  std::string found;
  for (const CLI::Option* const option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (!name.starts_with(word.substr(from, kAlike))) continue;
      found += fmt::format("{}--{}", found.empty() ? "; there is " : ", ", name);
    }
  }
  return found;
}

// What is wrong with a command line, in our words where the library's would not help.
std::string usage_fault(const CLI::ParseError& error, const CLI::App& app, const Named& named) {
  const bool leads_on = !commands_of(*named.app).empty();
  if (leads_on && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return fmt::format("a command is missing after `{}`; commands: {}", named.command,
                       command_names(*named.app));
  }
  const auto words = app.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr || words.empty())
    return error.what();
  for (const std::string& word : words) {
    if (!word.starts_with("-")) continue;
    return fmt::format("`{}` has no option `{}`{}", named.command, word,
                       options_like(*named.app, word));
  }
  return fmt::format("`{}` does not know what to do with `{}`: which option is it for?",
                     named.command, words.front());
}

int refuse(Talk& talk, const std::string& message, const std::string& command) {
  talk.error("usage", fmt::format("{}\nRun `{} --help` for how to use it.", message, command));
  return kExitUsage;
}

int run_parsed(const Parsed& parsed) {
  Talk talk(parsed.log == "json" ? LogFormat::kJson : LogFormat::kText);
  const auto done = parsed.action(talk);
  if (done) return kExitDone;
  talk.error("failed", done.error().message);
  return exit_code(done.error().code);
}

void add_commands(CLI::App& app, Parsed& parsed) {
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", fmt::format("yujing {} ({})", version(), commit()));
  app.add_option("--log", parsed.log, "Log lines on standard error: text or json")
      ->type_name("text|json")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->capture_default_str();
  app.footer(
      "Examples:\n"
      "  yujing demo\n"
      "  yujing run --config settings.yaml --once\n"
      "  yujing COMMAND --help\n\n"
      "Exit codes: 0 done, 1 a check failed, 64 usage, 65 bad input data, 69 a service is "
      "unavailable,\n"
      "70 internal error, 78 configuration.\n");
  add_demo(app, parsed);
  add_run(app, parsed);
  add_payout(app, parsed);
  add_explain(app, parsed);
  add_export(app, parsed);
  add_policy(app, parsed);
  add_generate(app, parsed);
  add_store(app, parsed);
  add_office_commands(app, {parsed.office, parsed.action});
  add_dead_letter_commands(app, parsed.dead_letters, parsed.action);
  add_kafka_commands(app, parsed.kafka, parsed.action);
  add_completion(app, parsed);
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app("Watches settled medical bills and warns before they make a household poor.",
               "yujing");
  Parsed parsed;
  add_commands(app, parsed);
  const auto named = find_named(app, argc, argv);
  if (!named.unknown.empty()) {
    Talk talk(LogFormat::kText);
    return refuse(talk,
                  fmt::format("there is no command `{} {}`; commands: {}", named.command,
                              named.unknown, command_names(*named.app)),
                  named.command);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success) == 0 ? kExitDone : kExitInternal;
  } catch (const CLI::ParseError& error) {
    Talk talk(LogFormat::kText);
    return refuse(talk, usage_fault(error, app, named), named.command);
  }
  return run_parsed(parsed);
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    Talk talk(LogFormat::kText);
    talk.error("internal",
               fmt::format("stopped by an internal error: {}; please report it", error.what()));
    return kExitInternal;
  }
}

}  // namespace yujing::app

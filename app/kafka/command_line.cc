#include "app/kafka/command_line.h"

#include <fmt/format.h>

#include "app/command_parts.h"

namespace yujing::app {
namespace {

void add_topics(CLI::App& app, TopicsOptions& options, Action& action) {
  auto& command = add_command(app, "topics", "The Kafka topics as they must be: create, check",
                              "  yujing topics create --config settings.yaml\n"
                              "  yujing topics check --config settings.yaml");
  command.require_subcommand(1);
  const struct {
    const char* name;
    const char* what;
    bool create;
  } kinds[] = {
      {"create", "Make the topics that are missing, then check all; exit 1 where one does not fit",
       true},
      {"check",
       "Say what does not fit: partitions, cleanup policy, copies, message size; exit 1 if any",
       false}};
  for (const auto& [name, what, create] : kinds) {
    auto& inner = add_command(command, name, what,
                              fmt::format("  yujing topics {0} --config settings.yaml\n"
                                          "  yujing topics {0} --config settings.yaml --json",
                                          name)
                                  .c_str());
    // No flag stands for a key of Kafka: brokers and security are for the file.
    inner.add_option("--config", options.settings.file, "Settings file (YAML); also YUJING_CONFIG")
        ->envname("YUJING_CONFIG")
        ->type_name("FILE");
    inner.add_flag("--json", options.json, "As JSON");
    inner.callback([&options, &action, create = create] {
      options.create = create;
      action = [&options](Talk& talk) { return look_at_topics(options, talk); };
    });
  }
}

void add_keys(CLI::App& app, NewKeyOptions& options, Action& action) {
  auto& command = add_command(app, "keys", "Keys that seal what leaves the process: new",
                              "  yujing keys new --file seal.keys");
  command.require_subcommand(1);
  auto& inner = add_command(
      command, "new", "Make a key file, or add a key to one: the newest seals, all of them open",
      "  yujing keys new --file seal.keys");
  inner.add_option("--file", options.file, "The key file, `seal.key_file` of the settings")
      ->required()
      ->type_name("FILE");
  inner.callback(
      [&options, &action] { action = [&options](Talk& talk) { return make_key(options, talk); }; });
}

}  // namespace

void add_kafka_commands(CLI::App& app, KafkaCommandOptions& options, Action& action) {
  add_topics(app, options.topics, action);
  add_keys(app, options.key, action);
}

}  // namespace yujing::app

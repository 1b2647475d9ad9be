// The settings of the program: one documented struct, filled once at the start.
//
// Flags win over the environment (YUJING_STORE, YUJING_SOURCE_PATH: the key's path in capitals),
// the environment over the file, the file over defaults. The file is YAML; a key that is unknown or
// stands twice is an error that names file, line and the keys allowed. Relative paths count from
// the folder of the file, those of flags and environment from the working folder.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/kafka_options.h"
#include "consumer/refusal_limit.h"
#include "thresholds/result.h"

namespace yujing::app {

// Where events come from and alerts go to: both are files, or both are Kafka topics.
enum class Stream : std::uint8_t { kFiles, kKafka };

struct Settings {
  std::string file;  // where they come from; "" when there is no file

  // Cities in use, by id. An event belongs to the city whose code shares the first four digits of
  // its insu_admdvs.
  std::vector<std::string> cities;
  // Policy files or folders, later ones over earlier ones; the word `shipped` stands for those that
  // come with the program. Empty: `shipped` alone.
  std::vector<std::string> policies;
  // Incomes, premiums, limits. "": the figures that come with the program.
  std::string reference;
  std::string store = "var";  // folder of the ledger and what goes with it
  // What each of the store's four kinds of records may take in memory before it becomes a table.
  std::uint32_t store_memtable_kib = 64 << 10;
  std::uint32_t batch_events = 262'144;  // of a file, lines per commit at most

  Stream stream = Stream::kFiles;

  // Of files.
  struct Source {
    std::string path;       // events; "-": standard input
    std::string persons;    // "": none
    std::string decisions;  // "": none; a file that is not there is empty
    bool follow = false;    // wait for more at the end
  } source;

  struct Alerts {
    std::string path = "alerts.ndjson";
    std::string dead_letters = "dead-letters.ndjson";
  } alerts;

  // Of Kafka; its `password` is not here but comes with kafka_options (app/kafka/link.h).
  consumer::KafkaOptions kafka;
  std::string kafka_password_file;
  consumer::RefusalLimit refusals;

  struct Seal {
    std::string key_file;  // "": names, numbers and refused events leave the process as they are
  } seal;

  struct Metrics {
    // HOST:PORT; port 0 is any free one; "off": none.
    std::string listen = "127.0.0.1:9464";
    bool asked = false;  // false: the default, which gives way when somebody else has the port
    std::string lists;   // folder of the monthly lists, to show when they were made; "": none
  } metrics;
};

// One key of the settings as a table row: what the file, the environment, flags and the manual
// know.
struct SettingsKey {
  enum class Kind : std::uint8_t { kWord, kPath, kPathOrTopic, kWords, kPaths, kSwitch };
  std::string_view path;  // "source.path"
  Kind kind = Kind::kWord;
  std::string_view flag;  // "--events"
  std::string_view what;  // for --help
};
[[nodiscard]] const std::vector<SettingsKey>& settings_keys();
// "source.path" → "YUJING_SOURCE_PATH".
[[nodiscard]] std::string environment_name(std::string_view key);

// The parts of a list that is written with commas, as variables and `policy diff` take it.
[[nodiscard]] std::vector<std::string> split_list(const std::string& text);

// What the command line says: the file and the flags given, by key path.
struct SettingsRequest {
  std::string file;
  std::map<std::string, std::vector<std::string>, std::less<>> flags;
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

// Errors are kConfiguration and name where the wrong value stands (file:line, variable or flag).
[[nodiscard]] thresholds::Result<Settings> load_settings(
    const SettingsRequest& request, const Environment& environment = process_environment);

}  // namespace yujing::app

// The commands, one function each, in a file named after the command (run_command.cc, …).
//
// Data goes to standard output, talk to `talk` (standard error). A command that did what it was
// asked returns nothing; an Error carries the message for people, and its code gives the exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/settings.h"
#include "app/talk.h"
#include "thresholds/result.h"

namespace yujing::app {

struct RunOptions {
  SettingsRequest settings;
  bool once = false;  // end when the source is read to its end
  bool json = false;  // the summary as JSON on standard output
};
[[nodiscard]] thresholds::Result<void> run_monitor(const RunOptions& options, Talk& talk);

enum class ExportKind : std::uint8_t { kTotals, kAlerts, kLedger };
struct ExportOptions {
  SettingsRequest settings;
  ExportKind kind = ExportKind::kTotals;
};
[[nodiscard]] thresholds::Result<void> export_store(const ExportOptions& options, Talk& talk);

struct VerifyOptions {
  SettingsRequest settings;
  bool against_topic = false;  // compare with the ledger topic instead of folding again
  bool json = false;
};
[[nodiscard]] thresholds::Result<void> verify_store_command(const VerifyOptions& options,
                                                            Talk& talk);

struct CompactOptions {
  SettingsRequest settings;
  bool json = false;
};
[[nodiscard]] thresholds::Result<void> compact_store_command(const CompactOptions& options,
                                                             Talk& talk);

struct PolicyCheckOptions {
  std::vector<std::string> paths;
  bool json = false;
};
[[nodiscard]] thresholds::Result<void> check_policies(const PolicyCheckOptions& options,
                                                      Talk& talk);

struct PolicyShowOptions {
  std::string city;
  std::string on;                     // yyyy-MM-dd; "": today in Beijing
  std::vector<std::string> policies;  // empty: those that come with the program
  bool json = false;
};
[[nodiscard]] thresholds::Result<void> show_policy(const PolicyShowOptions& options, Talk& talk);

// Each side the paths of one set of policies, with commas between.
struct PolicyDiffOptions {
  std::string before;
  std::string after;
  bool json = false;
};
[[nodiscard]] thresholds::Result<void> compare_policies(const PolicyDiffOptions& options,
                                                        Talk& talk);

// Reads cases from standard input, writes results to standard output.
struct PayoutOptions {
  std::vector<std::string> policies;  // empty: those that come with the program
  std::string reference;              // "": the figures that come with the program
};
[[nodiscard]] thresholds::Result<void> compute_payouts(const PayoutOptions& options, Talk& talk);

// Either `case_file` ("-": standard input), or `person` and `year` with settings. With `rule`, that
// warning rule alone.
struct ExplainOptions {
  std::string case_file;
  std::vector<std::string> policies;  // with a case; empty: those that come with the program
  std::string reference;              // with a case
  std::string person;
  std::optional<std::int32_t> year;  // with a case: only this one
  std::string rule;
  SettingsRequest settings;
  bool json = false;
};
[[nodiscard]] thresholds::Result<void> explain(const ExplainOptions& options, Talk& talk);

struct GenerateOptions {
  std::uint64_t persons = 20'000;
  std::uint64_t events = 120'000;
  std::uint64_t seed = 1;
  double zipf = 0.99;  // 0: every person alike
  // "" or "-": standard output; "kafka": the topics of the settings; a folder; else a file.
  std::string to;
  std::string config;               // of Kafka: the settings, which name the cities too
  std::uint64_t rate = 0;           // to Kafka, events a second; 0: as fast as it goes
  std::vector<std::string> cities;  // empty: all that come with the program
  std::vector<std::string> policies;
  std::int32_t year = 2026;
  bool json = false;  // what was made as JSON on standard output (not when the events go there)
};
[[nodiscard]] thresholds::Result<void> generate(const GenerateOptions& options, Talk& talk);

struct DemoOptions {
  std::string city;  // "": the first that comes with the program and has a warning rule
  std::uint64_t persons = 20'000;
  std::uint64_t events = 120'000;
  std::uint64_t seed = 1;
  std::string folder;  // "": var/demo-CITY below the working folder
};
[[nodiscard]] thresholds::Result<void> demonstrate(const DemoOptions& options, Talk& talk);

}  // namespace yujing::app

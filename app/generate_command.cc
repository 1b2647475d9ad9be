// yujing generate: made-up settlements, to standard output, a file, a folder or Kafka.
#include <filesystem>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/kafka/link.h"
#include "app/made/folder.h"
#include "app/made/stream.h"
#include "app/progress.h"
#include "app/rules.h"
#include "app/stop_signal.h"
#include "consumer/kafka_admin.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using consumer::KafkaOptions;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

bool is_to_output(const GenerateOptions& options) {
  return options.to.empty() || options.to == "-";
}

// A folder when it is one, is written as one ("made/") or has no ending ("made").
bool is_folder(const std::string& to) {
  std::error_code ignored;
  if (fs::is_directory(to, ignored)) return true;
  if (fs::exists(to, ignored)) return false;
  return to.ends_with('/') || !fs::path(to).has_extension();
}

Result<void> write_to(Generator& generator, const GenerateOptions& options,
                      const MadeProgress& progress) {
  if (!is_to_output(options) && is_folder(options.to))
    return write_folder(generator, {options.to, options.policies}, progress);
  if (is_to_output(options)) {
    Output output;
    return write_events(generator, output, progress);
  }
  auto output = Output::create(options.to);
  if (!output) return tl::unexpected(output.error());
  return write_events(generator, *output, progress);
}

Result<std::vector<MadeCity>> made_cities(const Result<Rules>& rules, std::int32_t year) {
  if (!rules) return tl::unexpected(rules.error());
  std::vector<MadeCity> cities;
  for (const auto& city : rules->book.cities)
    cities.push_back(made_city(city, year));
  return cities;
}

Result<Rules> rules_of_flags(const GenerateOptions& options) {
  auto rules = load_rules(options.policies, "");
  if (!rules || options.cities.empty()) return rules;
  if (auto done = keep_cities(rules->book, options.cities, "--city"); !done)
    return tl::unexpected(done.error());
  return rules;
}

// As for the monitor, flags win over the settings.
Result<Settings> settings_of(const GenerateOptions& options) {
  SettingsRequest request{options.config, {}};
  if (!options.cities.empty()) request.flags["cities"] = options.cities;
  if (!options.policies.empty()) request.flags["policies"] = options.policies;
  return load_settings(request);
}

GeneratorOptions generator_options(const GenerateOptions& options, std::vector<MadeCity> cities) {
  return {options.persons, options.events, options.seed,
          options.zipf,    options.year,   std::move(cities)};
}

MadeProgress shown_by(Progress& progress) {
  return [&progress](std::string_view stage, std::uint64_t n, std::uint64_t all) {
    progress.update(stage, n, all, ProgressUnit::kItems);
  };
}

Result<void> tell(const GenerateOptions& options, const Generator& generator,
                  const std::string& where, Talk& talk) {
  const auto& counts = generator.counts();
  talk.info("generated",
            fmt::format("{} events of {} persons: {} bills, {} sent again, {} corrected, {} "
                        "reversals, {} broken{}",
                        grouped(counts.lines), grouped(options.persons), grouped(counts.bills),
                        grouped(counts.duplicates), grouped(counts.corrections + counts.outdated),
                        grouped(counts.reversals), grouped(counts.refused_in_all()), where));
  if (options.json && !is_to_output(options)) return print(counts_json(counts));
  return {};
}

Result<void> generate_to_kafka(const GenerateOptions& options, Talk& talk) {
  const auto settings = settings_of(options);
  if (!settings) return tl::unexpected(settings.error());
  const auto kafka = kafka_options(*settings);
  if (!kafka) return tl::unexpected(kafka.error());
  auto cities = made_cities(load_rules(*settings, CityChoice::kInUse), options.year);
  if (!cities) return tl::unexpected(cities.error());
  const StopSignal stop;
  if (const auto ready = consumer::ready_topics(*kafka); !ready)
    return tl::unexpected(ready.error());
  Generator generator(generator_options(options, std::move(*cities)));
  Progress progress(talk);
  auto done = send_stream(generator, *kafka, options.rate, stop.requested(), shown_by(progress));
  progress.finish();
  if (!done) return done;
  if (stop.requested()) talk.info("stopped", "asked to stop; what was made so far is sent");
  return tell(options, generator, fmt::format(" → {} at {}", kafka->settlements, kafka->brokers),
              talk);
}

}  // namespace

Result<void> generate(const GenerateOptions& options, Talk& talk) {
  if (options.to == "kafka") return generate_to_kafka(options, talk);
  if (options.rate != 0)
    return fail(ErrorCode::kUsage, "--rate goes with `--to kafka` alone; leave it out");
  auto cities = made_cities(rules_of_flags(options), options.year);
  if (!cities) return tl::unexpected(cities.error());
  Generator generator(generator_options(options, std::move(*cities)));
  Progress progress(talk);
  auto done = write_to(generator, options, shown_by(progress));
  progress.finish();
  if (!done) return done;
  return tell(options, generator, is_to_output(options) ? "" : " → " + options.to, talk);
}

}  // namespace yujing::app

#include "app/made/folder.h"

#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/json_text.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::uint64_t kTellEvery = 4096;
constexpr std::string_view kMadeUp = "made up for the demo";

Result<void> write_file(const fs::path& path, std::string_view text) {
  auto output = Output::create(path.string());
  if (!output) return tl::unexpected(output.error());
  output->buffer() = text;
  return output->finish();
}

using AppendPerson = void (MadePeople::*)(std::string& out, std::uint64_t number) const;

Result<void> write_people(const Generator& generator, const fs::path& path, AppendPerson append,
                          std::string_view stage, const MadeProgress& progress) {
  auto output = Output::create(path.string());
  if (!output) return tl::unexpected(output.error());
  const std::uint64_t all = generator.options().persons;
  for (std::uint64_t number = 0; number < all; ++number) {
    (generator.people().*append)(output->buffer(), number);
    if (number % kTellEvery == 0) progress(stage, number, all);
    if (auto done = output->write_when_full(); !done) return done;
  }
  return output->finish();
}

// Round figures that no statistical office published.
std::string reference_text(const Generator& generator) {
  const auto& options = generator.options();
  const auto figure = [](std::string_view amount) {
    return fmt::format("{{amount: \"{}\", source: {}}}", amount, kMadeUp);
  };
  const auto incomes = [&](std::string_view amount) {
    std::string years;
    for (std::int32_t year = options.year - 3; year <= options.year; ++year) {
      years += fmt::format("{}{}: {}", years.empty() ? "" : ", ", year, figure(amount));
    }
    return years;
  };
  std::string cities;
  std::string premiums;
  std::set<std::int32_t> provinces;
  for (const auto& city : options.cities) {
    cities += fmt::format("    {}: {{{}}}\n", city.code, incomes("22000.00"));
    premiums += fmt::format("  {}: {{{}: {}, {}: {}}}\n", city.code, options.year - 1,
                            figure("400.00"), options.year, figure("400.00"));
    provinces.insert(thresholds::province_of(city.code));
  }
  std::string text = fmt::format(
      "# Figures {}: no statistical office published them.\nincome:\n  city:\n{}  province:\n",
      kMadeUp, cities);
  for (const auto province : provinces)
    text += fmt::format("    {}: {{{}}}\n", province, incomes("24000.00"));
  return text + "premium:\n" + premiums;
}

std::string settings_text(const Generator& generator, const MadeFolder& made) {
  std::vector<std::string> cities;
  for (const auto& city : generator.options().cities) {
    cities.push_back(city.id);
  }
  std::string policies =
      "# policies: DIR                    # default: those that come with the program";
  if (!made.policies.empty()) {
    std::vector<std::string> paths;
    for (const auto& path : made.policies) {
      paths.push_back(path == "shipped" ? path
                                        : fmt::format("\"{}\"", fs::absolute(path).string()));
    }
    policies = fmt::format("policies: [{}]", fmt::join(paths, ", "));
  }
  return fmt::format(
      R"(# Settings of the monitor for the made-up data beside this file. Paths count from this folder.
#   yujing run --config settings.yaml
cities: [{}]
{}
reference: reference.yaml          # made-up figures; yours need their source
store: store                       # the ledger and what goes with it
source:
  kind: file
  path: events.ndjson
  persons: persons.ndjson
  decisions: decisions.ndjson
  follow: false                    # true: wait for more at the end
alerts:
  kind: file
  path: alerts.ndjson
  dead_letters: dead-letters.ndjson
metrics:
  listen: "127.0.0.1:0"            # any free port; the program says which
)",
      fmt::join(cities, ", "), policies);
}

}  // namespace

Result<void> write_events(Generator& generator, Output& output, const MadeProgress& progress) {
  const std::uint64_t all = generator.options().events;
  while (generator.next(output.buffer())) {
    if (generator.counts().lines % kTellEvery == 0)
      progress("events", generator.counts().lines, all);
    if (auto done = output.write_when_full(); !done) return done;
  }
  return output.finish();
}

Result<void> write_folder(Generator& generator, const MadeFolder& made,
                          const MadeProgress& progress) {
  const fs::path folder = made.folder;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{}: cannot be made: {}", made.folder, error.message()));
  }
  auto events = Output::create((folder / "events.ndjson").string());
  if (!events) return tl::unexpected(events.error());
  if (auto done = write_events(generator, *events, progress); !done) return done;
  if (auto done = write_people(generator, folder / "persons.ndjson", &MadePeople::append_record,
                               "persons", progress);
      !done) {
    return done;
  }
  if (auto done = write_people(generator, folder / "decisions.ndjson", &MadePeople::append_decision,
                               "decisions", progress);
      !done) {
    return done;
  }
  if (auto done = write_file(folder / "reference.yaml", reference_text(generator)); !done)
    return done;
  if (auto done = write_file(folder / "made.json", counts_json(generator.counts())); !done)
    return done;
  return write_file(folder / "settings.yaml", settings_text(generator, made));
}

std::string counts_json(const GeneratorCounts& counts) {
  std::string refused;
  JsonLine by_reason(refused);
  for (std::size_t i = 0; i < monitor::kRefusalReasons; ++i) {
    if (counts.refused[i] != 0)
      by_reason.number(monitor::kRefusalNames[i], static_cast<std::int64_t>(counts.refused[i]));
  }
  by_reason.end();
  std::string text;
  JsonLine line(text);
  const auto number = [&](std::string_view key, std::uint64_t n) {
    line.number(key, static_cast<std::int64_t>(n));
  };
  number("lines", counts.lines);
  number("bills", counts.bills);
  number("duplicates", counts.duplicates);
  number("voided", counts.voided);
  number("corrections", counts.corrections);
  number("outdated", counts.outdated);
  number("reversals", counts.reversals);
  number("reversals_first", counts.reversals_first);
  number("reversals_unknown", counts.reversals_unknown);
  number("late", counts.late);
  number("ignored", counts.ignored);
  number("refused", counts.refused_in_all());
  line.raw("refused_by_reason", refused);
  line.end_line();
  return text;
}

}  // namespace yujing::app

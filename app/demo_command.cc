// yujing demo: made-up bills of a county, the monitor over them, a page about what it found.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/demo_page.h"
#include "app/list_files.h"
#include "app/made/folder.h"
#include "app/monitor_run.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/stop_signal.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using thresholds::CityRules;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Policy;
using thresholds::Result;

constexpr double kSkew = 0.35;  // the busiest of 20,000 persons has some hundred bills a year
constexpr std::int32_t kYear = 2026;
constexpr std::string_view kMadeByUs = "made.json";

const Policy& policy_of(const CityRules& city) {
  return city.measuring(thresholds::first_of_year(kYear) + 180);
}

// The one asked for; else, of those with a warning rule, the one whose rules are newest.
Result<const CityRules*> choose_city(const thresholds::RuleBook& book, const std::string& id) {
  const CityRules* chosen = nullptr;
  for (const auto& city : book.cities) {
    if (!id.empty()) {
      if (city.id == id) return &city;
      continue;
    }
    if (policy_of(city).warnings.empty()) continue;
    if (chosen == nullptr || policy_of(city).from > policy_of(*chosen).from) chosen = &city;
  }
  if (chosen != nullptr) return chosen;
  return fail(ErrorCode::kUsage,
              fmt::format("--city `{}`: there is no such city; known: {}", id, known_cities(book)));
}

// Leaves an empty place for the demo. What an earlier demo made is taken away, nothing else.
Result<void> clear_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || fs::is_empty(folder, error)) return {};
  if (!fs::exists(folder / kMadeByUs, error)) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("{} is not empty and no demo made it; choose another folder with --dir",
                            folder.string()));
  }
  for (const auto* const name :
       {"events.ndjson", "persons.ndjson", "decisions.ndjson", "alerts.ndjson",
        "dead-letters.ndjson", "reference.yaml", "settings.yaml", "store", "policies", "lists"}) {
    fs::remove_all(folder / name, error);
    if (error) {
      return fail(ErrorCode::kUnavailable, fmt::format("{}: cannot be removed: {}",
                                                       (folder / name).string(), error.message()));
    }
  }
  return {};
}

// For a city whose document states no warning line: an invented one, laid over the shipped policy
// as an office would do it. Returns the folder.
Result<std::string> invent_rule(const fs::path& folder, const Policy& policy) {
  const fs::path place = folder / "policies";
  std::error_code error;
  fs::create_directories(place, error);
  auto output = Output::create((place / "demo-rule.yaml").string());
  if (!output) return tl::unexpected(output.error());
  output->buffer() = fmt::format(
      R"(# An invented warning line, for the demo only: the document of this city states none.
overlay: {}
warnings:
  - id: demo-burden-over-10000
    title: 演示：个人负担医疗费用超过1万元
    population: anyone
    measure: burden_after_insurance
    line: {{yuan: "10000"}}
    offices: [civil_affairs]
    cite: 演示用，文件未载
)",
      policy.version);
  if (auto done = output->finish(); !done) return tl::unexpected(done.error());
  return place.string();
}

// What the offices receive at the year's end.
Result<void> make_lists(const Settings& settings, const Rules& rules, const fs::path& folder,
                        Talk& talk) {
  const alerts::Month month{thresholds::civil_day(kYear, 12, 1), thresholds::last_of_year(kYear)};
  const auto written = write_lists({settings, rules, month, (folder / "lists").string()});
  if (!written) return tl::unexpected(written.error());
  talk.info("lists", fmt::format("{} monthly lists for the offices (XLSX, CSV) are in {}",
                                 written->lists.size(), (folder / "lists").string()));
  return {};
}

Result<void> make_data(const DemoOptions& options, const CityRules& city, const MadeFolder& made,
                       Talk& talk) {
  Generator generator(
      {options.persons, options.events, options.seed, kSkew, kYear, {made_city(city, kYear)}});
  Progress progress(talk);
  return write_folder(
      generator, made, [&](std::string_view stage, std::uint64_t n, std::uint64_t all) {
        progress.update(fmt::format("making {}", stage), n, all, ProgressUnit::kItems);
      });
}

}  // namespace

Result<void> demonstrate(const DemoOptions& options, Talk& talk) {
  const auto shipped = load_rules(std::vector<std::string>(), "");
  if (!shipped) return tl::unexpected(shipped.error());
  const auto chosen = choose_city(shipped->book, options.city);
  if (!chosen) return tl::unexpected(chosen.error());
  const CityRules& city = **chosen;
  const fs::path folder =
      options.folder.empty() ? fs::path("var") / ("demo-" + city.id) : fs::path(options.folder);
  if (auto done = clear_folder(folder); !done) return done;

  MadeFolder made{folder.string(), {}};
  const bool invented = policy_of(city).warnings.empty();
  if (invented) {
    const auto overlay = invent_rule(folder, policy_of(city));
    if (!overlay) return tl::unexpected(overlay.error());
    made.policies = {"shipped", *overlay};
  }
  const StopSignal stop;
  talk.info("making", fmt::format("making {} events of {} persons in {}", grouped(options.events),
                                  grouped(options.persons), folder.string()));
  if (auto done = make_data(options, city, made, talk); !done) return done;

  SettingsRequest request;
  request.file = (folder / "settings.yaml").string();
  const auto settings = load_settings(request, [](const std::string&) { return std::nullopt; });
  if (!settings) return tl::unexpected(settings.error());
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  talk.info("watching", "the monitor reads them as `yujing run` would");
  Metrics metrics;
  DemoWarnings warnings;
  const auto result = run_with_progress(
      {*settings, *rules, metrics, true, [&](const monitor::AlertMessage& m) { warnings.add(m); }},
      stop.requested(), talk);
  if (!result) return tl::unexpected(result.error());
  if (stop.requested()) {
    talk.info("stopped", "asked to stop; what was made so far lies in " + folder.string());
    return {};
  }
  if (auto done = make_lists(*settings, *rules, folder, talk); !done) return done;
  return print(demo_page({rules->book.cities.front(), result->summary, warnings, folder.string(),
                          options.persons, kYear, result->seconds, invented, output_has_colour()}));
}

}  // namespace yujing::app

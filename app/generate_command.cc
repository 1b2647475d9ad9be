// yujing generate: made-up settlements, to standard output, a file or a folder.
#include <filesystem>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/made/folder.h"
#include "app/progress.h"
#include "app/rules.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using thresholds::Result;

// A folder when it is one, is written as one ("made/") or has no ending ("made").
bool is_folder(const std::string& to) {
  std::error_code ignored;
  if (fs::is_directory(to, ignored)) return true;
  if (fs::exists(to, ignored)) return false;
  return to.ends_with('/') || !fs::path(to).has_extension();
}

Result<void> write_to(Generator& generator, const GenerateOptions& options,
                      const MadeProgress& progress) {
  if (!options.to.empty() && options.to != "-" && is_folder(options.to)) {
    return write_folder(generator, {options.to, options.policies}, progress);
  }
  if (options.to.empty() || options.to == "-") {
    Output output;
    return write_events(generator, output, progress);
  }
  auto output = Output::create(options.to);
  if (!output) return tl::unexpected(output.error());
  return write_events(generator, *output, progress);
}

}  // namespace

Result<void> generate(const GenerateOptions& options, Talk& talk) {
  auto rules = load_rules(options.policies, "");
  if (!rules) return tl::unexpected(rules.error());
  if (!options.cities.empty()) {
    if (auto done = keep_cities(rules->book, options.cities, "--city"); !done) return done;
  }
  GeneratorOptions made{options.persons, options.events, options.seed,
                        options.zipf,    options.year,   {}};
  for (const auto& city : rules->book.cities) {
    made.cities.push_back(made_city(city, options.year));
  }
  Generator generator(std::move(made));
  Progress progress(talk);
  auto done =
      write_to(generator, options, [&](std::string_view stage, std::uint64_t n, std::uint64_t all) {
        progress.update(stage, n, all, ProgressUnit::kItems);
      });
  progress.finish();
  if (!done) return done;
  const auto& counts = generator.counts();
  const bool to_output = options.to.empty() || options.to == "-";
  talk.info("generated",
            fmt::format("{} events of {} persons: {} bills, {} sent again, {} corrected, {} "
                        "reversals, {} broken{}",
                        grouped(counts.lines), grouped(options.persons), grouped(counts.bills),
                        grouped(counts.duplicates), grouped(counts.corrections + counts.outdated),
                        grouped(counts.reversals), grouped(counts.refused_in_all()),
                        to_output ? "" : " → " + options.to));
  if (options.json && !to_output) return print(counts_json(counts));
  return {};
}

}  // namespace yujing::app

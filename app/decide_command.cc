// yujing decide: writes down what the office decided about a person, where the monitor reads it.
#include <algorithm>
#include <chrono>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/decision_file.h"
#include "app/kafka/decision_topic.h"
#include "app/kafka/link.h"
#include "app/office_commands.h"
#include "app/output.h"
#include "app/rules.h"
#include "monitor/facts.h"

namespace yujing::app {
namespace {

using thresholds::BeijingTime;
using thresholds::CivilDay;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;
using thresholds::RuleBook;

constexpr std::int64_t kBeijingSeconds = 8 * 60 * 60;  // ahead of UTC, all year

BeijingTime beijing_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::seconds>(now).count() + kBeijingSeconds};
}

Result<CivilDay> read_day(std::string_view flag, const std::string& text) {
  const auto day = thresholds::parse_day(text);
  if (day) return *day;
  return fail(ErrorCode::kUsage, fmt::format("{} `{}`: write a day as 2026-08-15", flag, text));
}

Result<void> check_office(const RuleBook& book, const std::string& code) {
  if (code.empty()) return {};
  std::vector<std::string> known;
  for (const auto& office : book.national.names.offices) {
    if (office.code == code) return {};
    known.push_back(office.code);
  }
  return fail(ErrorCode::kUsage, fmt::format("--certified-by `{}`: there is no such office; known: "
                                             "{}",
                                             code, fmt::join(known, ", ")));
}

// Says who may certify the category where that is somebody else: reported, not enforced.
void compare_certifier(const RuleBook& book, const monitor::HeldCategory& held, Talk& talk) {
  const auto* const city = monitor::certified_elsewhere(book, held);
  if (city == nullptr) return;
  const auto& category = city->categories[*city->category_bit(held.category)];
  talk.warning(
      "certified_by",
      fmt::format("the rules of {} let {} certify {}, not {}; recorded all the same", city->name,
                  fmt::join(category.certified_by, ", "), held.category, held.certified_by));
}

Result<monitor::HeldCategory> read_category(const DecideOptions& options, const RuleBook& book) {
  monitor::HeldCategory held;
  held.category = options.category;
  held.certified_by = options.certified_by;
  std::set<std::string> known;
  for (const auto& city : book.cities) {
    for (const auto& category : city.categories)
      known.insert(category.code);
  }
  if (!known.contains(held.category)) {
    return fail(ErrorCode::kUsage,
                fmt::format("--category `{}`: no city in use has such a category; known: {}",
                            held.category, fmt::join(known, ", ")));
  }
  const auto from = read_day("--from", options.from);
  if (!from) return tl::unexpected(from.error());
  held.from = *from;
  if (!options.until.empty()) {
    const auto until = read_day("--until", options.until);
    if (!until) return tl::unexpected(until.error());
    held.until = *until;
  }
  if (held.until < held.from) {
    return fail(ErrorCode::kUsage, fmt::format("--until {} is before --from {}: correct the dates",
                                               options.until, options.from));
  }
  return held;
}

Result<CivilDay> read_application(const DecideOptions& options, const RuleBook& book) {
  const auto day = read_day("--application", options.application);
  if (!day) return day;
  for (const auto& city : book.cities) {
    const auto* const policy = city.in_force(*day);
    if (policy != nullptr && policy->application) return day;
  }
  return fail(ErrorCode::kInput,
              fmt::format("--application {}: no rules of a city in use know an application on that "
                          "day, so it would have no effect; check the date",
                          options.application));
}

Result<monitor::PersonRecord> read_decision(const DecideOptions& options, const RuleBook& book,
                                            Talk& talk) {
  monitor::PersonRecord decision;
  decision.psn_no = options.person;
  decision.updt_time = beijing_now();
  if (!options.at.empty()) {
    const auto at = thresholds::parse_time(options.at);
    if (!at) {
      return fail(ErrorCode::kUsage,
                  fmt::format("--at `{}`: write a time as `2026-08-15 09:30:00`", options.at));
    }
    decision.updt_time = *at;
  }
  if (auto done = check_office(book, options.certified_by); !done)
    return tl::unexpected(std::move(done.error()));
  if (!options.category.empty()) {
    auto held = read_category(options, book);
    if (!held) return tl::unexpected(std::move(held.error()));
    compare_certifier(book, *held, talk);
    decision.categories.push_back(std::move(*held));
  }
  if (!options.application.empty()) {
    const auto day = read_application(options, book);
    if (!day) return tl::unexpected(day.error());
    decision.applications.push_back(*day);
  }
  return decision;
}

// Only the year's first application counts.
void look_for_second(const monitor::PersonRecord& merged, const std::string& application,
                     Talk& talk) {
  const auto day = thresholds::parse_day(application);
  if (!day) return;
  for (const CivilDay other : merged.applications) {
    if (other == *day || thresholds::year_of(other) != thresholds::year_of(*day)) continue;
    talk.warning("second_application",
                 fmt::format("there is an application of {} in the same year: only the first of a "
                             "year counts",
                             to_string(other)));
  }
}

// To where the monitor reads decisions from; the person's record as it is there now.
Result<monitor::PersonRecord> record_decision(const Settings& settings,
                                              const monitor::PersonRecord& decision, Talk& talk) {
  const bool is_topic = settings.stream == Stream::kKafka;
  Result<monitor::PersonRecord> merged;
  if (is_topic) {
    const auto kafka = kafka_options(settings);
    if (!kafka) return tl::unexpected(kafka.error());
    merged = send_decision(*kafka, decision);
  } else {
    merged = append_decision(settings.source.decisions, decision);
  }
  if (!merged) return merged;
  talk.info("decided",
            is_topic ? fmt::format("recorded in topic {}; the running monitor computes with it",
                                   settings.kafka.decisions)
                     : fmt::format("recorded in {}; the next run of the monitor computes with it",
                                   settings.source.decisions));
  return merged;
}

}  // namespace

Result<void> decide(const DecideOptions& options, Talk& talk) {
  if (options.person.empty()) return fail(ErrorCode::kUsage, "--person is empty: name a psn_no");
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  if (settings->stream == Stream::kFiles && settings->source.decisions.empty()) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}: names no decisions file; add `decisions: decisions.ndjson` under "
                            "`source:` and run the monitor with it",
                            settings->file.empty() ? "the settings" : settings->file));
  }
  const auto decision = read_decision(options, rules->book, talk);
  if (!decision) return tl::unexpected(decision.error());
  const auto merged = record_decision(*settings, *decision, talk);
  if (!merged) return tl::unexpected(merged.error());
  if (!options.application.empty()) look_for_second(*merged, options.application, talk);
  return print(decision_line(*merged));
}

}  // namespace yujing::app

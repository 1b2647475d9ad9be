// yujing policy check|show|diff: read policy files, list what is wrong with them, print a version,
// compare.
#include <chrono>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/json_text.h"
#include "app/output.h"
#include "app/rules.h"
#include "thresholds/policy_diff.h"
#include "thresholds/policy_file.h"

namespace yujing::app {
namespace {

using thresholds::CityRules;
using thresholds::CivilDay;
using thresholds::Error;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Policy;
using thresholds::PolicyChange;
using thresholds::PolicyPeriod;
using thresholds::Result;
using thresholds::RuleBook;

constexpr std::chrono::hours kBeijingOffset{8};

CivilDay today_in_beijing() {
  const auto now = std::chrono::system_clock::now() + kBeijingOffset;
  return {static_cast<std::int32_t>(
      std::chrono::floor<std::chrono::days>(now).time_since_epoch().count())};
}

void put_day(JsonLine& line, std::string_view name, CivilDay day) {
  if (day == thresholds::kNoEnd) {
    line.null(name);
  } else {
    line.text(name, to_string(day));
  }
}

void put_text(JsonLine& line, std::string_view name, const std::optional<std::string>& text) {
  if (text) {
    line.text(name, *text);
  } else {
    line.null(name);
  }
}

std::string until_text(const Policy& policy) {
  return policy.until == thresholds::kNoEnd ? std::string("open end")
                                            : "until " + to_string(policy.until);
}

std::string checked_text(const RuleBook& book) {
  std::size_t versions = 0;
  std::string lines;
  for (const auto& city : book.cities) {
    for (const auto& policy : city.versions) {
      ++versions;
      lines += fmt::format("  {:<14} {}  {}  from {} {}: {} tiers, {} warning rules\n", city.id,
                           city.name, policy.version, to_string(policy.from), until_text(policy),
                           policy.tiers.size(), policy.warnings.size());
    }
  }
  return fmt::format("OK: {} cities, {} versions\n{}", book.cities.size(), versions, lines);
}

std::string checked_json(const RuleBook& book) {
  std::string versions = "[";
  for (const auto& city : book.cities) {
    for (const auto& policy : city.versions) {
      if (versions.size() > 1) versions += ',';
      JsonLine one(versions);
      one.text("city", city.id);
      one.text("version", policy.version);
      one.text("file", policy.file);
      one.end();
    }
  }
  std::string text;
  JsonLine line(text);
  line.truth("ok", true);
  line.raw("versions", versions + "]");
  line.raw("problems", "[]");
  line.end_line();
  return text;
}

std::string problems_json(const std::vector<Error>& problems) {
  std::string list = "[";
  for (const auto& problem : problems) {
    if (list.size() > 1) list += ',';
    append_json(list, problem.message);
  }
  std::string text;
  JsonLine line(text);
  line.truth("ok", false);
  line.raw("versions", "[]");
  line.raw("problems", list + "]");
  line.end_line();
  return text;
}

std::string policy_json(const CityRules& city, const Policy& policy) {
  std::string warnings = "[";
  for (const auto& rule : policy.warnings) {
    if (warnings.size() > 1) warnings += ',';
    JsonLine one(warnings);
    one.text("rule", rule.id);
    one.text("title", rule.title);
    one.text("cite", rule.cite);
    one.end();
  }
  std::string tiers = "[";
  for (const auto& tier : policy.tiers) {
    if (tiers.size() > 1) tiers += ',';
    JsonLine one(tiers);
    one.text("tier", tier.id);
    one.text("name", tier.name);
    one.text("cite", tier.cite);
    one.end();
  }
  std::string text;
  JsonLine line(text);
  line.text("city", city.id);
  line.text("name", city.name);
  line.text("version", policy.version);
  line.text("document", policy.document);
  line.text("title", policy.title);
  line.text("from", to_string(policy.from));
  put_day(line, "until", policy.until);
  line.raw("tiers", tiers + "]");
  line.raw("warnings", warnings + "]");
  line.text("text", thresholds::describe(city, policy));
  line.end_line();
  return text;
}

// "低保对象：参保资助": what a change is about, in words.
std::string title_of(const PolicyChange& change) {
  std::string title = change.group;
  for (const auto& part : {change.is_group ? std::string() : change.name, change.subject}) {
    if (!part.empty()) title += (title.empty() ? "" : "：") + part;
  }
  return title;
}

void append_change(std::string& lines, const std::string& city, const PolicyPeriod* period,
                   const PolicyChange& change) {
  JsonLine line(lines);
  const auto word_or_null = [](const std::string& word) {
    return word.empty() ? std::nullopt : std::optional(word);
  };
  put_text(line, "city", word_or_null(city));
  put_text(line, "version", period == nullptr ? std::nullopt : word_or_null(period->after));
  put_text(line, "version_before",
           period == nullptr
               ? std::nullopt
               : word_or_null(period->after.empty() ? period->before : period->compared));
  if (period == nullptr) {
    line.null("from");
    line.null("until");
  } else {
    line.text("from", to_string(period->from));
    put_day(line, "until", period->until);
  }
  line.text("change", to_string(change.kind));
  line.text("path", change.path);
  line.text("section", change.section);
  line.text("title", title_of(change));
  std::string categories = "[";
  for (const auto& person : change.persons) {
    if (categories.size() > 1) categories += ',';
    append_json(categories, person.name);
  }
  line.raw("categories", categories + "]");
  put_text(line, "before", change.before);
  put_text(line, "after", change.after);
  put_text(line, "cite_before", change.cite_before);
  put_text(line, "cite_after", change.cite_after);
  line.end_line();
}

std::string difference_json(const thresholds::RuleDifference& difference) {
  std::string lines;
  for (const auto& change : difference.national)
    append_change(lines, "", nullptr, change);
  for (const auto& city : difference.cities) {
    for (const auto& change : city.changes)
      append_change(lines, city.id, nullptr, change);
    for (const auto& period : city.periods) {
      for (const auto& change : period.changes)
        append_change(lines, city.id, &period, change);
    }
  }
  return lines;
}

std::string versions_of(const CityRules& city) {
  std::string text;
  for (const auto& policy : city.versions) {
    text += fmt::format("{}{} from {} {}", text.empty() ? "" : "; ", policy.version,
                        to_string(policy.from), until_text(policy));
  }
  return text;
}

}  // namespace

Result<void> check_policies(const PolicyCheckOptions& options, Talk&) {
  const auto paths = policy_paths(options.paths);
  if (!paths) return tl::unexpected(paths.error());
  const auto book = thresholds::load_rule_book(*paths);
  if (book) return print(options.json ? checked_json(*book) : checked_text(*book));
  const auto& problems = book.error();
  if (options.json) {
    if (auto done = print(problems_json(problems)); !done) return done;
  } else {
    std::string lines;
    for (const auto& problem : problems) {
      lines += problem.message + "\n";
    }
    if (auto done = print(lines); !done) return done;
  }
  return fail(ErrorCode::kCheckFailed,
              fmt::format("{} problem{} found", problems.size(), problems.size() == 1 ? "" : "s"));
}

Result<void> show_policy(const PolicyShowOptions& options, Talk&) {
  CivilDay day = today_in_beijing();
  if (!options.on.empty()) {
    const auto given = thresholds::parse_day(options.on);
    if (!given) {
      return fail(ErrorCode::kUsage,
                  fmt::format("--on {}: no such day; write it as 2026-01-31", options.on));
    }
    day = *given;
  }
  const auto rules = load_rules(options.policies, "");
  if (!rules) return tl::unexpected(rules.error());
  const CityRules* const city = rules->book.by_id(options.city);
  if (city == nullptr) {
    return fail(ErrorCode::kUsage, fmt::format("there is no policy for `{}`; known: {}",
                                               options.city, known_cities(rules->book)));
  }
  const Policy* const policy = city->in_force(day);
  if (policy == nullptr) {
    return fail(ErrorCode::kCheckFailed,
                fmt::format("no version of {} is in force on {}; there is {}", city->id,
                            to_string(day), versions_of(*city)));
  }
  return print(options.json ? policy_json(*city, *policy)
                            : thresholds::describe(*city, *policy) + "\n");
}

Result<void> compare_policies(const PolicyDiffOptions& options, Talk&) {
  const auto before = load_rules(split_list(options.before), "");
  if (!before) return tl::unexpected(before.error());
  const auto after = load_rules(split_list(options.after), "");
  if (!after) return tl::unexpected(after.error());
  const auto difference = thresholds::compare(before->book, after->book);
  return print(options.json ? difference_json(difference) : thresholds::describe(difference));
}

}  // namespace yujing::app

#include "app/rules.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "app/shipped.h"
#include "thresholds/policy_file.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;
using thresholds::RuleBook;

constexpr std::string_view kShipped = "shipped";

}  // namespace

Result<std::vector<std::string>> policy_paths(const std::vector<std::string>& policies) {
  std::vector<std::string> paths;
  // National code tables and names hold for everybody; a folder of one's own may replace them.
  if (const auto shipped = shipped_policies(); shipped && !policies.empty()) {
    for (const auto* const name : {"national.yaml", "areas.yaml"}) {
      const auto file = fs::path(*shipped) / name;
      std::error_code ignored;
      if (fs::exists(file, ignored)) paths.push_back(file.string());
    }
  }
  for (const auto& path :
       policies.empty() ? std::vector<std::string>{std::string(kShipped)} : policies) {
    if (path != kShipped) {
      paths.push_back(path);
      continue;
    }
    auto shipped = shipped_policies();
    if (!shipped) return tl::unexpected(shipped.error());
    paths.push_back(std::move(*shipped));
  }
  return paths;
}

Result<Rules> load_rules(const std::vector<std::string>& policies, const std::string& reference) {
  const auto paths = policy_paths(policies);
  if (!paths) return tl::unexpected(paths.error());
  auto book = thresholds::load_rule_book(*paths);
  if (!book) {
    std::string message;
    for (const auto& error : book.error()) {
      message += (message.empty() ? "" : "\n") + error.message;
    }
    return fail(ErrorCode::kConfiguration, message);
  }
  Rules rules{std::move(*book), {}};
  const auto figures = reference.empty() ? shipped_reference() : reference;
  if (figures) {
    if (auto done = thresholds::load_reference(*figures, rules.reference); !done)
      return tl::unexpected(done.error());
  }
  return rules;
}

Result<Rules> load_rules(const Settings& settings, CityChoice choice) {
  auto rules = load_rules(settings.policies, settings.reference);
  if (!rules || choice == CityChoice::kAll) return rules;
  const auto prefix = settings.file.empty() ? std::string() : settings.file + ": ";
  if (settings.cities.empty()) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format(
            "{}`cities` is not set; name the cities in use, such as `cities: [{}]` (known: {})",
            prefix, rules->book.cities.empty() ? "" : rules->book.cities.front().id,
            known_cities(rules->book)));
  }
  if (auto done = keep_cities(rules->book, settings.cities, prefix + "`cities`"); !done) {
    return tl::unexpected(done.error());
  }
  return rules;
}

Result<void> keep_cities(RuleBook& book, const std::vector<std::string>& cities,
                         const std::string& where) {
  for (const auto& id : cities) {
    if (book.by_id(id) == nullptr) {
      return fail(ErrorCode::kConfiguration,
                  fmt::format("{} names `{}`, which has no policy; known: {}", where, id,
                              known_cities(book)));
    }
  }
  std::erase_if(book.cities, [&](const auto& city) {
    return std::ranges::find(cities, city.id) == cities.end();
  });
  return {};
}

const thresholds::WarningRule* latest_rule(const thresholds::CityRules& city, std::string_view id) {
  const thresholds::WarningRule* latest = nullptr;
  for (const auto& version : city.versions) {
    for (const auto& rule : version.warnings) {
      if (rule.id == id) latest = &rule;
    }
  }
  return latest;
}

std::set<std::string> rule_ids(const thresholds::CityRules& city) {
  std::set<std::string> ids;
  for (const auto& version : city.versions) {
    for (const auto& rule : version.warnings)
      ids.insert(rule.id);
  }
  return ids;
}

std::string known_cities(const RuleBook& book) {
  std::string known;
  for (const auto& city : book.cities) {
    known += (known.empty() ? "" : ", ") + city.id;
  }
  return known;
}

}  // namespace yujing::app

#include "app/settings.h"

#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/settings_check.h"
#include "app/settings_table.h"
#include "thresholds/yaml_reader.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::MapReader;
using thresholds::Problems;
using thresholds::Result;
using thresholds::YamlNode;
using Kind = SettingsKey::Kind;

constexpr std::string_view kStandardInput = "-";
constexpr std::string_view kShipped = "shipped";

bool is_list(Kind kind) { return kind == Kind::kWords || kind == Kind::kPaths; }
bool is_path(Kind kind, Stream stream) {
  return kind == Kind::kPath || kind == Kind::kPaths ||
         (kind == Kind::kPathOrTopic && stream == Stream::kFiles);
}

std::string all_keys() {
  std::vector<std::string_view> paths;
  for (const auto& row : settings_rows()) {
    paths.push_back(row.key.path);
  }
  return fmt::format("{}", fmt::join(paths, ", "));
}

std::string resolved(const std::string& path, const fs::path& base) {
  if (path == kStandardInput || path == kShipped || fs::path(path).is_absolute() || base.empty())
    return path;
  return (base / path).lexically_normal().string();
}

Result<void> put(Settings& settings, const SettingsRow& row, SettingsGiven given) {
  for (auto& value : given.values) {
    auto fault = row.fault == nullptr ? std::nullopt : row.fault(value);
    if (value.empty()) fault = "is empty; give a value or leave the key out";
    if (fault) return fail(ErrorCode::kConfiguration, fmt::format("{} {}", given.where, *fault));
    if (is_path(row.key.kind, settings.stream)) value = resolved(value, given.base);
  }
  if (given.values.empty()) {
    return fail(ErrorCode::kConfiguration, given.where + " is an empty list; name at least one");
  }
  row.set(settings, given.values);
  return {};
}

// The words of a scalar or of a list of scalars, as the kind of the key has it.
SettingsValues words_of(const YamlNode& node, const SettingsKey& key, Problems& problems) {
  if (node.kind == YamlNode::Kind::kScalar) return {node.text};
  SettingsValues words;
  if (is_list(key.kind) && node.kind == YamlNode::Kind::kList) {
    for (const auto& item : node.items) {
      if (item.kind == YamlNode::Kind::kScalar) words.push_back(item.text);
    }
    if (words.size() == node.items.size() && !words.empty()) return words;
  }
  problems.add(node, fmt::format("`{}` has the wrong shape", key.path),
               is_list(key.kind) ? "a list of words, such as [one, two]" : "one word or text");
  return {};
}

void read_section(MapReader& map, std::string_view section, const fs::path& base,
                  SettingsGivens& givens, Problems& problems) {
  for (const auto& row : settings_rows()) {
    const auto dot = row.key.path.find('.');
    const bool here =
        dot == std::string_view::npos ? section.empty() : row.key.path.substr(0, dot) == section;
    if (!here) continue;
    const auto name = dot == std::string_view::npos ? row.key.path : row.key.path.substr(dot + 1);
    const YamlNode* const node = map.find(name);
    if (node == nullptr) continue;
    givens[std::string(row.key.path)] = {
        words_of(*node, row.key, problems),
        fmt::format("{}:{}: `{}`", node->file, node->line, row.key.path), base};
  }
}

Result<void> read_file(const std::string& path, SettingsGivens& givens) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{}: there is no such settings file; name yours with --config FILE", path));
  }
  Problems problems;
  const YamlNode root = thresholds::read_yaml_file(path, problems);
  const fs::path base = fs::path(path).parent_path();
  if (root.kind != YamlNode::Kind::kEmpty || problems.empty()) {
    MapReader map(root, "the settings", problems);
    read_section(map, "", base, givens, problems);
    for (const auto* const section : {"source", "alerts", "metrics", "kafka", "seal"}) {
      const YamlNode* const node = map.find(section);
      if (node == nullptr) continue;
      MapReader inner(*node, fmt::format("`{}`", section), problems);
      read_section(inner, section, base, givens, problems);
    }
  }
  const auto errors = problems.take();
  if (errors.empty()) return {};
  std::string message;
  for (const auto& error : errors) {
    message += (message.empty() ? "" : "\n") + error.message;
  }
  if (root.kind == YamlNode::Kind::kMap && message.find("allowed:") == std::string::npos) {
    message += fmt::format("\n(keys allowed, each once: {})", all_keys());
  }
  return fail(ErrorCode::kConfiguration, message);
}

void read_environment(const Environment& environment, SettingsGivens& givens) {
  for (const auto& row : settings_rows()) {
    const auto name = environment_name(row.key.path);
    const auto value = environment(name);
    if (!value || value->empty()) continue;  // set to nothing: not set
    givens[std::string(row.key.path)] = {
        is_list(row.key.kind) ? split_list(*value) : SettingsValues{*value}, name, {}};
  }
}

// Flags over the environment over the file.
void read_flags(const SettingsRequest& request, SettingsGivens& givens) {
  for (const auto& row : settings_rows()) {
    const auto flag = request.flags.find(row.key.path);
    if (flag == request.flags.end()) continue;
    givens[std::string(row.key.path)] = {flag->second, std::string(row.key.flag), {}};
  }
}

// What the kinds say, before anything that depends on it; whether they fit is looked at later.
Stream stream_of(const SettingsGivens& givens) {
  for (const auto* const key : {"source.kind", "alerts.kind"}) {
    const auto given = givens.find(key);
    if (given == givens.end()) continue;
    return given->second.values == SettingsValues{"kafka"} ? Stream::kKafka : Stream::kFiles;
  }
  return Stream::kFiles;
}

}  // namespace

const std::vector<SettingsKey>& settings_keys() {
  static const std::vector<SettingsKey> kKeys = [] {
    std::vector<SettingsKey> keys;
    for (const auto& row : settings_rows()) {
      keys.push_back(row.key);
    }
    return keys;
  }();
  return kKeys;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from <= text.size()) {
    const auto comma = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, comma - from));
    from = comma + 1;
  }
  return parts;
}

std::string environment_name(std::string_view key) {
  std::string name = "YUJING_";
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

Result<Settings> load_settings(const SettingsRequest& request, const Environment& environment) {
  Settings settings;
  settings.file = request.file;
  SettingsGivens givens;
  if (!request.file.empty()) {
    if (auto done = read_file(request.file, givens); !done) return tl::unexpected(done.error());
    const fs::path base = fs::path(request.file).parent_path();
    for (auto* const path :
         {&settings.store, &settings.alerts.path, &settings.alerts.dead_letters}) {
      *path = resolved(*path, base);
    }
  }
  read_environment(environment, givens);
  read_flags(request, givens);
  settings.stream = stream_of(givens);
  for (const auto& row : settings_rows()) {
    const auto given = givens.find(row.key.path);
    if (given == givens.end()) continue;
    if (auto done = put(settings, row, given->second); !done) return tl::unexpected(done.error());
  }
  if (auto done = check_settings(settings, givens); !done) return tl::unexpected(done.error());
  return settings;
}

}  // namespace yujing::app

#include "app/settings.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/endpoint.h"
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

constexpr std::uint32_t kMemtableKibMin = 64;
constexpr std::uint32_t kMemtableKibMax = 1 << 20;

std::optional<std::uint32_t> memtable_kib(std::string_view text) {
  std::uint32_t kib = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), kib);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (kib < kMemtableKibMin || kib > kMemtableKibMax) return std::nullopt;
  return kib;
}

// A key and where its value goes.
struct Row {
  SettingsKey key;
  void (*set)(Settings& settings, const std::vector<std::string>& values);
};

using Values = std::vector<std::string>;

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      {{"cities", Kind::kWords, "--city", "Cities in use, such as jixi"},
       [](Settings& s, const Values& v) { s.cities = v; }},
      {{"policies", Kind::kPaths, "--policies", "Policy folders; `shipped` are the program's own"},
       [](Settings& s, const Values& v) { s.policies = v; }},
      {{"reference", Kind::kPath, "--reference", "Reference figures: incomes, premiums, limits"},
       [](Settings& s, const Values& v) { s.reference = v.front(); }},
      {{"store", Kind::kPath, "--store", "Folder of the ledger"},
       [](Settings& s, const Values& v) { s.store = v.front(); }},
      {{"store_memtable_kib", Kind::kWord, "", "Changes the store keeps in memory, in KiB"},
       [](Settings& s, const Values& v) { s.store_memtable_kib = *memtable_kib(v.front()); }},
      {{"source.kind", Kind::kWord, "", "Where events come from: file"},
       [](Settings&, const Values&) {}},
      {{"source.path", Kind::kPath, "--events", "Settlement events, NDJSON; - is standard input"},
       [](Settings& s, const Values& v) { s.source.path = v.front(); }},
      {{"source.persons", Kind::kPath, "--persons", "Person records, NDJSON"},
       [](Settings& s, const Values& v) { s.source.persons = v.front(); }},
      {{"source.decisions", Kind::kPath, "--decisions", "Own decisions, NDJSON"},
       [](Settings& s, const Values& v) { s.source.decisions = v.front(); }},
      {{"source.follow", Kind::kSwitch, "--follow", "Wait for more at the end of the events"},
       [](Settings& s, const Values& v) { s.source.follow = v.front() == "true"; }},
      {{"alerts.kind", Kind::kWord, "", "Where alerts go: file"}, [](Settings&, const Values&) {}},
      {{"alerts.path", Kind::kPath, "--alerts", "Alerts out"},
       [](Settings& s, const Values& v) { s.alerts.path = v.front(); }},
      {{"alerts.dead_letters", Kind::kPath, "--dead-letters", "Refused events out"},
       [](Settings& s, const Values& v) { s.alerts.dead_letters = v.front(); }},
      {{"metrics.listen", Kind::kWord, "--metrics",
        "HOST:PORT of /metrics; port 0 any; `off` none"},
       [](Settings& s, const Values& v) {
         s.metrics.listen = v.front();
         s.metrics.asked = true;
       }},
  };
  return kRows;
}

bool is_list(Kind kind) { return kind == Kind::kWords || kind == Kind::kPaths; }
bool is_path(Kind kind) { return kind == Kind::kPath || kind == Kind::kPaths; }

std::string all_keys() {
  std::vector<std::string_view> paths;
  for (const auto& row : rows()) {
    paths.push_back(row.key.path);
  }
  return fmt::format("{}", fmt::join(paths, ", "));
}

// A value as somebody gave it, with the words that say where.
struct Given {
  Values values;
  std::string where;  // "settings.yaml:7: store", "YUJING_STORE", "--store"
  fs::path base;      // relative paths count from here
};
using Givens = std::map<std::string, Given, std::less<>>;

// What is wrong with one value, or nothing. `allowed` of a kind that has few.
std::optional<std::string> fault(const SettingsKey& key, const std::string& value) {
  if (value.empty()) return "is empty; give a value or leave the key out";
  if (key.kind == Kind::kSwitch && value != "true" && value != "false") {
    return fmt::format("cannot be `{}`; allowed: true, false", value);
  }
  if (key.path == "source.kind" || key.path == "alerts.kind") {
    if (value == "kafka") {
      return "is `kafka`, but this version reads and writes files only; set kind: file with a path";
    }
    if (value != "file") return fmt::format("cannot be `{}`; allowed: file", value);
  }
  if (key.path == "store_memtable_kib" && !memtable_kib(value)) {
    return fmt::format("cannot be `{}`; allowed: a whole number from {} to {}", value,
                       kMemtableKibMin, kMemtableKibMax);
  }
  if (key.path == "metrics.listen" && value != "off" && !parse_endpoint(value)) {
    return fmt::format(
        "cannot be `{}`; allowed: HOST:PORT such as 127.0.0.1:9464 or [::1]:0, or off", value);
  }
  return std::nullopt;
}

std::string resolved(const std::string& path, const fs::path& base) {
  if (path == kStandardInput || path == kShipped || fs::path(path).is_absolute() || base.empty())
    return path;
  return (base / path).lexically_normal().string();
}

Result<void> put(Settings& settings, const Row& row, Given given) {
  for (auto& value : given.values) {
    if (const auto wrong = fault(row.key, value)) {
      return fail(ErrorCode::kConfiguration, fmt::format("{} {}", given.where, *wrong));
    }
    if (is_path(row.key.kind)) value = resolved(value, given.base);
  }
  if (given.values.empty()) {
    return fail(ErrorCode::kConfiguration, given.where + " is an empty list; name at least one");
  }
  row.set(settings, given.values);
  return {};
}

// The words of a scalar or of a list of scalars, as the kind of the key has it.
Values words_of(const YamlNode& node, const SettingsKey& key, Problems& problems) {
  if (node.kind == YamlNode::Kind::kScalar) return {node.text};
  Values words;
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

void read_section(MapReader& map, std::string_view section, const fs::path& base, Givens& givens,
                  Problems& problems) {
  for (const auto& row : rows()) {
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

// Whether a section asks for Kafka, whose other keys this version does not know: that is said
// first.
std::optional<std::string> asks_for_kafka(const YamlNode& root) {
  for (const auto* const name : {"source", "alerts"}) {
    const YamlNode* const section = root.find(name);
    const YamlNode* const kind = section == nullptr ? nullptr : section->find("kind");
    if (kind == nullptr || kind->text != "kafka") continue;
    const auto key = std::string(name) + ".kind";
    for (const auto& row : rows()) {
      if (row.key.path == key) {
        return fmt::format("{}:{}: `{}` {}", kind->file, kind->line, key,
                           fault(row.key, kind->text).value_or(""));
      }
    }
  }
  return std::nullopt;
}

Result<void> read_file(const std::string& path, Givens& givens) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{}: there is no such settings file; name yours with --config FILE", path));
  }
  Problems problems;
  const YamlNode root = thresholds::read_yaml_file(path, problems);
  if (const auto message = asks_for_kafka(root)) return fail(ErrorCode::kConfiguration, *message);
  const fs::path base = fs::path(path).parent_path();
  if (root.kind != YamlNode::Kind::kEmpty || problems.empty()) {
    MapReader map(root, "the settings", problems);
    read_section(map, "", base, givens, problems);
    for (const auto* const section : {"source", "alerts", "metrics"}) {
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

void read_environment(const Environment& environment, Givens& givens) {
  for (const auto& row : rows()) {
    const auto name = environment_name(row.key.path);
    const auto value = environment(name);
    if (!value || value->empty()) continue;  // set to nothing: not set
    givens[std::string(row.key.path)] = {
        is_list(row.key.kind) ? split_list(*value) : Values{*value}, name, {}};
  }
}

// Two keys that name one file would have the program read what it writes, or write twice.
Result<void> check_files_differ(const Settings& settings) {
  const std::pair<std::string_view, const std::string*> files[] = {
      {"source.path", &settings.source.path},
      {"source.persons", &settings.source.persons},
      {"source.decisions", &settings.source.decisions},
      {"alerts.path", &settings.alerts.path},
      {"alerts.dead_letters", &settings.alerts.dead_letters}};
  std::map<std::string, std::string_view> seen;
  for (const auto& [key, path] : files) {
    if (path->empty() || *path == "/dev/null") continue;
    std::error_code ignored;
    const auto place =
        *path == kStandardInput ? *path : fs::weakly_canonical(*path, ignored).string();
    const auto [other, is_new] = seen.emplace(place, key);
    if (!is_new) {
      return fail(ErrorCode::kConfiguration,
                  fmt::format("{}`{}` and `{}` are the same file {}; give each its own",
                              settings.file.empty() ? "" : settings.file + ": ", other->second, key,
                              *path));
    }
  }
  return {};
}

}  // namespace

const std::vector<SettingsKey>& settings_keys() {
  static const std::vector<SettingsKey> kKeys = [] {
    std::vector<SettingsKey> keys;
    for (const auto& row : rows()) {
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
  Givens givens;
  if (!request.file.empty()) {
    if (auto done = read_file(request.file, givens); !done) return tl::unexpected(done.error());
    const fs::path base = fs::path(request.file).parent_path();
    for (auto* const path :
         {&settings.store, &settings.alerts.path, &settings.alerts.dead_letters}) {
      *path = resolved(*path, base);
    }
  }
  read_environment(environment, givens);
  for (const auto& row : rows()) {
    const auto flag = request.flags.find(row.key.path);
    if (flag != request.flags.end()) {
      givens[std::string(row.key.path)] = {flag->second, std::string(row.key.flag), {}};
    }
    const auto given = givens.find(row.key.path);
    if (given == givens.end()) continue;
    if (auto done = put(settings, row, std::move(given->second)); !done)
      return tl::unexpected(done.error());
  }
  if (auto done = check_files_differ(settings); !done) return tl::unexpected(done.error());
  return settings;
}

}  // namespace yujing::app

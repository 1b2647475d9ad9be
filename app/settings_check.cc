#include "app/settings_check.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "app/endpoint.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using consumer::KafkaOptions;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;
using Security = KafkaOptions::Security;

Result<void> refuse(std::string message) {
  return fail(ErrorCode::kConfiguration, std::move(message));
}

bool is_given(const SettingsGivens& givens, std::string_view key) {
  return givens.find(key) != givens.end();
}

// Where a key got its value, or the file as a whole.
std::string place(const Settings& settings, const SettingsGivens& givens, std::string_view key) {
  const auto given = givens.find(key);
  if (given != givens.end()) return given->second.where;
  return fmt::format("{}`{}`", settings.file.empty() ? "" : settings.file + ": ", key);
}

// Where the settings say that Kafka is the stream.
std::string kafka_place(const SettingsGivens& givens) {
  const auto source = givens.find("source.kind");
  return (source != givens.end() ? source : givens.find("alerts.kind"))->second.where;
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
    const auto where = *path == "-" ? *path : fs::weakly_canonical(*path, ignored).string();
    const auto [other, is_new] = seen.emplace(where, key);
    if (!is_new) {
      return refuse(fmt::format("{}`{}` and `{}` are the same file {}; give each its own",
                                settings.file.empty() ? "" : settings.file + ": ", other->second,
                                key, *path));
    }
  }
  return {};
}

Result<void> check_kinds(const Settings& settings, const SettingsGivens& givens) {
  const auto source = givens.find("source.kind");
  const auto alerts = givens.find("alerts.kind");
  if (source != givens.end() && alerts != givens.end() &&
      source->second.values != alerts->second.values) {
    return refuse(fmt::format(
        "{} cannot be `{}` where `source.kind` is `{}`; both are file, or both are kafka",
        alerts->second.where, alerts->second.values.front(), source->second.values.front()));
  }
  const bool is_kafka = settings.stream == Stream::kKafka;
  for (const auto& row : settings_rows()) {
    const auto given = givens.find(row.key.path);
    if (given == givens.end() || row.stream == SettingsRow::For::kBoth) continue;
    if ((row.stream == SettingsRow::For::kKafka) == is_kafka) continue;
    return refuse(
        fmt::format("{} has no meaning where `source.kind` is `{}`; leave it out or set "
                    "`source: {{kind: {}}}`",
                    given->second.where, is_kafka ? "kafka" : "file", is_kafka ? "file" : "kafka"));
  }
  return {};
}

// Each topic its own, with a name Kafka takes.
Result<void> check_topics(const Settings& settings, const SettingsGivens& givens) {
  const auto& kafka = settings.kafka;
  const std::pair<std::string_view, const std::string*> topics[] = {
      {"source.settlements", &kafka.settlements},   {"source.persons", &kafka.persons},
      {"source.decisions", &kafka.decisions},       {"alerts.topic", &kafka.alerts},
      {"alerts.dead_letters", &kafka.dead_letters}, {"kafka.ledger", &kafka.ledger}};
  std::map<std::string, std::string_view> seen;
  for (const auto& [key, topic] : topics) {
    if (const auto fault = name_fault(*topic)) {
      return refuse(fmt::format("{} {}", place(settings, givens, key), *fault));
    }
    const auto [other, is_new] = seen.emplace(*topic, key);
    if (is_new) continue;
    const auto later = is_given(givens, key) ? key : other->second;
    return refuse(fmt::format("{} is the topic `{}`, which is `{}` too; give each its own",
                              place(settings, givens, later), *topic,
                              later == key ? other->second : key));
  }
  return {};
}

bool is_loopback(std::string_view broker) {
  const auto endpoint = parse_endpoint(broker);
  return endpoint && (endpoint->host == "localhost" || endpoint->host == "::1" ||
                      endpoint->host.starts_with("127."));
}

Result<void> check_security(const Settings& settings, const SettingsGivens& givens) {
  const auto& kafka = settings.kafka;
  const struct {
    std::string_view key;
    bool with_tls;
  } keys[] = {{"kafka.ca", true},
              {"kafka.certificate", true},
              {"kafka.key", true},
              {"kafka.user", false},
              {"kafka.password_file", false}};
  for (const auto& [key, with_tls] : keys) {
    if (!is_given(givens, key)) continue;
    if (kafka.security == Security::kScram) continue;
    if (kafka.security == Security::kTls && with_tls) continue;
    return refuse(fmt::format("{} has no meaning where `kafka.security` is `{}`; set that to {}",
                              place(settings, givens, key),
                              kafka.security == Security::kTls ? "tls" : "plaintext",
                              with_tls ? "`tls` or `scram`" : "`scram`"));
  }
  if (kafka.certificate.empty() != kafka.key.empty()) {
    const auto* const there = kafka.certificate.empty() ? "kafka.key" : "kafka.certificate";
    return refuse(fmt::format("{} comes with `{}` only; name both files",
                              place(settings, givens, there),
                              kafka.certificate.empty() ? "kafka.certificate" : "kafka.key"));
  }
  if (kafka.security == Security::kScram && kafka.user.empty()) {
    return refuse(fmt::format("{} is `scram`, which needs `kafka.user`",
                              place(settings, givens, "kafka.security")));
  }
  if (kafka.security != Security::kPlaintext || kafka.allow_plaintext) return {};
  const auto brokers = split_list(kafka.brokers);
  const auto far = std::ranges::find_if_not(brokers, is_loopback);
  if (far == brokers.end()) return {};
  return refuse(
      fmt::format("{}: {} is another machine, and names and bills would go there in plain "
                  "text; set `kafka: {{security: tls}}` or `scram`, or, where the network "
                  "itself is sealed, `allow_plaintext: true`",
                  place(settings, givens, "source.brokers"), *far));
}

Result<void> check_kafka(const Settings& settings, const SettingsGivens& givens) {
  const auto& kafka = settings.kafka;
  if (kafka.brokers.empty()) {
    return refuse(
        fmt::format("{} is `kafka`, which needs `source.brokers`: HOST:PORT of the brokers",
                    kafka_place(givens)));
  }
  if (auto done = check_topics(settings, givens); !done) return done;
  if (kafka.transaction_timeout >= kafka.session_timeout) {
    const auto* const key = is_given(givens, "kafka.transaction_timeout_ms")
                                ? "kafka.transaction_timeout_ms"
                                : "kafka.session_timeout_ms";
    return refuse(
        fmt::format("{}: the transaction's timeout, {} ms, has to be below the session's, "
                    "{} ms, or a member that froze would keep others waiting",
                    place(settings, givens, key), kafka.transaction_timeout.count(),
                    kafka.session_timeout.count()));
  }
  return check_security(settings, givens);
}

}  // namespace

Result<void> check_settings(const Settings& settings, const SettingsGivens& givens) {
  if (auto done = check_kinds(settings, givens); !done) return done;
  if (settings.stream == Stream::kKafka) return check_kafka(settings, givens);
  return check_files_differ(settings);
}

}  // namespace yujing::app

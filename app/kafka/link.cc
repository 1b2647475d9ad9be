#include "app/kafka/link.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "monitor/secret_file.h"

namespace yujing::app {
namespace {

using consumer::KafkaOptions;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr const char* kPasswordVariable = "YUJING_KAFKA_PASSWORD";

std::string prefix(const Settings& settings) {
  return settings.file.empty() ? "" : settings.file + ": ";
}

Result<std::string> read_password(const Settings& settings, const Environment& environment) {
  if (auto password = environment(kPasswordVariable); password && !password->empty())
    return std::move(*password);
  const std::string& path = settings.kafka_password_file;
  if (path.empty()) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{}there is no password for `kafka.user` {}; name a file that holds it as "
                    "`kafka.password_file`, or set {}",
                    prefix(settings), settings.kafka.user, kPasswordVariable));
  }
  auto text = monitor::read_secret_file(path);
  if (!text) return text;
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r'))
    text->pop_back();
  if (text->empty()) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}: holds no password; write that of `kafka.user` {} into it", path,
                            settings.kafka.user));
  }
  return text;
}

// Said here by key and file: the library would show a number of OpenSSL's.
Result<void> check_readable(const Settings& settings) {
  const std::pair<const char*, const std::string*> files[] = {
      {"kafka.ca", &settings.kafka.ca},
      {"kafka.certificate", &settings.kafka.certificate},
      {"kafka.key", &settings.kafka.key}};
  for (const auto& [key, path] : files) {
    if (path->empty() || std::ifstream(*path)) continue;
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}`{}` {} cannot be read: {}", prefix(settings), key, *path,
                            std::strerror(errno)));
  }
  return {};
}

}  // namespace

Result<KafkaOptions> kafka_options(const Settings& settings, const Environment& environment) {
  if (settings.stream != Stream::kKafka) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}this works with Kafka, and `source.kind` is `file`; set `source: "
                            "{{kind: kafka, brokers: HOST:PORT}}`",
                            prefix(settings)));
  }
  KafkaOptions options = settings.kafka;
  if (auto done = check_readable(settings); !done) return tl::unexpected(done.error());
  if (options.security == KafkaOptions::Security::kScram) {
    auto password = read_password(settings, environment);
    if (!password) return tl::unexpected(password.error());
    options.password = std::move(*password);
  }
  return options;
}

Result<std::optional<monitor::Seal>> sealing_keys(const Settings& settings) {
  if (settings.seal.key_file.empty()) return std::optional<monitor::Seal>();
  auto seal = monitor::Seal::read(settings.seal.key_file);
  if (!seal) return tl::unexpected(seal.error());
  return std::optional(std::move(*seal));
}

}  // namespace yujing::app

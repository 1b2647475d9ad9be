// yujing run: the monitor over files or Kafka, with its metrics, until the end or a signal.
#include <optional>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/kafka/run.h"
#include "app/metrics_server.h"
#include "app/monitor_run.h"
#include "app/output.h"
#include "app/run_summary.h"
#include "app/stop_signal.h"
#include "app/store_view.h"

namespace yujing::app {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

// Serves where the settings say. The default address gives way to any free port when it is taken:
// only what somebody asked for is worth failing for.
Result<std::optional<MetricsServer>> serve(const Settings& settings, bool once,
                                           const Metrics& metrics, Talk& talk) {
  const auto& listen = settings.metrics;
  if (listen.listen == "off" || (once && !listen.asked)) return std::nullopt;
  auto endpoint = parse_endpoint(listen.listen);
  CHECK(endpoint.has_value());  // checked when the settings were read
  auto server = MetricsServer::start(*endpoint, metrics);
  if (!server && !listen.asked) {
    talk.warning("metrics_port_taken",
                 fmt::format("{} is taken; taking any free port", listen.listen));
    endpoint->port = 0;
    server = MetricsServer::start(*endpoint, metrics);
  }
  if (!server) return tl::unexpected(server.error());
  talk.info("metrics_served",
            fmt::format("metrics on http://{}/metrics", to_string(server->endpoint())));
  return std::optional<MetricsServer>(std::move(*server));
}

}  // namespace

Result<void> run_monitor(const RunOptions& options, Talk& talk) {
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const bool is_kafka = settings->stream == Stream::kKafka;
  if (!is_kafka && settings->source.path.empty()) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{}`source.path` is not set; name the events file there or with --events FILE",
                    settings->file.empty() ? "" : settings->file + ": "));
  }
  if (auto done = check_store_kind(settings->store, settings->stream); !done) return done;
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());

  const StopSignal stop;
  Metrics metrics;
  metrics.watch_lists(settings->metrics.lists);
  const auto server = serve(*settings, options.once, metrics, talk);
  if (!server) return tl::unexpected(server.error());
  const std::string source =
      is_kafka ? fmt::format("{} at {}", settings->kafka.settlements, settings->kafka.brokers)
               : settings->source.path;
  talk.info("started", fmt::format("watching {} for {}", source, known_cities(rules->book)));
  const MonitorRun run{*settings, *rules, metrics, options.once, {}};
  const auto result = is_kafka ? run_kafka_with_progress(run, stop.requested(), talk)
                               : run_with_progress(run, stop.requested(), talk);
  if (!result) return tl::unexpected(result.error());
  if (stop.requested()) talk.info("stopped", "asked to stop; everything read so far is kept");
  const bool followed = (is_kafka || settings->source.follow) && !options.once;
  talk.page("summary", summary_text(result->summary, followed ? 0 : result->seconds));
  if (options.json) return print(summary_json(result->summary, result->seconds));
  return {};
}

}  // namespace yujing::app

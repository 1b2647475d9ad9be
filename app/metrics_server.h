// The small HTTP server of `run`: /metrics for Prometheus, /livez and /readyz (also with ?verbose)
// for whoever keeps the program running; /healthz is /livez by its older name.
//
// Runs on threads of its own until it is destroyed.
#pragma once

#include <memory>
#include <string>

#include "app/endpoint.h"
#include "app/metrics.h"
#include "thresholds/result.h"

namespace yujing::app {

class MetricsServer {
 public:
  // `metrics` is borrowed and must outlive the server. Errors: kUnavailable when the port is taken
  // or the address is not this machine's.
  [[nodiscard]] static thresholds::Result<MetricsServer> start(const Endpoint& listen,
                                                               const Metrics& metrics);
  ~MetricsServer();
  MetricsServer(MetricsServer&&) noexcept;
  MetricsServer& operator=(MetricsServer&&) noexcept;

  // With the real port where 0 was asked for.
  [[nodiscard]] const Endpoint& endpoint() const;

 private:
  struct Impl;
  explicit MetricsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::app

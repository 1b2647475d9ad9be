#include "app/metrics_server.h"

#include <sys/socket.h>

#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

namespace yujing::app {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::size_t kServerThreads = 2;
constexpr std::size_t kRequestBytesMax = 4096;
constexpr time_t kPatienceSeconds = 2;  // for a slow client; also bounds how long stopping takes
constexpr const char* kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

// Only SO_REUSEADDR: the library's default also shares a port that is in use, silently.
void set_options(socket_t socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

void answer(httplib::Response& response, bool good, const char* check, bool verbose) {
  response.status = good ? 200 : 503;
  std::string text = good ? "ok\n" : "not ready\n";
  if (verbose) text = fmt::format("[{}] {}\n{}", good ? '+' : '-', check, text);
  response.set_content(text, "text/plain; charset=utf-8");
}

}  // namespace

struct MetricsServer::Impl {
  explicit Impl(const Metrics& source) : metrics(source) {
    server.set_socket_options(set_options);
    server.new_task_queue = [] {
      return new httplib::ThreadPool(kServerThreads);
    };  // the library deletes it
    server.set_keep_alive_max_count(1);
    server.set_keep_alive_timeout(kPatienceSeconds);
    server.set_read_timeout(kPatienceSeconds);
    server.set_write_timeout(kPatienceSeconds);
    server.set_payload_max_length(kRequestBytesMax);
    server.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics.text(), kTextFormat);
    });
    const auto live = [](const httplib::Request& request, httplib::Response& response) {
      answer(response, true, "program answers", request.has_param("verbose"));
    };
    server.Get("/livez", live);
    server.Get("/healthz", live);
    server.Get("/readyz", [this](const httplib::Request& request, httplib::Response& response) {
      answer(response, metrics.is_ready(), "store open and start caught up",
             request.has_param("verbose"));
    });
  }

  ~Impl() {
    if (!thread.joinable()) return;
    // stop() before the loop has begun would be forgotten by the library.
    while (!server.is_running()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    server.stop();
    thread.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const Metrics& metrics;
  httplib::Server server;
  Endpoint endpoint;
  std::thread thread;
};

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MetricsServer::~MetricsServer() = default;
MetricsServer::MetricsServer(MetricsServer&&) noexcept = default;
MetricsServer& MetricsServer::operator=(MetricsServer&&) noexcept = default;

Result<MetricsServer> MetricsServer::start(const Endpoint& listen, const Metrics& metrics) {
  auto impl = std::make_unique<Impl>(metrics);
  impl->endpoint = listen;
  if (listen.port == 0) {
    const int port = impl->server.bind_to_any_port(listen.host);
    impl->endpoint.port = port > 0 ? static_cast<std::uint16_t>(port) : std::uint16_t{0};
  } else if (!impl->server.bind_to_port(listen.host, listen.port)) {
    impl->endpoint.port = 0;
  }
  if (impl->endpoint.port == 0) {
    return fail(
        ErrorCode::kUnavailable,
        fmt::format(
            "cannot listen on {}: the port is taken, or the address is not this machine's; choose "
            "another with `metrics.listen` (port 0: any free one; off: none)",
            to_string(listen)));
  }
  impl->thread = std::thread([&server = impl->server] { server.listen_after_bind(); });
  return MetricsServer(std::move(impl));
}

const Endpoint& MetricsServer::endpoint() const { return impl_->endpoint; }

}  // namespace yujing::app

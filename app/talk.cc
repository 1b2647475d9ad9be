#include "app/talk.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace yujing::app {
namespace {

constexpr std::size_t kColumnsDefault = 80;

// JSON log lines are composed here, spdlog adds time and level around them.
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})";
constexpr const char* kTextPattern = "%v";

std::string quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

struct Talk::Impl {
  explicit Impl(LogFormat log_format)
      : format(log_format),
        terminal(log_format == LogFormat::kText && ::isatty(STDERR_FILENO) == 1),
        colour(terminal && std::getenv("NO_COLOR") == nullptr),
        logger("yujing", std::make_shared<spdlog::sinks::stderr_sink_st>()) {
    const char* const pattern = format == LogFormat::kJson ? kJsonPattern : kTextPattern;
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern));
    logger.flush_on(spdlog::level::info);
  }

  void log(spdlog::level::level_enum level, std::string_view event, std::string_view message) {
    clear();
    if (format == LogFormat::kJson) {
      logger.log(level, R"("event":{},"message":{})", quoted(event), quoted(message));
      return;
    }
    const char* const label = level == spdlog::level::err    ? "error: "
                              : level == spdlog::level::warn ? "warning: "
                                                             : "";
    const char* const paint = !colour                        ? ""
                              : level == spdlog::level::err  ? "\x1b[31m"
                              : level == spdlog::level::warn ? "\x1b[33m"
                                                             : "";
    logger.log(level, "yujing: {}{}{}{}", paint, label, *paint == '\0' ? "" : "\x1b[0m", message);
  }

  void clear() {
    if (!drawn) return;
    write("\r\x1b[K");
    drawn = false;
  }

  static void write(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  }

  LogFormat format;
  bool terminal;
  bool colour;
  bool drawn = false;  // a transient line stands on the terminal
  spdlog::logger logger;
};

Talk::Talk(LogFormat format) : impl_(std::make_unique<Impl>(format)) {}

Talk::~Talk() { impl_->clear(); }

void Talk::info(std::string_view event, std::string_view message) {
  impl_->log(spdlog::level::info, event, message);
}

void Talk::warning(std::string_view event, std::string_view message) {
  impl_->log(spdlog::level::warn, event, message);
}

void Talk::error(std::string_view event, std::string_view message) {
  impl_->log(spdlog::level::err, event, message);
}

void Talk::page(std::string_view event, std::string_view text) {
  if (impl_->format == LogFormat::kJson) {
    info(event, text);
    return;
  }
  impl_->clear();
  Impl::write(text);
}

void Talk::transient(std::string_view line) {
  if (!impl_->terminal) return;
  if (line.empty()) {
    impl_->clear();
    return;
  }
  Impl::write(fmt::format("\r{}\x1b[K", line));
  impl_->drawn = true;
}

bool Talk::is_terminal() const { return impl_->terminal; }

bool Talk::has_colour() const { return impl_->colour; }

std::size_t Talk::columns() const {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kColumnsDefault;
  return size.ws_col;
}

}  // namespace yujing::app

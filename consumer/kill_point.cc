#include "consumer/kill_point.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace yujing::consumer {
namespace {

constexpr std::array<std::string_view, 10> kNames = {
    "before_produce", "mid_produce", "after_produce", "after_offsets", "in_commit",
    "after_commit",   "mid_store",   "after_store",   "in_restore",    "after_restore"};

struct Asked {
  std::string_view name;  // "": nothing was asked for
  unsigned long left = 1;
};

Asked read_environment() {
  const char* const value = std::getenv("YUJING_KILL_AT");
  if (value == nullptr) return {};
  const std::string_view text = value;
  const auto colon = text.find(':');
  Asked asked{text.substr(0, colon)};
  if (colon != std::string_view::npos) asked.left = std::strtoul(value + colon + 1, nullptr, 10);
  return asked;
}

}  // namespace

void kill_point(KillPoint point) {
  static Asked asked = read_environment();
  if (asked.name.empty() || asked.name != kNames[static_cast<std::size_t>(point)]) return;
  if (asked.left > 1) {
    --asked.left;
    return;
  }
  if (point != KillPoint::kInCommit) {
    (void)std::raise(SIGKILL);
    return;
  }
  // The call that comes next is to be on its way.
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    (void)std::raise(SIGKILL);
  }).detach();
}

}  // namespace yujing::consumer

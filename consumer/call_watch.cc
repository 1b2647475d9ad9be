#include "consumer/call_watch.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace yujing::consumer {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(500);

}  // namespace

CallWatch::CallWatch(Limits limits, const std::atomic<bool>& stop, Blocked blocked)
    : limits_(limits), stop_(stop), blocked_(std::move(blocked)), thread_([this] { look(); }) {}

CallWatch::~CallWatch() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

CallWatch::Span::Span(CallWatch& watch, const char* call) : watch_(watch) {
  watch_.since_ = Clock::now().time_since_epoch().count();
  watch_.call_ = call;
}

CallWatch::Span::~Span() { watch_.call_ = nullptr; }

void CallWatch::look() {
  std::optional<Clock::time_point> stopping;  // since when
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kLookEvery, [this] { return ending_; })) {
    const auto now = Clock::now();
    if (stop_ && !stopping) stopping = now;
    const Clock::time_point since{Clock::duration(since_.load())};
    const char* const call = call_;
    if (call == nullptr) continue;
    if (stopping && now - std::max(since, *stopping) > limits_.stopping) {
      blocked_(call, limits_.stopping);
    } else if (now - since > limits_.usual) {
      blocked_(call, limits_.usual);
    }
  }
}

}  // namespace yujing::consumer

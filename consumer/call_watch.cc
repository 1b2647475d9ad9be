#include "consumer/call_watch.h"

#include <utility>

namespace yujing::consumer {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(500);

}  // namespace

CallWatch::CallWatch(std::chrono::seconds limit, Blocked blocked)
    : limit_(limit), blocked_(std::move(blocked)), thread_([this] { look(); }) {}

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
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kLookEvery, [this] { return ending_; })) {
    const Clock::time_point since{Clock::duration(since_.load())};
    const char* const call = call_;
    if (call != nullptr && Clock::now() - since > limit_) blocked_(call, limit_);
  }
}

}  // namespace yujing::consumer

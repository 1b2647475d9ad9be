#include "consumer/call_watch.h"

#include <atomic>
#include <future>
#include <string>

#include <gtest/gtest.h>

namespace yujing::consumer {
namespace {

using namespace std::chrono_literals;

TEST(CallWatch, HearsOfACallThatTakesTooLong) {
  std::promise<std::string> heard;
  bool first = true;
  const std::atomic<bool> stop = false;
  CallWatch watch({.usual = 0s}, stop, [&](const char* call, std::chrono::seconds) {
    if (first) heard.set_value(call);
    first = false;
  });
  const CallWatch::Span span(watch, "committing");
  EXPECT_EQ(heard.get_future().get(), "committing");
}

TEST(CallWatch, WaitsLessOnceItIsAskedToStop) {
  std::promise<std::chrono::seconds> heard;
  bool first = true;
  std::atomic<bool> stop = false;
  CallWatch watch({.usual = 1h, .stopping = 0s}, stop,
                  [&](const char* /*call*/, std::chrono::seconds limit) {
                    if (first) heard.set_value(limit);
                    first = false;
                  });
  const CallWatch::Span span(watch, "committing");
  auto limit = heard.get_future();
  EXPECT_EQ(limit.wait_for(2s), std::future_status::timeout);
  stop = true;
  EXPECT_EQ(limit.get(), 0s);
}

TEST(CallWatch, SaysNothingOfCallsThatReturn) {
  int heard = 0;
  {
    const std::atomic<bool> stop = true;
    CallWatch watch({1h, 1h}, stop, [&](const char*, std::chrono::seconds) { ++heard; });
    for (int i = 0; i < 3; ++i)
      const CallWatch::Span span(watch, "producing");
  }
  EXPECT_EQ(heard, 0);
}

}  // namespace
}  // namespace yujing::consumer

#include "consumer/call_watch.h"

#include <future>
#include <string>

#include <gtest/gtest.h>

namespace yujing::consumer {
namespace {

TEST(CallWatch, HearsOfACallThatTakesTooLong) {
  std::promise<std::string> heard;
  bool first = true;
  CallWatch watch(std::chrono::seconds(0), [&](const char* call, std::chrono::seconds) {
    if (first) heard.set_value(call);
    first = false;
  });
  const CallWatch::Span span(watch, "committing");
  EXPECT_EQ(heard.get_future().get(), "committing");
}

TEST(CallWatch, SaysNothingOfCallsThatReturn) {
  int heard = 0;
  {
    CallWatch watch(std::chrono::hours(1), [&](const char*, std::chrono::seconds) { ++heard; });
    for (int i = 0; i < 3; ++i)
      const CallWatch::Span span(watch, "producing");
  }
  EXPECT_EQ(heard, 0);
}

}  // namespace
}  // namespace yujing::consumer

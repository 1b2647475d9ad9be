// Ends the process when a call that may wait for ever does: some calls of the Kafka library cannot
// be given a time, and a monitor that hangs is worse than one that is started again. One that was
// asked to stop waits for a call no longer than people do.
//
// One thread makes the calls; a thread of the watch's own looks at them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace yujing::consumer {

class CallWatch {
 public:
  struct Limits {
    std::chrono::seconds usual{60};
    std::chrono::seconds stopping{5};  // once `stop` is true
  };
  // Hears of the call that took too long; must end the process.
  using Blocked = std::function<void(const char* call, std::chrono::seconds limit)>;

  // `stop` is borrowed.
  CallWatch(Limits limits, const std::atomic<bool>& stop, Blocked blocked);
  ~CallWatch();
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;

  // A call lasts as long as its Span. Spans do not nest.
  class Span {
   public:
    Span(CallWatch& watch, const char* call);
    ~Span();
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;

   private:
    CallWatch& watch_;
  };

 private:
  using Clock = std::chrono::steady_clock;
  void look();

  const Limits limits_;
  const std::atomic<bool>& stop_;
  const Blocked blocked_;
  std::atomic<const char*> call_{nullptr};
  std::atomic<Clock::rep> since_{0};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace yujing::consumer

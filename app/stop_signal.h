// SIGTERM and SIGINT as a flag that the monitor's loop looks at, so that it ends between two
// batches.
//
// Make one before any other thread starts: it blocks the signals for the process and waits for them
// in a thread of its own. A second signal ends the program at once.
#pragma once

#include <atomic>
#include <thread>

namespace yujing::app {

class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  [[nodiscard]] const std::atomic<bool>& requested() const { return requested_; }

 private:
  void wait();
  std::atomic<bool> requested_{false};
  std::atomic<bool> ending_{false};
  std::thread waiter_;
};

}  // namespace yujing::app

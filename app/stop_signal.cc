#include "app/stop_signal.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

namespace yujing::app {
namespace {

constexpr long kLookEveryNs = 50'000'000;
constexpr int kSignalledBase = 128;  // exit code of a program ended by a signal, as shells show it

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  waiter_ = std::thread([this] { wait(); });
}

StopSignal::~StopSignal() {
  ending_ = true;
  waiter_.join();
  const sigset_t set = stop_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignal::wait() {
  const sigset_t set = stop_signals();
  const timespec patience{0, kLookEveryNs};
  while (!ending_) {
    const int signal = sigtimedwait(&set, nullptr, &patience);
    if (signal < 0) continue;
    if (requested_.exchange(true)) ::_exit(kSignalledBase + signal);
  }
}

}  // namespace yujing::app

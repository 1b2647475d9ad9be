// A progress line on the terminal: stage, bar, share, rate, time left. Shown once a stage takes
// longer than half a second, redrawn a few times a second, never where standard error is no
// terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "app/talk.h"

namespace yujing::app {

enum class ProgressUnit : std::uint8_t { kBytes, kItems };

struct ProgressView {
  std::string_view stage;
  std::uint64_t done = 0;
  std::uint64_t total = 0;  // 0: unknown
  double seconds = 0;       // since the stage began
  ProgressUnit unit = ProgressUnit::kBytes;
};

// The line for a terminal of so many columns. Pure.
[[nodiscard]] std::string progress_line(const ProgressView& view, std::size_t columns);

// "98.0 MB", "1,204".
[[nodiscard]] std::string amount_text(std::uint64_t amount, ProgressUnit unit);
// "1,204"
[[nodiscard]] std::string grouped(std::uint64_t number);
// "4.2 s", "3 min 20 s"
[[nodiscard]] std::string duration_text(double seconds);

class Progress {
 public:
  explicit Progress(Talk& talk) : talk_(talk) {}
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::string_view stage, std::uint64_t done, std::uint64_t total,
              ProgressUnit unit = ProgressUnit::kBytes);
  // Takes the line away.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  Talk& talk_;
  std::string stage_;
  Clock::time_point began_;
  Clock::time_point drawn_;
};

}  // namespace yujing::app

#include "app/progress.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace yujing::app {
namespace {

constexpr std::size_t kBarMin = 8;
constexpr std::size_t kBarMax = 30;
constexpr std::chrono::milliseconds kQuietFor{500};
constexpr std::chrono::milliseconds kRedrawEvery{100};

std::string bar(double share, std::size_t width) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string text;
  for (std::size_t i = 0; i < width; ++i) {
    text += i < full ? "━" : "·";
  }
  return text;
}

std::string rate_text(const ProgressView& view) {
  if (view.seconds <= 0) return "";
  const auto rate = static_cast<std::uint64_t>(static_cast<double>(view.done) / view.seconds);
  return amount_text(rate, view.unit) + "/s";
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string text = fmt::format("{}", number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

std::string amount_text(std::uint64_t amount, ProgressUnit unit) {
  if (unit == ProgressUnit::kItems) return grouped(amount);
  constexpr std::array<std::string_view, 4> kUnits = {"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(amount);
  if (value < 1000) return fmt::format("{} B", amount);
  std::size_t at = 0;
  for (value /= 1000; value >= 1000 && at + 1 < kUnits.size(); ++at) {
    value /= 1000;
  }
  return fmt::format("{:.1f} {}", value, kUnits[at]);
}

std::string duration_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string progress_line(const ProgressView& view, std::size_t columns) {
  if (view.total == 0) {
    return fmt::format("  {:<10} {}  {}", view.stage, amount_text(view.done, view.unit),
                       rate_text(view));
  }
  const double share =
      std::min(1.0, static_cast<double>(view.done) / static_cast<double>(view.total));
  std::string tail = fmt::format(" {:>3}%  {}/{}  {}", static_cast<int>(share * 100),
                                 amount_text(std::min(view.done, view.total), view.unit),
                                 amount_text(view.total, view.unit), rate_text(view));
  if (share > 0 && share < 1) {
    tail += fmt::format("  {} left", duration_text(view.seconds * (1 - share) / share));
  }
  const std::size_t taken = 13 + tail.size() + 1;
  const std::size_t room = columns > taken ? columns - taken : 0;
  if (room < kBarMin) return fmt::format("  {:<10}{}", view.stage, tail);
  return fmt::format("  {:<10} {}{}", view.stage, bar(share, std::min(room, kBarMax)), tail);
}

void Progress::update(std::string_view stage, std::uint64_t done, std::uint64_t total,
                      ProgressUnit unit) {
  if (!talk_.is_terminal()) return;
  const auto now = Clock::now();
  if (stage != stage_) {
    finish();
    stage_ = stage;
    began_ = now;
    drawn_ = now;
  }
  if (now - began_ < kQuietFor || now - drawn_ < kRedrawEvery) return;
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - began_).count();
  talk_.transient(progress_line({stage_, done, total, seconds, unit}, talk_.columns()));
}

void Progress::finish() { talk_.transient(""); }

}  // namespace yujing::app

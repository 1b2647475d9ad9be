// What the program says to people and to log collectors, on standard error: log lines, warnings,
// one progress line. Standard output is never touched. Used by the main thread only.
//
// Nothing said here holds a name, an id number or a person's number.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace yujing::app {

enum class LogFormat : std::uint8_t {
  kText,  // for people
  kJson,  // one object a line: time, level, event, message
};

class Talk {
 public:
  explicit Talk(LogFormat format);
  ~Talk();
  Talk(const Talk&) = delete;
  Talk& operator=(const Talk&) = delete;

  // `event` is a stable name for programs ("metrics_served"), `message` is for people.
  void info(std::string_view event, std::string_view message);
  void warning(std::string_view event, std::string_view message);
  void error(std::string_view event, std::string_view message);

  // Text for people as it is, lines ended by '\n'. As one log line with `event` in the JSON format.
  void page(std::string_view event, std::string_view text);

  // Shows `line` in place of the last one, on a terminal only; "" takes it away.
  void transient(std::string_view line);

  [[nodiscard]] bool is_terminal() const;  // text format on a terminal: progress makes sense
  [[nodiscard]] bool has_colour() const;   // and NO_COLOR is not set
  [[nodiscard]] std::size_t columns() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::app

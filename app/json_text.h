// JSON written straight into a string, for lines by the million. Keys are ours and need no
// escaping.
#pragma once

#include <string>
#include <string_view>

#include "thresholds/money.h"

namespace yujing::app {

// `"text"`, escaped. REQUIRES: UTF-8.
void append_json(std::string& out, std::string_view text);

// One object on one line: members in the order they are added, without blanks.
class JsonLine {
 public:
  explicit JsonLine(std::string& out) : out_(out) { out_ += '{'; }
  void text(std::string_view name, std::string_view value);
  void money(std::string_view name, thresholds::Money value);
  void number(std::string_view name, std::int64_t value);
  void truth(std::string_view name, bool value);
  void null(std::string_view name);
  // A value that is JSON already.
  void raw(std::string_view name, std::string_view json);
  // Closes the object; with the line's end.
  void end_line();
  // Closes the object only.
  void end();

 private:
  void key(std::string_view name);
  std::string& out_;
  bool first_ = true;
};

}  // namespace yujing::app

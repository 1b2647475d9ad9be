// The command line: which command, with which options.
#pragma once

namespace yujing::app {

// Parses and runs; returns the exit code (exit_code.h). No exception leaves it.
[[nodiscard]] int run_command_line(int argc, const char* const* argv);

}  // namespace yujing::app

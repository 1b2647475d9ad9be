// What a shell needs to complete a command line, made from the commands themselves so that it
// cannot say anything else than they do.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace yujing::app {

// A script for bash, to be read by it (`source`) or put where bash-completion looks. Names of
// values decide what is offered for them: FILE, DIR and PATH files and folders, `a|b|c` these
// words, any other name nothing.
[[nodiscard]] std::string bash_completion(const CLI::App& app);

}  // namespace yujing::app

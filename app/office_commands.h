// The commands by which offices act on what the monitor found: monthly lists, applications,
// decisions. As in commands.h: data to standard output, talk to `talk`, an Error for what failed.
#pragma once

#include <string>

#include "app/settings.h"
#include "app/talk.h"
#include "thresholds/result.h"

namespace yujing::app {

struct ListsOptions {
  SettingsRequest settings;
  std::string month;     // yyyy-MM
  std::string folder;    // for the files
  bool correct = false;  // issue published lists again that have other rows now
  bool json = false;     // what was written as JSON on standard output
};
[[nodiscard]] thresholds::Result<void> make_lists(const ListsOptions& options, Talk& talk);

// Writes the form and prints its path.
struct ApplicationOptions {
  SettingsRequest settings;
  std::string person;
  std::string on;    // yyyy-MM-dd
  std::string file;  // "": application-PSN_NO-DATE.xlsx in the working folder
};
[[nodiscard]] thresholds::Result<void> make_application(const ApplicationOptions& options,
                                                        Talk& talk);

// A category with its dates, an application, or both.
struct DecideOptions {
  SettingsRequest settings;
  std::string person;
  std::string category;      // code
  std::string from;          // yyyy-MM-dd
  std::string until;         // "": open
  std::string application;   // yyyy-MM-dd
  std::string certified_by;  // office code
  std::string at;            // yyyy-MM-dd HH:mm:ss; "": now in Beijing
};
[[nodiscard]] thresholds::Result<void> decide(const DecideOptions& options, Talk& talk);

}  // namespace yujing::app

// The table of the settings' keys: where each value goes, for which kind of stream it is, and which
// values it takes. Known to the settings' own files alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"

namespace yujing::app {

using SettingsValues = std::vector<std::string>;

// A key and where its value goes.
struct SettingsRow {
  enum class For : std::uint8_t { kBoth, kFiles, kKafka };
  SettingsKey key;
  For stream = For::kBoth;
  void (*set)(Settings& settings, const SettingsValues& values) = nullptr;
  // What is wrong with a value, such as "cannot be `x`; allowed: a, b", or nothing. Null: all may
  // be.
  std::optional<std::string> (*fault)(const std::string& value) = nullptr;
};
[[nodiscard]] const std::vector<SettingsRow>& settings_rows();

// Of a topic, a group or an instance: as SettingsRow::fault.
[[nodiscard]] std::optional<std::string> name_fault(const std::string& value);

// A value as somebody gave it, with the words that say where.
struct SettingsGiven {
  SettingsValues values;
  std::string where;           // "settings.yaml:7: `store`", "YUJING_STORE", "--store"
  std::filesystem::path base;  // relative paths count from here
};
using SettingsGivens = std::map<std::string, SettingsGiven, std::less<>>;

}  // namespace yujing::app

// Settings files of any bytes: read, or refused with a message.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "app/settings.h"
#include "tests/fuzz/yaml_file.h"
#include "thresholds/result.h"

using namespace yujing;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::YamlFile file;
  const auto no_variables = [](const std::string&) { return std::optional<std::string>(); };
  const auto settings =
      app::load_settings({.file = file.with(data, size), .flags = {}}, no_variables);
  if (!settings) {
    CHECK(settings.error().code == thresholds::ErrorCode::kConfiguration);
    CHECK(!settings.error().message.empty());
  }
  return 0;
}

#include "app/shipped.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#ifndef YUJING_POLICY_DIRS
#define YUJING_POLICY_DIRS "../share/yujing/policies"
#endif

namespace yujing::app {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> candidates() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> found;
  std::string_view rest = YUJING_POLICY_DIRS;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const fs::path folder(rest.substr(0, colon));
    found.push_back((folder.is_absolute() ? folder : program / folder).lexically_normal());
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return found;
}

}  // namespace

thresholds::Result<std::string> shipped_policies() {
  std::string looked;
  for (const auto& folder : candidates()) {
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) return folder.string();
    looked += (looked.empty() ? "" : ", ") + folder.string();
  }
  return thresholds::fail(
      thresholds::ErrorCode::kConfiguration,
      fmt::format(
          "the policies that come with the program are not there (looked in {}); install them "
          "or name a folder with `policies:` or --policies",
          looked));
}

std::optional<std::string> shipped_reference() {
  const auto policies = shipped_policies();
  if (!policies) return std::nullopt;
  const fs::path file = fs::path(*policies).parent_path() / "reference" / "reference.yaml";
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  return file.string();
}

}  // namespace yujing::app

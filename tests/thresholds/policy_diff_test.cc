// Each folder of diff/ is a case: what its before/ and after/ lay over the made-up city, and in
// expected.txt what `policy diff` says of it. Missing folders lay nothing over.
#include "thresholds/policy_diff.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "thresholds/policy_file.h"

namespace yujing::thresholds {
namespace {

namespace fs = std::filesystem;

const std::string kTests = YUJING_SOURCE_DIR "/tests/thresholds/";

RuleBook load(const std::vector<std::string>& paths) {
  auto rules = load_rule_book(paths);
  if (rules) return std::move(*rules);
  for (const auto& error : rules.error())
    ADD_FAILURE() << error.message;
  return {};
}

RuleBook side(const fs::path& folder) {
  std::vector<std::string> paths = {YUJING_SOURCE_DIR "/thresholds/policies/national.yaml",
                                    kTests + "policies/qinghe-2024.yaml"};
  if (fs::exists(folder)) paths.push_back(folder.string());
  return load(paths);
}

class Differences : public ::testing::TestWithParam<std::string> {};

TEST_P(Differences, AreSaidInWords) {
  const fs::path folder = kTests + "diff/" + GetParam();
  std::ostringstream expected;
  expected << std::ifstream(folder / "expected.txt").rdbuf();
  const auto difference = compare(side(folder / "before"), side(folder / "after"));
  EXPECT_EQ(describe(difference), expected.str());
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kTests + "diff")) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Folders, Differences, ::testing::ValuesIn(cases()), test_name);

TEST(Differences, OfTheShippedPoliciesFromThemselvesAreNone) {
  const std::vector<std::string> shipped = {YUJING_SOURCE_DIR "/thresholds/policies"};
  EXPECT_TRUE(compare(load(shipped), load(shipped)).empty());
}

}  // namespace
}  // namespace yujing::thresholds

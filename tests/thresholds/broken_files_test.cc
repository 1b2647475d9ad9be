// Every file of broken/ and broken_reference/ is wrong in one way. Its first line says what the one
// message has to hold: "# expect LINE: words | words | …".
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thresholds/policy_file.h"
#include "thresholds/reference.h"

namespace yujing::thresholds {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kTests = YUJING_SOURCE_DIR "/tests/thresholds/";

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(kTests + folder)) {
    files.push_back(entry.path().stem().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// Checks `messages` against the first line of the file.
void expect_one(const std::string& path, const std::vector<std::string>& messages) {
  std::string first;
  std::getline(std::ifstream(path) >> std::ws, first);
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(first, parts, std::regex("# expect (\\d+): (.+)"))) << first;
  ASSERT_EQ(messages.size(), 1U) << ::testing::PrintToString(messages);
  EXPECT_THAT(messages[0], StartsWith(path + ":" + parts.str(1) + ": "));
  std::string words = parts.str(2);
  while (!words.empty()) {
    const auto end = words.find(" | ");
    EXPECT_THAT(messages[0], HasSubstr(words.substr(0, end)));
    words = end == std::string::npos ? "" : words.substr(end + 3);
  }
}

class BrokenPolicy : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenPolicy, IsRefusedWithItsLineAndWhatIsAllowed) {
  const std::string path = kTests + "broken/" + GetParam() + ".yaml";
  const auto rules = load_rule_book(
      {YUJING_SOURCE_DIR "/thresholds/policies/national.yaml", kTests + "policies", path});
  ASSERT_FALSE(rules);
  std::vector<std::string> messages;
  for (const auto& error : rules.error()) {
    EXPECT_EQ(error.code, ErrorCode::kConfiguration);
    messages.push_back(error.message);
  }
  expect_one(path, messages);
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenPolicy, ::testing::ValuesIn(files_in("broken")), test_name);

class BrokenReference : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenReference, IsRefusedWithItsLineAndWhatIsAllowed) {
  const std::string path = kTests + "broken_reference/" + GetParam() + ".yaml";
  Reference reference;
  const auto loaded = load_reference(path, reference);
  ASSERT_FALSE(loaded);
  expect_one(path, {loaded.error().message});
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenReference, ::testing::ValuesIn(files_in("broken_reference")),
                         test_name);

}  // namespace
}  // namespace yujing::thresholds

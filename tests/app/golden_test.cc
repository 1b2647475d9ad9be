// The worked cases of tests/cases/golden: what `yujing payout` says of each, key by key and in
// order.
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/payout_case.h"
#include "consumer/case_codec.h"
#include "thresholds/policy_file.h"
#include "thresholds/reference.h"

namespace yujing::app {
namespace {

using Json = nlohmann::json;

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream in(std::string(YUJING_SOURCE_DIR "/tests/cases/golden/") + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

// Where the two differ first: "settlements[2].payouts[0].amount: 3.00 instead of 2.99"; "" nowhere.
std::string first_difference(const Json& is, const Json& should, const std::string& where) {
  const auto differ = [&] {
    return fmt::format("{}: {} instead of {}", where, is.dump(), should.dump());
  };
  if (is.type() != should.type()) return differ();
  if (should.is_array()) {
    for (std::size_t i = 0; i < std::min(is.size(), should.size()); ++i) {
      std::string found = first_difference(is[i], should[i], fmt::format("{}[{}]", where, i));
      if (!found.empty()) return found;
    }
    if (is.size() == should.size()) return {};
    return fmt::format("{}: {} elements instead of {}", where, is.size(), should.size());
  }
  if (!should.is_object()) return is == should ? std::string() : differ();
  for (const auto& [key, value] : should.items()) {
    const std::string path = where.empty() ? key : fmt::format("{}.{}", where, key);
    if (!is.contains(key)) return fmt::format("{}: is not there", path);
    std::string found = first_difference(is.at(key), value, path);
    if (!found.empty()) return found;
  }
  for (const auto& [key, value] : is.items()) {
    if (!should.contains(key)) return fmt::format("{}: `{}` is one key more", where, key);
  }
  return {};
}

TEST(Golden, EveryWorkedCaseIsAnsweredKeyByKey) {
  const auto rules = thresholds::load_rule_book({YUJING_SOURCE_DIR "/thresholds/policies"});
  ASSERT_TRUE(rules.has_value());
  thresholds::Reference reference;
  ASSERT_TRUE(thresholds::load_reference(YUJING_SOURCE_DIR "/thresholds/reference/reference.yaml",
                                         reference));
  const std::vector<std::string> cases = lines_of("cases.ndjson");
  const std::vector<std::string> expected = lines_of("expected.ndjson");
  ASSERT_EQ(cases.size(), 263U);
  ASSERT_EQ(expected.size(), cases.size());

  consumer::CaseCodec codec(*rules);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    std::string line;
    const auto payout_case = codec.decode(cases[i]);
    if (payout_case) {
      const CaseResult result = compute_case(*payout_case, *rules, reference, false);
      append_result(line, payout_case->case_id_json, result);
    } else {
      append_error(line, payout_case.error());
    }
    const Json should = Json::parse(expected[i]);
    EXPECT_EQ(first_difference(Json::parse(line), should, ""), "")
        << "case " << should.at("case_id");
  }
}

TEST(Golden, ADifferenceIsNamedWithItsPath) {
  const Json should = Json::parse(R"({"a":[{"b":"1.00","c":null}],"d":true})");
  const auto difference = [&](const char* is) {
    return first_difference(Json::parse(is), should, "");
  };
  EXPECT_EQ(difference(R"({"a":[{"b":"1.00","c":null}],"d":true})"), "");
  EXPECT_EQ(difference(R"({"a":[{"b":"2.00","c":null}],"d":true})"),
            R"(a[0].b: "2.00" instead of "1.00")");
  EXPECT_EQ(difference(R"({"a":[],"d":true})"), "a: 0 elements instead of 1");
  EXPECT_EQ(difference(R"({"a":[{"b":"1.00"}],"d":true})"), "a[0].c: is not there");
  EXPECT_EQ(difference(R"({"a":[{"b":"1.00","c":null,"e":1}],"d":true})"),
            "a[0]: `e` is one key more");
}

}  // namespace
}  // namespace yujing::app

// The variants that a policy file can hold, each shown by a made-up city of tests/policies with
// cases in tests/cases/variants, worked by hand: `why` tells how, `expect` what comes out.
#include <algorithm>
#include <filesystem>
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

const std::string kCases = YUJING_SOURCE_DIR "/tests/cases/variants/";

std::vector<std::string> variants() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kCases)) {
    if (entry.path().extension() == ".ndjson") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// "S1: base 900.00, tilt 10.00", "S2: not_referred", "S3: nothing"; what critical illness insurance
// would pay behind it.
std::string told(const monitor::FoldedBill& folded) {
  const monitor::Payout& payout = folded.payout;
  std::string text;
  const auto amount = [&](std::string_view name, thresholds::Money sum) {
    if (sum != thresholds::Money{}) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, to_string(sum));
    }
  };
  amount("base", payout.base);
  amount("tilt", payout.tilt);
  amount("single_disease", payout.single_disease);
  amount("out_of_catalogue", payout.out_of_catalogue);
  amount("hospital", payout.hospital_borne);
  if (payout.reason != monitor::Reason::kNone) {
    text = monitor::kReasonNames[static_cast<std::size_t>(payout.reason)];
  }
  const auto& insurance = folded.critical_illness_due;
  if (insurance && *insurance) amount("critical", **insurance);
  return fmt::format("{}: {}", folded.bill.settlement->setl_id, text.empty() ? "nothing" : text);
}

// All that a case comes to: its bills, its warnings with the amount, the figures that lack.
std::vector<std::string> told(const CaseResult& result) {
  std::vector<std::string> lines;
  for (const auto& folded : result.folded.bills)
    lines.push_back(told(folded));
  for (const auto& warning : result.warnings) {
    lines.push_back(fmt::format("{} {} by {}, {}", warning.standing.rule->id, warning.year,
                                warning.standing.crossing.by.setl_id,
                                to_string(warning.standing.amount)));
  }
  for (const auto& figure : result.missing)
    lines.push_back("missing " + figure);
  return lines;
}

class Variant : public ::testing::TestWithParam<std::string> {};

TEST_P(Variant, IsComputedAsWorkedByHand) {
  const auto rules =
      thresholds::load_rule_book({YUJING_SOURCE_DIR "/thresholds/policies/national.yaml",
                                  YUJING_SOURCE_DIR "/tests/policies/" + GetParam() + ".yaml"});
  ASSERT_TRUE(rules.has_value()) << rules.error().front().message;
  thresholds::Reference reference;
  ASSERT_TRUE(thresholds::load_reference(kCases + "reference.yaml", reference));
  consumer::CaseCodec codec(*rules);
  std::ifstream cases(kCases + GetParam() + ".ndjson");
  std::size_t read = 0;
  for (std::string line; std::getline(cases, line); ++read) {
    const Json worked = Json::parse(line);
    const auto& name = worked.at("case_id");
    const auto payout_case = codec.decode(line);
    ASSERT_TRUE(payout_case.has_value()) << name << payout_case.error().message;
    const auto expected = worked.at("expect").get<std::vector<std::string>>();
    EXPECT_EQ(told(compute_case(*payout_case, *rules, reference, false)), expected) << name;
    // Whoever asks for the steps is told the same, each with its article.
    const CaseResult explained = compute_case(*payout_case, *rules, reference, true);
    EXPECT_EQ(told(explained), expected) << name;
    for (const auto& folded : explained.folded.bills) {
      for (const auto& step : folded.steps)
        EXPECT_NE(step.cite, "") << name << step.what;
    }
  }
  EXPECT_GT(read, 0U);
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

INSTANTIATE_TEST_SUITE_P(Files, Variant, ::testing::ValuesIn(variants()), test_name);

}  // namespace
}  // namespace yujing::app

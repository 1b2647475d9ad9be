#include "thresholds/settlement_codes.h"

#include <gtest/gtest.h>

namespace yujing::thresholds {
namespace {

TEST(SettlementCodes, NamesLeadBackToTheirMeanings) {
  for (std::size_t i = 0; i < kCareKinds; ++i) {
    EXPECT_EQ(care_kind_named(kCareKindNames[i]), static_cast<CareKind>(i));
  }
  for (std::size_t i = 0; i < kPayers; ++i) {
    EXPECT_EQ(payer_named(kPayerNames[i]), static_cast<Payer>(i));
  }
  for (std::size_t i = 0; i < kFilingNames.size(); ++i) {
    EXPECT_EQ(filing_named(kFilingNames[i]), static_cast<Filing>(i));
  }
  EXPECT_EQ(payer_named("maf_pay"), Payer::kMaf);
}

TEST(SettlementCodes, OtherNamesMeanNothing) {
  EXPECT_FALSE(care_kind_named("dentist").has_value());
  EXPECT_FALSE(payer_named("").has_value());
  EXPECT_FALSE(filing_named("Referral").has_value());
}

}  // namespace
}  // namespace yujing::thresholds

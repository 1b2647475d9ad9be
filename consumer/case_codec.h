// Reads one payout case (docs/contracts: "Payout case") from its JSON line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consumer/codec.h"
#include "consumer/json_tree.h"
#include "monitor/person.h"
#include "monitor/settlement.h"
#include "thresholds/policy.h"
#include "thresholds/reference.h"

namespace yujing::consumer {

struct PremiumQuestion {
  std::int32_t year = 0;
  thresholds::CivilDay on;
};

struct PayoutCase {
  std::string case_id_json = "null";  // the case_id as JSON text, given back as it came
  const thresholds::CityRules* city = nullptr;
  monitor::PersonRecord
      person;  // categories, hukou, applications (`application` and `applications` as one list)
  std::vector<monitor::Delivery> deliveries;
  std::optional<PremiumQuestion> premium;
  std::optional<thresholds::Reference> reference;  // stands in for all shipped tables
};

// A case that cannot be computed: `code` is a refusal reason's name or `bad_reference`.
struct CaseError {
  std::string case_id_json = "null";
  std::string code;
  std::string message;
};

class CaseCodec {
 public:
  explicit CaseCodec(const thresholds::RuleBook& rules);
  [[nodiscard]] tl::expected<PayoutCase, CaseError> decode(std::string_view bytes);

 private:
  const thresholds::RuleBook& rules_;
  JsonTree tree_;
  SettlementCodec settlements_;
};

}  // namespace yujing::consumer

#include <algorithm>

#include "monitor/payout_way.h"

namespace yujing::monitor {

using thresholds::CategorySet;
using thresholds::CriticalIllness;

namespace {

// An empty list of categories stands for everybody else.
bool applies(CategorySet categories, CategorySet held) {
  return categories == 0 || (categories & held) != 0;
}

// nullopt: the document states no share for these persons.
std::optional<Money> special_drug_due(CriticalIllnessAccount& account, const CriticalIllness& rule,
                                      CategorySet held, Money counted) {
  const Money before = account.special_drug;
  account.special_drug += counted;
  for (const CriticalIllness::SpecialDrug& drug : rule.special_drugs) {
    if (!applies(drug.categories, held)) continue;
    if (!drug.stated) return std::nullopt;
    Money due = half_up(
        drug.ratio, above(account.special_drug, drug.deductible) - above(before, drug.deductible));
    if (drug.cap) due = std::min(due, above(*drug.cap, account.special_drug_due));
    account.special_drug_due += due;
    return due;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::optional<Money>> Calculator::critical_illness_due(
    CriticalIllnessAccount& account, const Bill& bill, const Standing& standing,
    std::set<std::string>* missing) {
  const thresholds::Policy& policy = *standing.measuring;
  if (!policy.critical_illness) return std::nullopt;
  const CriticalIllness& rule = *policy.critical_illness;
  const std::string& insutype = bill.settlement->text(Text::kInsutype);
  const auto insured = std::find(rule.insutypes.begin(), rule.insutypes.end(), insutype);
  const thresholds::CareSet kind = thresholds::care_bit(bill.care);
  if (insured == rule.insutypes.end() || ((rule.care | rule.special_drug_care) & kind) == 0) {
    return std::nullopt;
  }

  Money basic;
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    if ((rule.base_payers >> i & 1U) != 0) basic += bill.settlement->amounts[i];
  }
  const Money counted = above(bill.settlement->amount(Amount::kInscpScp), basic);
  if ((rule.special_drug_care & kind) != 0) {
    return special_drug_due(account, rule, standing.held, counted);
  }
  Money& sum = account.sums[static_cast<std::size_t>(insured - rule.insutypes.begin())];
  const Money before = sum;
  sum += counted;
  for (std::size_t i = 0; i < rule.schedules.size(); ++i) {
    const CriticalIllness::Schedule& schedule = rule.schedules[i];
    if (schedule.insutype != insutype || !applies(schedule.categories, standing.held)) continue;
    const auto& bands = years_.of(policy, bill.benefit_day).schedules[i];
    const auto lacking = std::find_if(bands.begin(), bands.end(),
                                      [](const ResolvedBand& band) { return band.from.missing; });
    if (lacking == bands.end()) return bands_due(bands, before, sum);
    if (missing != nullptr) missing->insert(lacking->from.missing_name());
    break;
  }
  return std::optional<Money>{};
}

}  // namespace yujing::monitor

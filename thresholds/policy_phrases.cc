#include "thresholds/policy_phrases.h"

#include <fmt/format.h>

namespace yujing::thresholds {

std::string cited(const std::string& text, const std::string& cite) {
  return cite.empty() ? text : fmt::format("{}〔{}〕", text, cite);
}

std::string yuan_phrase(Money amount) {
  std::string text = to_grouped_string(amount);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return text + "元";
}

namespace {

std::string income_phrase(const IncomeFigure& income) {
  const std::string_view area = income.scope == IncomeFigure::Scope::kCity ? "全市" : "全省";
  const std::string year =
      income.years_before == 1 ? "上年" : fmt::format("{}年前的", income.years_before);
  std::string_view residents = "居民";
  if (income.population == IncomeFigure::Population::kUrban) residents = "城镇居民";
  if (income.population == IncomeFigure::Population::kRural) residents = "农村居民";
  return fmt::format("{}{}{}人均可支配收入", area, year, residents);
}

std::string uncited_amount(const AmountRule& rule) {
  switch (rule.kind) {
    case AmountRule::Kind::kYuan:
      return yuan_phrase(rule.yuan);
    case AmountRule::Kind::kPublished:
      return fmt::format("经办机构每年公布的“{}”", rule.published);
    case AmountRule::Kind::kIncomeShare:
      break;
  }
  const std::string_view rounding =
      rule.rounding == AmountRule::Rounding::kYuanDown ? "，舍去不足一元的部分" : "";
  return fmt::format("{}的{}{}", income_phrase(rule.income), to_string(rule.share), rounding);
}

}  // namespace

std::string amount_phrase(const AmountRule& rule, const std::string& cite_around) {
  return rule.cite == cite_around ? uncited_amount(rule) : cited(uncited_amount(rule), rule.cite);
}

std::string days_phrase(CivilDay from, CivilDay until) {
  return until == kNoEnd ? to_string(from) + " 起"
                         : fmt::format("{} 至 {}", to_string(from), to_string(until));
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, "、"));
}

std::string care_phrase(const Names& names, CareSet set) {
  std::vector<std::string> kinds;
  for (std::size_t kind = 0; kind < kCareKinds; ++kind) {
    if ((set >> kind & 1U) != 0) kinds.push_back(names.care_kinds[kind]);
  }
  return joined(kinds);
}

}  // namespace yujing::thresholds

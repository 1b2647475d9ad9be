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

// From which day of the year the new figure holds, where it is not 1 January.
std::string switch_phrase(const AmountRule& rule) {
  if (!rule.switches_on) return {};
  return fmt::format("（每年{}月{}日起用新一年的数字，此前仍用旧数）", rule.switches_on->month,
                     rule.switches_on->day);
}

}  // namespace

std::string amount_phrase(const AmountRule& rule) {
  switch (rule.kind) {
    case AmountRule::Kind::kYuan:
      return yuan_phrase(rule.yuan);
    case AmountRule::Kind::kPublished:
      return fmt::format("经办机构每年公布的“{}”{}", rule.published, switch_phrase(rule));
    case AmountRule::Kind::kIncomeShare:
      break;
  }
  std::string_view rounding;
  if (rule.rounding == AmountRule::Rounding::kYuanDown) rounding = "，舍去不足一元的部分";
  if (rule.rounding == AmountRule::Rounding::kYuanHalfUp) rounding = "，四舍五入到元";
  return fmt::format("{}的{}{}{}", income_phrase(rule.income), to_string(rule.share), rounding,
                     switch_phrase(rule));
}

std::string amount_phrase(const AmountRule& rule, const std::string& cite_around) {
  return rule.cite == cite_around ? amount_phrase(rule) : cited(amount_phrase(rule), rule.cite);
}

std::string deductible_phrase(const Deductible& rule, const std::string& cite_around) {
  const bool none = rule.kind == AmountRule::Kind::kYuan && rule.yuan == Money{};
  if (none) return rule.cite == cite_around ? "不设" : cited("不设", rule.cite);
  return (rule.each_settlement ? "每次" : "") + amount_phrase(rule, cite_around);
}

std::string bands_phrase(const std::vector<Band>& bands, const std::string& cite_around) {
  std::vector<std::string> phrases;
  for (const auto& band : bands) {
    phrases.push_back(
        fmt::format("{}以上{}", amount_phrase(band.from, cite_around), to_string(band.ratio)));
  }
  return fmt::format("{}", fmt::join(phrases, "；"));
}

std::string_view place_phrase(PlaceCondition place) {
  switch (place) {
    case PlaceCondition::kAnywhere:
      break;
    case PlaceCondition::kLocal:
      return "在本市就医的";
    case PlaceCondition::kInProvince:
      return "在省域内就医的";
    case PlaceCondition::kStandardReferral:
      return "本市就医或规范转诊的";
    case PlaceCondition::kStandardReferralInProvince:
      return "规范转诊且在省域内就医的";
    case PlaceCondition::kReferralOrEmergency:
      return "本市就医、规范转诊或急诊抢救的";
  }
  return "";
}

std::string_view sum_phrase(FurtherLayer::MeasuredOn measured_on) {
  switch (measured_on) {
    case FurtherLayer::MeasuredOn::kRemainingBurden:
      break;
    case FurtherLayer::MeasuredOn::kInPolicyBurden:
      return "全年政策范围内个人负担";
    case FurtherLayer::MeasuredOn::kCutOffByCap:
      return "全年因年度限额未获救助的金额";
  }
  return "全年剩余负担";
}

std::string window_start_phrase(const ApplicationRule& rule) {
  switch (rule.start) {
    case ApplicationRule::WindowStart::kSameDay:
      return fmt::format("申请之日前{}个月的同一日", rule.months);
    case ApplicationRule::WindowStart::kFirstOfMonth:
      return fmt::format("申请之月前{}个月的一日", rule.months);
    case ApplicationRule::WindowStart::kFirstOfYear:
      return "申请当年1月1日";
    case ApplicationRule::WindowStart::kFirstOfLastYear:
      break;
  }
  return "申请上年1月1日";
}

std::string_view window_end_phrase(const ApplicationRule& rule) {
  switch (rule.end) {
    case ApplicationRule::WindowEnd::kYearEnd:
      return "申请当年12月31日";
    case ApplicationRule::WindowEnd::kApplicationDay:
      return "申请之日";
    case ApplicationRule::WindowEnd::kLastYearEnd:
      break;
  }
  return "申请上年12月31日";
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

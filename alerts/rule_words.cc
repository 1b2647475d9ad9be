#include "alerts/rule_words.h"

#include <array>
#include <cstdint>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "thresholds/policy_phrases.h"

namespace yujing::alerts {

using thresholds::AmountRule;

namespace {

// As monitor::Reason.
constexpr std::array<std::string_view, 7> kReasonWords = {"",
                                                          "待遇日期没有施行的救助政策",
                                                          "没有救助对象身份",
                                                          "户籍不在本地",
                                                          "未按规定转诊",
                                                          "该类费用不在救助范围",
                                                          "缺少计算所需的公布数据"};

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string amount_words(const AmountRule& rule, const monitor::Resolved& resolved) {
  if (rule.kind == AmountRule::Kind::kYuan) return thresholds::amount_phrase(rule);
  if (resolved.missing) {
    return fmt::format("{}；缺少{}，无法确定", thresholds::amount_phrase(rule),
                       figure_words(resolved.missing_name()));
  }
  return fmt::format("{}，即{}", thresholds::amount_phrase(rule),
                     thresholds::yuan_phrase(resolved.rounded));
}

std::string deductible_words(const thresholds::Deductible& rule,
                             const monitor::Resolved& resolved) {
  return (rule.each_settlement ? "每次" : "") + amount_words(rule, resolved);
}

std::string cover_words(const thresholds::CityRules& city, const thresholds::Tier& tier,
                        const thresholds::Cover& cover) {
  std::string text = care_words(city, cover.care);
  if (!cover.diseases.empty()) text += fmt::format("（病种{}）", fmt::join(cover.diseases, "、"));
  text += thresholds::place_phrase(cover.place);
  if (cover.bands.empty()) {
    text += "救助比例" + thresholds::to_string(cover.ratio);
  } else {
    text += "分段救助：" + thresholds::bands_phrase(cover.bands, cover.cite);
  }
  if (cover.allowance)
    text += fmt::format("，计入单列的{}", tier.allowances[*cover.allowance].name);
  return text;
}

std::string allowance_words(const thresholds::Allowance& allowance,
                            const monitor::ResolvedAllowance& amounts) {
  std::string text = fmt::format("单列{}：", allowance.name);
  text += allowance.deductible
              ? "起付标准" + deductible_words(*allowance.deductible, amounts.deductible)
              : std::string("共用起付标准");
  text += allowance.cap ? "，限额" + amount_words(*allowance.cap, amounts.cap)
                        : std::string("，不设限额");
  return text + (allowance.inside_annual_cap ? "（计入年度限额）" : "（不计入年度限额）");
}

std::string further_words(const thresholds::FurtherLayer& layer,
                          const monitor::ResolvedTier& amounts) {
  using Kind = thresholds::FurtherLayer::Kind;
  const std::string_view sum = thresholds::sum_phrase(layer.measured_on);
  const std::string ratio = thresholds::to_string(layer.ratio);
  std::string text;
  switch (layer.kind) {
    case Kind::kPoints:
    case Kind::kRaisedRatio:
      text = fmt::format("{}超过{}的，救助比例再提高{}", sum,
                         amount_words(layer.threshold, amounts.further_threshold), ratio);
      break;
    case Kind::kSlice:
      text =
          layer.bands.empty()
              ? fmt::format("{}超过{}的部分按{}", sum,
                            amount_words(layer.threshold, amounts.further_threshold), ratio)
              : fmt::format("{}分段：{}", sum, thresholds::bands_phrase(layer.bands, layer.cite));
      break;
    case Kind::kLump:
      text = fmt::format("年度限额用完后一次性{}", thresholds::yuan_phrase(layer.lump));
      break;
  }
  if (layer.cap) text += fmt::format("，限额{}", amount_words(*layer.cap, amounts.further_cap));
  if (layer.place == thresholds::PlaceCondition::kStandardReferralInProvince) {
    text += "（须规范转诊且在省域内就医）";
  } else if (layer.place != thresholds::PlaceCondition::kAnywhere) {
    text += fmt::format("（限{}费用）", thresholds::place_phrase(layer.place));
  }
  return fmt::format("{}：{}", layer.name, text);
}

std::string figure_words(std::string_view missing_name) {
  const auto parts = split(missing_name, '.');
  if (parts.size() == 3 && parts[0] == "income") {
    const std::string_view area = parts[1].starts_with("city") ? "全市" : "全省";
    std::string_view residents = "居民";
    if (parts[1].ends_with("_urban")) residents = "城镇居民";
    if (parts[1].ends_with("_rural")) residents = "农村居民";
    return fmt::format("{}年{}{}人均可支配收入", parts[2], area, residents);
  }
  if (parts.size() == 2 && parts[0] == "premium") {
    return fmt::format("{}年居民医保个人缴费标准", parts[1]);
  }
  return fmt::format("公布数据 {}", missing_name);
}

std::string category_words(const thresholds::CityRules& city, thresholds::CategorySet set) {
  std::vector<std::string_view> names;
  for (std::size_t bit = 0; bit < city.categories.size(); ++bit) {
    if ((set >> bit & 1U) != 0) names.emplace_back(city.categories[bit].name);
  }
  return fmt::format("{}", fmt::join(names, "、"));
}

std::string care_words(const thresholds::CityRules& city, thresholds::CareSet set) {
  std::vector<std::string_view> names;
  for (std::size_t kind = 0; kind < thresholds::kCareKinds; ++kind) {
    if ((set >> kind & 1U) != 0) names.emplace_back(city.names.care_kinds[kind]);
  }
  return fmt::format("{}", fmt::join(names, "、"));
}

std::string population_words(const thresholds::CityRules& city,
                             const thresholds::WarningRule& rule) {
  switch (rule.population) {
    case thresholds::WarningRule::Population::kAnyone:
      return "全体参保人员";
    case thresholds::WarningRule::Population::kHolding:
      return category_words(city, rule.categories);
    case thresholds::WarningRule::Population::kNotHolding:
      break;
  }
  return fmt::format("不属于{}的参保人员", category_words(city, rule.categories));
}

std::string summed_words(const thresholds::CityRules& city, const thresholds::WarningRule& rule) {
  using Per = thresholds::WarningRule::Per;
  std::string_view period = "全年";
  if (rule.per == Per::kRolling12Months) period = "任意连续12个月";
  if (rule.per == Per::kStay) period = "单次";
  return fmt::format("{}{}", period, care_words(city, rule.care));
}

std::string payer_words(const thresholds::CityRules& city, thresholds::PayerSet payers) {
  std::vector<std::string_view> names;
  for (std::size_t payer = 0; payer < thresholds::kPayers; ++payer) {
    if ((payers >> payer & 1U) != 0) names.emplace_back(city.names.payers[payer]);
  }
  return fmt::format("{}", fmt::join(names, "、"));
}

std::string_view reason_words(monitor::Reason reason) {
  return kReasonWords[static_cast<std::size_t>(reason)];
}

std::string office_words(const thresholds::CityRules& city, std::string_view code) {
  constexpr std::string_view kDepartment = "部门";
  std::string_view name = city.names.office(code);
  if (name.empty()) name = code;
  if (name.ends_with(kDepartment)) name.remove_suffix(kDepartment.size());
  return std::string(name);
}

}  // namespace yujing::alerts

// describe(): one version in Chinese for a clerk, section by section, every parameter with its
// article.
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "thresholds/policy_file.h"

namespace yujing::thresholds {
namespace {

constexpr std::string_view kNotStated = "文件未载";

std::string cited(const std::string& text, const std::string& cite) {
  return fmt::format("{}〔{}〕", text, cite);
}

// "2,500元", "800.50元"
std::string yuan(Money amount) {
  std::string text = to_grouped_string(amount);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return text + "元";
}

std::string amount_text(const AmountRule& rule) {
  switch (rule.kind) {
    case AmountRule::Kind::kYuan:
      return yuan(rule.yuan);
    case AmountRule::Kind::kPublished:
      return fmt::format("经办机构每年公布的“{}”", rule.published);
    case AmountRule::Kind::kIncomeShare:
      break;
  }
  const auto& income = rule.income;
  const std::string_view area = income.scope == IncomeFigure::Scope::kCity ? "全市" : "全省";
  const std::string year =
      income.years_before == 1 ? "上年" : fmt::format("{}年前的", income.years_before);
  std::string_view residents = "居民";
  if (income.population == IncomeFigure::Population::kUrban) residents = "城镇居民";
  if (income.population == IncomeFigure::Population::kRural) residents = "农村居民";
  const std::string_view rounding =
      rule.rounding == AmountRule::Rounding::kYuanDown ? "，舍去不足一元的部分" : "";
  return fmt::format("{}{}{}人均可支配收入的{}{}", area, year, residents, to_string(rule.share),
                     rounding);
}

std::string join(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, "、"));
}

// Writes numbered sections with indented lines.
class Page {
 public:
  Page(const CityRules& city, const Policy& policy) : city_(city), policy_(policy) {}

  std::string write() {
    heading();
    categories();
    conditions();
    tiers();
    application();
    single_disease();
    out_of_catalogue();
    critical_illness();
    premium();
    warnings();
    notes();
    return std::move(text_);
  }

 private:
  void line(std::size_t indent, const std::string& text) {
    text_.append(indent, ' ');
    text_ += text;
    text_ += '\n';
  }
  void parameter(std::size_t indent, std::string_view name, const std::string& text,
                 const std::string& cite) {
    line(indent, fmt::format("{}：{}", name, cited(text, cite)));
  }
  void section(std::string_view title) {
    static constexpr std::string_view kNumbers[] = {"一", "二", "三", "四", "五",   "六",
                                                    "七", "八", "九", "十", "十一", "十二"};
    text_ += fmt::format("\n{}、{}\n", kNumbers[sections_], title);
    if (sections_ + 1 < std::size(kNumbers)) ++sections_;
  }

  [[nodiscard]] std::string category_names(CategorySet set) const {
    std::vector<std::string> names;
    for (std::size_t bit = 0; bit < city_.categories.size(); ++bit) {
      if ((set >> bit & 1U) != 0) names.push_back(city_.categories[bit].name);
    }
    return join(names);
  }
  [[nodiscard]] std::string category_names(const std::vector<std::uint8_t>& bits) const {
    std::vector<std::string> names;
    names.reserve(bits.size());
    for (const auto bit : bits)
      names.push_back(city_.categories[bit].name);
    return join(names);
  }
  [[nodiscard]] std::string care_names(CareSet set) const {
    std::vector<std::string> names;
    for (std::size_t kind = 0; kind < kCareKinds; ++kind) {
      if ((set >> kind & 1U) != 0) names.push_back(city_.names.care_kinds[kind]);
    }
    return join(names);
  }
  [[nodiscard]] std::string payer_names(PayerSet set) const {
    std::vector<std::string> names;
    for (std::size_t payer = 0; payer < kPayers; ++payer) {
      if ((set >> payer & 1U) != 0) names.push_back(city_.names.payers[payer]);
    }
    return join(names);
  }

  void heading() {
    line(0, fmt::format("{}　{}", city_.name, policy_.title));
    line(0, fmt::format("文号：{}", policy_.document));
    const std::string until =
        policy_.until == kNoEnd ? " 起" : fmt::format(" 至 {}", to_string(policy_.until));
    parameter(0, "施行", to_string(policy_.from) + until, policy_.in_force_cite);
    line(0, fmt::format("版本：{}", policy_.version));
  }

  void categories() {
    section("救助对象类别");
    for (const auto& category : city_.categories) {
      const std::string certified =
          category.certified_by.empty()
              ? fmt::format("认定部门{}", kNotStated)
              : fmt::format("{}认定", city_.names.office(category.certified_by));
      line(2, cited(fmt::format("{}（{}）：{}", category.name, category.code, certified),
                    category.cite));
    }
  }

  void conditions() {
    section("计算口径和待遇条件");
    parameter(2, "个人负担",
              policy_.preselfpay_in_policy ? "政策范围内费用含先行自付（乙类）部分"
                                           : "政策范围内费用不含先行自付（乙类）部分",
              policy_.preselfpay_cite);
    line(2, "扣除的支付：" + payer_names(policy_.burden_payers));
    if (!policy_.exclude_med_types.empty()) {
      parameter(2, "不计入的医疗类别", join(policy_.exclude_med_types), policy_.preselfpay_cite);
    }
    if (!policy_.category_effect_cite.empty()) {
      parameter(2, "类别生效",
                policy_.category_from_next_month ? "自纳入的次月起享受，自退出的次月起停止"
                                                 : "自认定之日起享受，至退出之日止",
                policy_.category_effect_cite);
    }
    if (policy_.residence_required) {
      parameter(2, "户籍", "须为本统筹区户籍", policy_.residence_cite);
    }
    if (policy_.referral_required) {
      parameter(2, "转诊",
                policy_.emergency_exempt ? "未按规定转诊的不予救助，急诊抢救除外"
                                         : "未按规定转诊的不予救助，文件未载急诊抢救除外",
                policy_.referral_cite);
    } else {
      line(2, "转诊：文件未载转诊条件");
    }
  }

  void tiers() {
    section("救助标准（按顺序取第一个符合的档次）");
    std::size_t number = 1;
    for (const auto& tier : policy_.tiers) {
      line(2, fmt::format("{}. {}", number++, cited(tier.name, tier.cite)));
      line(5, "类别：" + category_names(tier.categories));
      const bool none =
          tier.deductible.kind == AmountRule::Kind::kYuan && tier.deductible.yuan == Money{};
      parameter(5, "起付标准", none ? "不设" : amount_text(tier.deductible), tier.deductible.cite);
      parameter(5, "年度限额", tier.cap ? amount_text(*tier.cap) : "不设", tier.cap_cite);
      for (const auto& cover : tier.covers) {
        std::string text = fmt::format("{} {}", care_names(cover.care), to_string(cover.ratio));
        if (cover.cap) {
          text += fmt::format("，全年不超过{}（计入年度限额）", amount_text(*cover.cap));
        }
        parameter(5, "救助比例", text, cover.cite);
      }
      if (tier.floor) {
        parameter(
            5, "托底",
            fmt::format("省内{}综合支付比例达不到{}的，救助到{}", care_names(tier.floor->care),
                        to_string(tier.floor->share), to_string(tier.floor->share)),
            tier.floor->cite);
      }
      if (tier.further) {
        further(*tier.further);
      } else if (!tier.further_cite.empty()) {
        parameter(5, "倾斜救助", "不适用", tier.further_cite);
      }
    }
  }

  void further(const FurtherLayer& layer) {
    std::string text;
    if (layer.place == PlaceCondition::kStandardReferralInProvince) {
      text += "规范转诊且在省域内就医的，";
    }
    if (layer.after_cap_used) text += "年度限额用完后，";
    switch (layer.kind) {
      case FurtherLayer::Kind::kPoints:
        text += fmt::format("全年剩余负担超过{}的，救助比例提高{}", amount_text(layer.threshold),
                            to_string(layer.ratio));
        break;
      case FurtherLayer::Kind::kSlice:
        text += fmt::format("全年剩余负担超过{}的部分按{}救助", amount_text(layer.threshold),
                            to_string(layer.ratio));
        break;
      case FurtherLayer::Kind::kLump:
        text += fmt::format("一次性支付{}，每年一次", yuan(layer.lump));
        break;
    }
    if (layer.cap) text += fmt::format("，全年不超过{}", amount_text(*layer.cap));
    text += layer.inside_annual_cap ? "，计入年度限额" : "，不计入年度限额";
    parameter(5, layer.name, text, layer.cite);
  }

  void application() {
    section("依申请救助");
    if (!policy_.application) return line(2, fmt::format("{}追溯期", kNotStated));
    const auto& rule = *policy_.application;
    parameter(2, "对象", city_.categories[rule.category].name, rule.cite);
    const std::string_view from = rule.start == ApplicationRule::WindowStart::kSameDay
                                      ? "申请之日前{}个月的同一日"
                                      : "申请之月前{}个月的一日";
    const std::string_view until =
        rule.end == ApplicationRule::WindowEnd::kYearEnd ? "申请当年12月31日" : "申请之日";
    parameter(2, "追溯",
              fmt::format("自{}起，至{}止，每年申请一次",
                          fmt::format(fmt::runtime(from), rule.months), until),
              rule.cite);
    if (!rule.papers.empty()) line(2, "材料：" + join(rule.papers));
  }

  void single_disease() {
    if (!policy_.single_disease) return;
    const auto& rule = *policy_.single_disease;
    section("单病种最高限额付费");
    parameter(2, "范围",
              fmt::format("险种{}，{}；病种和限额见参考数据表，超过限额的由医疗机构承担",
                          rule.insutype, care_names(rule.care)),
              rule.cite);
    for (const auto& share : rule.shares) {
      parameter(2, city_.categories[share.category].name,
                fmt::format("限额内费用的{}，不受年度限额限制", to_string(share.ratio)),
                share.cite);
    }
  }

  void out_of_catalogue() {
    if (!policy_.out_of_catalogue) return;
    const auto& control = *policy_.out_of_catalogue;
    section("目录外费用控制");
    parameter(
        2, "范围",
        fmt::format("{}，省内{}", category_names(control.categories), care_names(control.care)),
        control.cite);
    for (const auto& limit : control.limits) {
      parameter(2, fmt::format("收费类别{}", limit.hosp_charge_class),
                fmt::format("目录外费用不超过总费用的{}，超过的由医疗机构承担",
                            to_string(limit.share_of_total)),
                limit.cite);
    }
    for (const auto& share : control.fund_shares) {
      parameter(2, category_names(share.categories),
                fmt::format("控制比例以内的由医疗救助基金支付{}，至{}", to_string(share.ratio),
                            to_string(share.until)),
                share.cite);
    }
  }

  [[nodiscard]] std::string persons(CategorySet set) const {
    return set == 0 ? "其他人员" : category_names(set);
  }

  void critical_illness() {
    if (!policy_.critical_illness) return;
    const auto& insurance = *policy_.critical_illness;
    section("大病保险");
    parameter(2, "计算基数",
              fmt::format("{}的政策范围内费用，减去{}", care_names(insurance.care),
                          payer_names(insurance.base_payers)),
              insurance.cite);
    for (const auto& schedule : insurance.schedules) {
      std::vector<std::string> bands;
      for (const auto& band : schedule.bands) {
        bands.push_back(fmt::format("{}以上{}", yuan(band.from), to_string(band.ratio)));
      }
      parameter(2, fmt::format("险种{}，{}", schedule.insutype, persons(schedule.categories)),
                fmt::format("{}", fmt::join(bands, "；")), schedule.cite);
    }
    for (const auto& drug : insurance.special_drugs) {
      std::string text = fmt::format("起付{}，", yuan(drug.deductible));
      text += drug.stated ? "支付" + to_string(drug.ratio) : fmt::format("比例{}", kNotStated);
      if (drug.cap) text += fmt::format("，全年不超过{}", yuan(*drug.cap));
      parameter(2, fmt::format("特殊药品，{}", persons(drug.categories)), text, drug.cite);
    }
  }

  void premium() {
    section("参保资助和住院押金");
    if (!policy_.premium_stated) line(2, fmt::format("参保资助：{}", kNotStated));
    for (const auto& rule : policy_.premium) {
      std::string text = rule.fixed ? fmt::format("定额{}", yuan(rule.amount))
                                    : fmt::format("个人缴费的{}", to_string(rule.share));
      if (rule.at_least != Money{}) text += fmt::format("，不低于{}", yuan(rule.at_least));
      if (rule.first_year > 0) text += fmt::format("，{}年起", rule.first_year);
      if (rule.last_year < 9999) text += fmt::format("，至{}年", rule.last_year);
      parameter(2, "资助" + category_names(rule.categories), text, rule.cite);
    }
    if (policy_.deposit_waiver == 0) return line(2, fmt::format("免除住院押金：{}", kNotStated));
    parameter(2, "免除住院押金", category_names(policy_.deposit_waiver), policy_.deposit_cite);
  }

  [[nodiscard]] std::string population(const WarningRule& rule) const {
    switch (rule.population) {
      case WarningRule::Population::kHolding:
        return category_names(rule.categories);
      case WarningRule::Population::kNotHolding:
        return "不属于以下类别的参保人：" + category_names(rule.categories);
      case WarningRule::Population::kAnyone:
        break;
    }
    return "全部参保人";
  }

  [[nodiscard]] std::string crossing(const WarningRule& rule) const {
    switch (rule.measure) {
      case Measure::kBurdenAfterInsurance:
        return "基本医保、大病保险等报销后全年个人负担超过" + amount_text(*rule.line);
      case Measure::kBurdenAfterAssistance:
        return "三重制度支付后全年个人负担超过" + amount_text(*rule.line);
      case Measure::kCriticalIllnessStarted:
        break;
    }
    return "当年有" + payer_names(rule.started_by) + "支付";
  }

  void warnings() {
    section("预警");
    if (policy_.warnings.empty()) line(2, std::string(kNotStated));
    for (const auto& rule : policy_.warnings) {
      line(2, cited(fmt::format("{}（{}）", rule.title, rule.id), rule.cite));
      line(5, "人群：" + population(rule));
      line(5, "条件：" + crossing(rule));
      std::vector<std::string> offices;
      for (const auto& office : rule.offices)
        offices.emplace_back(city_.names.office(office));
      line(5, "推送：" + join(offices));
      if (rule.report_step) {
        line(5, fmt::format("金额每变动{}再报一次", yuan(*rule.report_step)));
      }
      if (rule.back_into_poverty != 0) {
        line(5, fmt::format("类型：{}为因病返贫，其余为因病致贫",
                            category_names(rule.back_into_poverty)));
      } else {
        line(5, "类型：因病致贫");
      }
    }
  }

  void notes() {
    if (policy_.notes.empty()) return;
    section("其他");
    for (const auto& note : policy_.notes)
      line(2, cited(note.text, note.cite));
  }

  const CityRules& city_;
  const Policy& policy_;
  std::string text_;
  std::size_t sections_ = 0;
};

}  // namespace

std::string describe(const CityRules& city, const Policy& policy) {
  return Page(city, policy).write();
}

}  // namespace yujing::thresholds

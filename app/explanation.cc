#include "app/explanation.h"

#include <array>

#include <fmt/format.h>

namespace yujing::app {

using monitor::FoldedBill;
using thresholds::Money;

namespace {

// The words of the page. What a rule is called and which article it stands in comes from the policy
// files.
constexpr std::array<std::string_view, thresholds::kCareKinds> kCareWords = {
    "住院", "门诊慢性病", "门诊特殊疾病", "特药", "普通门诊", "药店购药", "生育", "其他"};
constexpr std::array<std::string_view, thresholds::kPayers> kPayerWords = {
    "基本医保统筹", "公务员补助",   "企业补充保险", "居民大病保险",
    "职工大额补助", "伤残人员保障", "其他支付",     "医疗救助"};
constexpr std::array<std::string_view, 7> kReasonWords = {"",
                                                          "待遇日期没有生效的救助政策",
                                                          "没有救助对象身份",
                                                          "户籍不在本地",
                                                          "未按规定转诊，不纳入救助",
                                                          "该类费用不在救助范围",
                                                          "缺少计算所需的公布数据"};

std::string yuan(Money amount) { return thresholds::to_grouped_string(amount) + " 元"; }

std::string cited(const std::string& cite) {
  return cite.empty() ? std::string() : fmt::format("〔{}〕", cite);
}

class Page {
 public:
  Page(const ExplanationTitle& title, const CaseResult& result,
       const std::vector<YearWarnings>& warnings)
      : title_(title), result_(result), warnings_(warnings) {}

  std::string write() {
    head("医疗费用与救助说明");
    identity();
    for (const auto& [year, account] : result_.folded.years) {
      if (account.totals.settlements > 0 && (!title_.year || *title_.year == year))
        one_year(year, account);
    }
    if (!wrote_year_) text_ += "\n没有计入的结算。\n";
    premium();
    closing();
    return std::move(text_);
  }

  std::string write_rule(std::string_view rule) {
    head("预警规则说明");
    identity();
    for (const YearWarnings& judged : warnings_) {
      if (!title_.year || *title_.year == judged.year) text_ += rule_page(result_, judged, rule);
    }
    text_ += "\n本页由结算数据计算得出，供核对使用；预警是提醒，不是认定。\n";
    return std::move(text_);
  }

 private:
  void head(std::string_view what) {
    text_ += fmt::format("{}  {} · {}\n", what, title_.who, result_.city->name);
    if (!title_.area.empty()) text_ += fmt::format("参保地：{}\n", title_.area);
    if (!title_.as_of.empty()) text_ += fmt::format("数据截至：{}\n", title_.as_of);
  }

  void identity() {
    text_ += "\n身份与申请\n";
    if (result_.facts.plain.empty() && result_.facts.windows.empty())
      text_ += "  没有登记的救助对象身份\n";
    for (const monitor::Held& held : result_.facts.plain) {
      text_ +=
          fmt::format("  {}：{} 至 {}\n", result_.city->categories[held.category].name,
                      held.from == thresholds::kNoStart ? "一直" : thresholds::to_string(held.from),
                      held.until == thresholds::kNoEnd ? "今" : thresholds::to_string(held.until));
    }
    for (const monitor::Window& window : result_.facts.windows) {
      text_ += fmt::format("  依申请救助：{} 申请，追溯 {} 至 {} 的费用，计入 {} 年 {}\n",
                           thresholds::to_string(window.application),
                           thresholds::to_string(window.from), thresholds::to_string(window.until),
                           window.year, cited(window.policy->application->cite));
    }
  }

  void one_year(std::int32_t year, const monitor::YearAccount& account) {
    wrote_year_ = true;
    const monitor::Totals& totals = account.totals;
    text_ += fmt::format("\n{} 年合计（{} 笔结算）\n", year, totals.settlements);
    text_ += fmt::format("  医疗费总额 {}，其中目录外自费 {}\n", yuan(totals.medfee),
                         yuan(totals.own_expense));
    for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
      if (totals.paid[i].fen != 0)
        text_ += fmt::format("  {}已支付 {}\n", kPayerWords[i], yuan(totals.paid[i]));
    }
    text_ +=
        fmt::format("  医保报销后个人负担 {}；扣除已付救助后 {}\n", yuan(totals.after_insurance),
                    yuan(totals.after_insurance - totals.assistance_paid()));
    text_ += fmt::format("  按政策应救助 {}\n", yuan(totals.assistance_due));
    warnings(year);
    std::size_t number = 0;
    for (const FoldedBill& folded : result_.folded.bills) {
      if (thresholds::year_of(folded.bill.benefit_day) == year) settlement(++number, folded);
    }
  }

  void warnings(std::int32_t year) {
    for (const YearWarnings& judged : warnings_) {
      if (judged.year == year) text_ += rule_lines(*result_.city, judged);
    }
  }

  void settlement(std::size_t number, const FoldedBill& folded) {
    const monitor::Bill& bill = folded.bill;
    const monitor::Payout& payout = folded.payout;
    text_ += fmt::format("\n  {}. {} {}  结算 {}（{}）\n", number,
                         thresholds::to_string(bill.benefit_day),
                         kCareWords[static_cast<std::size_t>(bill.care)], bill.settlement->setl_id,
                         thresholds::to_string(bill.settlement->setl_time));
    text_ +=
        fmt::format("     总额 {}，报销 {}，个人负担 {}，其中政策范围内 {}\n", yuan(bill.total),
                    yuan(bill.insurance), yuan(bill.after_insurance), yuan(bill.in_policy));
    if (payout.category != monitor::kNoBit) {
      text_ +=
          fmt::format("     身份：{}{}", result_.city->categories[payout.category].name,
                      folded.standing.tier != nullptr ? cited(folded.standing.tier->cite) : "");
      if (folded.standing.window != nullptr)
        text_ += fmt::format("，计入 {} 年", folded.standing.account_year);
      text_ += '\n';
    }
    for (const monitor::Step& step : folded.steps) {
      text_ += fmt::format("     · {}：{}", step.what, yuan(step.amount));
      if (!step.detail.empty()) text_ += fmt::format("（{}）", step.detail);
      text_ += cited(step.cite) + '\n';
    }
    if (folded.critical_illness_due && *folded.critical_illness_due) {
      text_ += fmt::format("     · 大病保险按政策应付：{}{}\n", yuan(**folded.critical_illness_due),
                           cited(folded.standing.measuring->critical_illness->cite));
    }
    if (payout.reason != monitor::Reason::kNone) {
      text_ +=
          fmt::format("     不予救助：{}\n", kReasonWords[static_cast<std::size_t>(payout.reason)]);
    } else {
      text_ +=
          fmt::format("     应救助 {}，救助后个人负担 {}\n", yuan(payout.assistance()),
                      yuan(bill.after_insurance - payout.assistance() - payout.hospital_borne));
    }
  }

  void premium() {
    if (!result_.premium_asked) return;
    text_ += "\n参保资助与住院押金\n";
    if (result_.premium_subsidy) {
      text_ += fmt::format("  资助参保 {}", yuan(*result_.premium_subsidy));
      for (const monitor::Step& step : result_.premium_steps) {
        text_ += fmt::format("（{}）{}", step.detail, cited(step.cite));
      }
      text_ += '\n';
    } else {
      text_ += "  资助参保：政策未规定，或缺少缴费标准\n";
    }
    text_ += result_.deposit_waiver ? "  免除住院押金（须经基层首诊转诊）\n" : "  不免除住院押金\n";
  }

  void closing() {
    if (!result_.missing.empty()) {
      text_ += "\n缺少的公布数据（相应金额不能确定，不按零计算）：";
      for (const std::string& name : result_.missing)
        text_ += " " + name;
      text_ += '\n';
    }
    text_ += "\n依据\n";
    for (const thresholds::Policy& policy : result_.city->versions) {
      text_ += fmt::format("  {} {}，自 {} 施行\n", policy.document, policy.title,
                           thresholds::to_string(policy.from));
    }
    text_ += "本页由结算数据计算得出，供核对使用；实际待遇以医疗保障部门审核为准。\n";
  }

  const ExplanationTitle& title_;
  const CaseResult& result_;
  const std::vector<YearWarnings>& warnings_;
  std::string text_;
  bool wrote_year_ = false;
};

}  // namespace

std::string explanation(const ExplanationTitle& title, const CaseResult& result,
                        const std::vector<YearWarnings>& warnings) {
  return Page(title, result, warnings).write();
}

std::string rule_explanation(const ExplanationTitle& title, const CaseResult& result,
                             const std::vector<YearWarnings>& warnings, std::string_view rule) {
  return Page(title, result, warnings).write_rule(rule);
}

}  // namespace yujing::app

#include "alerts/applications/application_form.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerts/lists/list_heading.h"
#include "alerts/rule_words.h"
#include "alerts/workbook.h"

namespace yujing::alerts {
namespace {

using thresholds::Money;
using thresholds::Result;

// The form is a grid of these columns; a bill takes one row of it.
constexpr std::array<double, 12> kWidths = {4.5, 15.5, 9, 10.5, 11, 11, 10.5, 9, 9.5, 11, 11, 10.5};
constexpr std::uint16_t kLast = kWidths.size() - 1;
constexpr double kFieldPoints = 22;
constexpr double kBillPoints = 27;
constexpr double kSignPoints = 62;
constexpr std::size_t kBillsOnFirstPage = 30;

// Writes from the top down.
class FormSheet {
 public:
  FormSheet(Sheet& sheet, const ApplicationForm& form)
      : sheet_(sheet), form_(form), application_(form.application) {}

  void write() {
    for (std::size_t i = 0; i < kWidths.size(); ++i)
      sheet_.width(static_cast<std::uint16_t>(i), kWidths[i]);
    title();
    applicant();
    bills();
    amounts();
    papers();
    signatures();
  }

 private:
  struct Field {
    std::uint16_t first;
    std::uint16_t last;
    std::string_view text;
    Style style;
  };

  void fields(std::initializer_list<Field> all, double points = kFieldPoints) {
    sheet_.height(row_, points);
    for (const Field& field : all) {
      if (field.first == field.last) {
        sheet_.text(row_, field.first, field.text, field.style);
      } else {
        sheet_.across(row_, field.first, field.last, field.text, field.style);
      }
    }
    ++row_;
  }
  void section(std::string_view text) { fields({{0, kLast, text, Style::kSection}}); }
  // Label, what it says, label, what it says.
  void pair(std::string_view label, std::string_view text, std::string_view second,
            std::string_view second_text) {
    fields({{0, 1, label, Style::kLabel},
            {2, 5, text, Style::kField},
            {6, 7, second, Style::kLabel},
            {8, kLast, second_text, Style::kField}});
  }
  void single(std::string_view label, std::string_view text, double points = kFieldPoints) {
    fields({{0, 1, label, Style::kLabel}, {2, kLast, text, Style::kField}}, points);
  }

  [[nodiscard]] std::string area(const std::string& code) const {
    return code.empty() ? code : area_words(*application_.city, code);
  }
  [[nodiscard]] std::string cite(const std::string& article) const {
    return fmt::format("{} {}", application_.policy->document, article);
  }

  void title() {
    fields({{0, kLast,
             fmt::format(
                 "{}医疗救助申请表（{}）", application_.city->name,
                 application_.city->categories[application_.policy->application->category].name),
             Style::kTitle}},
           34);
    fields(
        {{0, 6,
          fmt::format("依据：{}《{}》", application_.policy->document, application_.policy->title),
          Style::kLine},
         {7, kLast, fmt::format("申请日期：{}", to_string(application_.window.application)),
          Style::kLine}},
        28);
  }

  void applicant() {
    const Contact unknown;
    const Contact& contact = form_.contact != nullptr ? *form_.contact : unknown;
    const auto& record = form_.person.person;
    section("一、申请人");
    pair("姓名", contact.name, "人员编号", form_.person.psn_no);
    pair("证件号码", contact.certno, "联系电话", contact.phone);
    pair("参保地", record ? area(record->insu_admdvs) : "", "户籍地",
         record ? area(record->hukou_admdvs) : "");
    pair("现有身份类别",
         application_.category == monitor::kNoBit
             ? std::string("普通参保人员")
             : application_.city->categories[application_.category].name,
         "申请身份类别",
         application_.city->categories[application_.policy->application->category].name);
    single("追溯期间",
           fmt::format("{} 至 {}（待遇享受日期），一并计入{}年度　〔{}〕",
                       to_string(application_.window.from), to_string(application_.window.until),
                       application_.window.year, cite(application_.policy->application->cite)));
  }

  void bills() {
    section(fmt::format("二、追溯期内的结算（{}笔，金额单位：元）", application_.bills.size()));
    constexpr std::array<std::string_view, kWidths.size()> kHeadings = {
        "序号",         "结算号",   "医疗类别", "享受日期", "医疗费总额", "基本医保支付",
        "大病保险支付", "其他支付", "已付救助", "个人负担", "计入金额",   "应救助"};
    if (application_.bills.size() > kBillsOnFirstPage) sheet_.repeat(row_, row_);
    sheet_.height(row_, kBillPoints);
    for (std::size_t i = 0; i < kHeadings.size(); ++i)
      sheet_.text(row_, static_cast<std::uint16_t>(i), kHeadings[i], Style::kHeading);
    ++row_;
    std::int64_t number = 0;
    for (const AppliedBill& bill : application_.bills)
      one_bill(bill, ++number);
    sheet_.height(row_, kBillPoints);
    sheet_.across(row_, 0, 3, "合计", Style::kTotal);
    money_cells(application_.totals, Style::kTotalMoney);
    sheet_.money(row_, 11, application_.totals.due, Style::kTotalMoney);
    ++row_;
  }

  void money_cells(const AppliedBill& bill, Style style) {
    const std::array<Money, 7> amounts = {bill.medfee, bill.basic,  bill.critical, bill.other,
                                          bill.paid,   bill.burden, bill.counted};
    for (std::size_t i = 0; i < amounts.size(); ++i)
      sheet_.money(row_, static_cast<std::uint16_t>(4 + i), amounts[i], style);
  }

  void one_bill(const AppliedBill& bill, std::int64_t number) {
    sheet_.height(row_, kBillPoints);
    sheet_.number(row_, 0, number, Style::kCentred);
    sheet_.text(row_, 1, bill.settlement->setl_id, Style::kText);
    sheet_.text(row_, 2, application_.city->names.care_kinds[static_cast<std::size_t>(bill.care)],
                Style::kCentred);
    sheet_.text(row_, 3, to_string(bill.benefit_day), Style::kCentred);
    money_cells(bill, Style::kMoney);
    if (bill.reason != monitor::Reason::kNone) {
      sheet_.text(row_, 11, reason_words(bill.reason), Style::kCentred);
    } else {
      sheet_.money(row_, 11, bill.due, Style::kMoney);
    }
    ++row_;
  }

  // Label, amount, how it comes about.
  void amount(std::string_view label, Money sum, const std::string& how) {
    sheet_.height(row_, kFieldPoints + 10);
    sheet_.across(row_, 0, 2, label, Style::kLabel);
    sheet_.across(row_, 3, 4, thresholds::to_grouped_string(sum) + " 元", Style::kField);
    sheet_.across(row_, 5, kLast, how, Style::kField);
    ++row_;
  }

  void amounts() {
    const auto& tier = *application_.tier;
    section("三、批准后应救助金额测算");
    amount("计入救助的个人负担", application_.totals.counted,
           fmt::format("追溯期内政策范围内个人负担之和（计入金额合计）　〔{}〕",
                       cite(application_.policy->application->cite)));
    std::string base = fmt::format(
        "起付标准{}〔{}〕", deductible_words(tier.deductible, application_.amounts.deductible),
        tier.deductible.cite);
    for (const auto& cover : tier.covers) {
      base += fmt::format("，{}〔{}〕", cover_words(*application_.city, tier, cover), cover.cite);
    }
    if (tier.cap) {
      base += fmt::format("，年度限额{}〔{}〕", amount_words(*tier.cap, application_.amounts.cap),
                          tier.cap_cite);
    }
    amount("基本救助", application_.base, base);
    if (tier.further) {
      amount(tier.further->name, application_.further,
             fmt::format("{}〔{}〕", further_words(*tier.further, application_.amounts),
                         tier.further->cite));
    }
    if (application_.separate != Money{}) {
      amount("单病种及目录外保障", application_.separate, "按单病种或目录外费用规定计算");
    }
    amount("合计应救助", application_.totals.due,
           fmt::format("其中追溯期内已付救助 {} 元",
                       thresholds::to_grouped_string(application_.totals.paid)));
    for (const auto& figure : application_.missing) {
      single("未算全", fmt::format("缺少{}，以上金额不含依其确定的部分", figure_words(figure)));
    }
  }

  void papers() {
    const auto& papers = application_.policy->application->papers;
    section("四、应提交的材料");
    single("材料", papers.empty() ? std::string("文件未列明材料，由经办机构告知")
                                  : fmt::format("□ {}", fmt::join(papers, "　□ ")));
  }

  // Room to sign, and the date, which stands at the same place in every field.
  static std::string signed_line(std::string_view text) {
    constexpr std::size_t kDateAt = 26;
    constexpr std::size_t kCharacterBytes = 3;  // of these texts, in UTF-8
    std::string line(text);
    for (std::size_t at = text.size() / kCharacterBytes; at < kDateAt; ++at)
      line += "　";
    return line + "年　　月　　日";
  }

  void sign(std::string_view who, std::string_view what) {
    sheet_.height(row_, kSignPoints);
    sheet_.across(row_, 0, 1, who, Style::kLabel);
    sheet_.across(row_, 2, kLast, what, Style::kField);
    ++row_;
  }

  void signatures() {
    section("五、签字和意见");
    sign("申请人", "本人确认以上情况属实，同意核对家庭经济状况。\n\n" +
                       signed_line("签字（代办人注明关系）："));
    sign("受理人", "\n\n" + signed_line("签字："));
    sign("民政部门\n认定意见", "\n\n" + signed_line("（盖章）"));
    sign("医疗保障部门\n审核意见", "\n\n" + signed_line("（盖章）"));
    fields(
        {{0, kLast,
          fmt::format("结算数据{}。金额为按现行政策的测算，以经办机构审核为准。",
                      form_.position.empty() ? std::string("尚未读取") : "读至 " + form_.position),
          Style::kLine}},
        26);
  }

  Sheet& sheet_;
  const ApplicationForm& form_;
  const Application& application_;
  std::uint32_t row_ = 0;
};

}  // namespace

Result<void> write_application(const std::string& path, const ApplicationForm& form) {
  Workbook book(path, {.title = "医疗救助申请表", .created = form.application.window.application});
  const auto sheet = book.add_sheet("申请表");
  if (!sheet) return tl::unexpected(sheet.error());
  // Pages of a long form belong together.
  (*sheet)->print_as(Sheet::Page::kA4Portrait, "",
                     fmt::format("医疗救助申请表　人员编号 {}　申请日期 {}", form.person.psn_no,
                                 to_string(form.application.window.application)));
  FormSheet(**sheet, form).write();
  return book.close();
}

}  // namespace yujing::alerts

#include "alerts/lists/list_column.h"

#include <charconv>
#include <concepts>

#include "alerts/lists/list_heading.h"
#include "thresholds/result.h"

namespace yujing::alerts {
namespace {

using thresholds::Money;

enum Column : std::size_t {
  kNumber,
  kYear,
  kNew,
  kPsnNo,
  kName,
  kCertno,
  kPhone,
  kArea,
  kCategory,
  kType,
  kRule,
  kLine,
  kBurden,
  kCrossedBy,
  kCrossedAt,
  kLate,
  kMedfee,
  kBasic,
  kCritical,
  kOther,
  kDue,
  kPaid,
  kMayApply,
  kAfterApplication,
  kApplyUntil,
  kCite,
  kColumns,
};
static_assert(kNumberColumn == kNumber && kBurdenColumn == kBurden);
static_assert(kKeyColumns == std::array<std::size_t, 3>{kPsnNo, kYear, kRule});

constexpr std::array<ListColumn, kColumns> kTable = {{
    {"序号", 4, ColumnKind::kWord, false, "本清单内的顺序：按人员编号、年度、预警规则排列。"},
    {"年度", 4.5, ColumnKind::kWord, false,
     "费用所属年度，按待遇享受日期：住院按出院日期，其他按结算日期。"},
    {"本月新增", 4, ColumnKind::kWord, false,
     "越线时间在清单月份之内为“是”；以前月份越线、至今仍在预警的为“否”。"},
    {"人员编号", 10, ColumnKind::kText, false, "医保信息平台的人员编号（psn_no）。"},
    {"姓名", 7.5, ColumnKind::kText, false, "取自出具清单时的人员名册；空白表示名册中没有此人。"},
    {"证件号码", 9.5, ColumnKind::kText, false, "同上。"},
    {"联系电话", 10, ColumnKind::kText, false, "同上。"},
    {"参保地", 5.8, ColumnKind::kWord, false,
     "越线结算记录的参保地名称和医保区划代码；该结算未载明时取人员名册。没有名称的只写代码。"},
    {"身份类别", 9, ColumnKind::kText, false, "越线当日持有、按就高不重复原则确定的救助对象类别。"},
    {"预警类型", 5, ColumnKind::kWord, false, "因病致贫或因病返贫，由预警规则按身份类别确定。"},
    {"预警规则", 12.5, ColumnKind::kText, false, "触发的预警规则，逐条说明见上。"},
    {"预警线", 9.2, ColumnKind::kMoney, false, "该规则的金额线（元）；没有金额线的规则为空白。"},
    {"个人负担金额", 9.2, ColumnKind::kMoney, true,
     "该年度至今的个人负担（元），口径见上面各条预警规则。"},
    {"越线结算号", 10.5, ColumnKind::kWord, false, "使累计金额越线的那一笔结算。"},
    {"越线时间", 9.5, ColumnKind::kWord, false,
     "该笔结算的时间；因身份变化而越线的，为身份变化当日零时。"},
    {"次年补录", 4, ColumnKind::kWord, false,
     "越线结算在次年1月31日之后才办理的为“是”，计入费用所属年度。"},
    {"医疗费总额", 9.5, ColumnKind::kMoney, true,
     "该年度全部有效结算的医疗费总额（元），退费已冲销。"},
    {"基本医保支付", 9.5, ColumnKind::kMoney, true, "基本医疗保险统筹基金已支付（hifp_pay）。"},
    {"大病保险支付", 9.2, ColumnKind::kMoney, true,
     "居民大病保险（hifmi_pay）与职工大额补助（hifob_pay）已支付之和。"},
    {"其他支付", 8, ColumnKind::kMoney, true, "公务员补助、企业补充、伤残人员保障和其他支付之和。"},
    {"应救助金额", 9.2, ColumnKind::kMoney, true,
     "按政策对该年度结算计算的医疗救助金额，各档次依据见上；缺少数据而未能算全的标注“未算全”。"},
    {"已救助金额", 9.2, ColumnKind::kMoney, true, "该年度结算中医疗救助基金已支付（maf_pay）。"},
    {"可申请尚未申请", 5, ColumnKind::kWord, false,
     "清单月末可以依申请救助、该月所在年度尚未申请、也未纳入任何救助档次的为“是”。"},
    {"申请后应救助金额", 9.2, ColumnKind::kMoney, true,
     "假定在越线结算当日提出申请并获批准，该年度结算按政策应救助的金额。"},
    {"申请最晚日期", 9.5, ColumnKind::kWord, false,
     "在此日或以前申请，追溯期仍能覆盖该年度最早的一笔费用；以后申请只覆盖较晚的费用。"},
    {"依据条款", 10.5, ColumnKind::kText, false, "规定该预警规则的文件和条款。"},
}};

void set(ListCell& cell, std::string_view text) {
  cell.text.assign(text);
  cell.money.reset();
}

void set(ListCell& cell, const std::optional<Money>& amount) {
  cell.text.clear();
  cell.money = amount;
}

void set(ListCell& cell, std::integral auto number) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  set(cell, {digits, static_cast<std::size_t>(end - digits)});
}

std::string_view yes_or_no(bool yes) { return yes ? "是" : "否"; }

void fill_person(const RowSource& source, std::span<ListCell> cells) {
  const ListRow& row = source.row;
  set(cells[kNumber], source.number);
  set(cells[kYear], row.year);
  set(cells[kNew], yes_or_no(row.is_new));
  set(cells[kPsnNo], row.psn_no);
  const bool known = source.contact != nullptr;
  set(cells[kName], known ? std::string_view(source.contact->name) : std::string_view());
  set(cells[kCertno], known ? std::string_view(source.contact->certno) : std::string_view());
  set(cells[kPhone], known ? std::string_view(source.contact->phone) : std::string_view());
  set(cells[kArea], area_words(source.city, row.area));
  set(cells[kCategory], row.category == monitor::kNoBit
                            ? std::string_view("普通参保人员")
                            : std::string_view(source.city.categories[row.category].name));
}

void fill_alert(const ListRow& row, std::span<ListCell> cells) {
  set(cells[kType], kWarningTypeNames[static_cast<std::size_t>(row.type)]);
  set(cells[kRule], row.rule->title);
  set(cells[kLine], row.line);
  set(cells[kBurden], row.burden);
  set(cells[kCrossedBy], row.crossed_by);
  set(cells[kCrossedAt], thresholds::to_string(row.crossed_at));
  set(cells[kLate], yes_or_no(row.late));
  cells[kCite].text.assign(row.policy->document);
  cells[kCite].text += ' ';
  cells[kCite].text += row.rule->cite;
  cells[kCite].money.reset();
}

void fill_amounts(const ListRow& row, std::span<ListCell> cells) {
  set(cells[kMedfee], row.medfee);
  set(cells[kBasic], row.basic);
  set(cells[kCritical], row.critical);
  set(cells[kOther], row.other);
  if (row.due_incomplete) {
    set(cells[kDue], "未算全");
  } else {
    set(cells[kDue], row.due);
  }
  set(cells[kPaid], row.paid);
  set(cells[kMayApply], yes_or_no(row.may_apply));
  set(cells[kAfterApplication], row.after_application);
  if (row.may_apply && !row.after_application) set(cells[kAfterApplication], "未算全");
  set(cells[kApplyUntil], row.apply_until ? thresholds::to_string(*row.apply_until) : "");
}

}  // namespace

std::span<const ListColumn> list_columns() { return kTable; }

void fill_cells(const RowSource& source, std::span<ListCell> cells) {
  CHECK(cells.size() == kColumns);
  fill_person(source, cells);
  fill_alert(source.row, cells);
  fill_amounts(source.row, cells);
}

}  // namespace yujing::alerts

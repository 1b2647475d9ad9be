#include "alerts/lists/list_explanation.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerts/lists/list_column.h"
#include "alerts/rule_words.h"
#include "thresholds/policy_phrases.h"

namespace yujing::alerts {

using thresholds::CityRules;
using thresholds::Measure;
using thresholds::Policy;
using thresholds::Tier;
using thresholds::WarningRule;

namespace {

bool concerns(const WarningRule& rule, std::string_view office) {
  return std::ranges::find(rule.offices, office) != rule.offices.end();
}

std::string measure_words(const CityRules& city, const Policy& policy, const WarningRule& rule) {
  switch (rule.measure) {
    case Measure::kBurdenAfterInsurance:
      return fmt::format("个人负担金额＝医疗费总额减去{}和医院负担部分",
                         payer_words(city, policy.burden_payers));
    case Measure::kBurdenAfterAssistance:
      return fmt::format("个人负担金额＝医疗费总额减去{}、医疗救助基金实际支付和医院负担部分",
                         payer_words(city, policy.burden_payers));
    case Measure::kCriticalIllnessStarted:
      break;
  }
  return fmt::format(
      "本年度有结算由{}支付即预警，没有金额线；个人负担金额列为医保报销后的个人负担，供参考",
      payer_words(city, rule.started_by));
}

std::string cite_of(const Policy& policy, const std::string& cite) {
  return fmt::format("{} {}", policy.document, cite);
}

void explain_rule(const CityRules& city, const Policy& policy, const WarningRule& rule,
                  const monitor::Resolved& line, std::vector<Explained>& out) {
  std::string text =
      fmt::format("对象：{}。{}", population_words(city, rule), measure_words(city, policy, rule));
  if (rule.line) {
    text += fmt::format("；{}累计超过预警线即预警，预警线为{}", summed_words(city, rule),
                        amount_words(*rule.line, line));
  }
  text += "。";
  if (rule.not_yet_assisted) text += "所计费用已有医疗救助支付的不预警。";
  if (rule.back_into_poverty != 0) {
    text += fmt::format("越线当日为{}的，预警类型为因病返贫，其余为因病致贫。",
                        category_words(city, rule.back_into_poverty));
  }
  out.push_back({rule.title, std::move(text), cite_of(policy, rule.cite)});
}

void explain_tier(const CityRules& city, const Policy& policy, const Tier& tier,
                  const monitor::ResolvedTier& amounts, std::vector<Explained>& out) {
  std::string text =
      fmt::format("起付标准{}", deductible_words(tier.deductible, amounts.deductible));
  std::set<std::string> cites = {tier.cite};
  std::vector<std::string> ordered = {tier.cite};
  const auto cite = [&](const std::string& one) {
    if (!one.empty() && cites.insert(one).second) ordered.push_back(one);
  };
  cite(tier.deductible.cite);
  for (const auto& cover : tier.covers) {
    text += "；" + cover_words(city, tier, cover);
    cite(cover.cite);
  }
  for (std::size_t i = 0; i < tier.allowances.size(); ++i) {
    text += "；" + allowance_words(tier.allowances[i], amounts.allowances[i]);
    cite(tier.allowances[i].cite);
  }
  text += tier.cap ? fmt::format("；年度限额{}", amount_words(*tier.cap, amounts.cap))
                   : std::string("；不设年度限额");
  cite(tier.cap_cite);
  if (tier.further) {
    text += "；" + further_words(*tier.further, amounts);
    cite(tier.further_cite);
    cite(tier.further->cite);
  }
  out.push_back({fmt::format("应救助金额：{}", tier.name), text + "。",
                 cite_of(policy, fmt::format("{}", fmt::join(ordered, "、")))});
}

void explain_application(const Policy& policy, std::vector<Explained>& out) {
  if (!policy.application) {
    out.push_back({"依申请救助", "文件未规定，本清单各行均为“否”。", policy.document});
    return;
  }
  const auto& rule = *policy.application;
  out.push_back(
      {"依申请救助",
       fmt::format("每年申请一次；费用自{}起，至{}止，一并计入申请年度。",
                   thresholds::window_start_phrase(rule), thresholds::window_end_phrase(rule)),
       cite_of(policy, rule.cite)});
}

// Figures may change within a year: those of its last day, or of the list's.
thresholds::CivilDay figures_on(const ListHeading& heading, std::int32_t year) {
  return std::min(thresholds::last_of_year(year), heading.month.last);
}

// Every figure outside the document that the version's amounts rest on.
std::map<std::string, std::optional<thresholds::Money>> figures(
    const CityRules& city, const Policy& policy, thresholds::CivilDay day,
    const thresholds::Reference& reference) {
  std::map<std::string, std::optional<thresholds::Money>> found;
  thresholds::each_amount(policy, [&](const thresholds::AmountRule& rule) {
    if (rule.kind == thresholds::AmountRule::Kind::kYuan) return;
    found[thresholds::figure_name(rule, day)] = reference.figure(city.code, rule, day);
  });
  return found;
}

// "最新一笔结算 2026-…", or `none`.
std::string until_words(std::string_view what, thresholds::BeijingTime time,
                        std::string_view none) {
  return time == monitor::kNoTime ? std::string(none)
                                  : fmt::format("{} {}", what, thresholds::to_string(time));
}

std::string persons_words(const Undetermined& undetermined) {
  return fmt::format("{}人：{}{}", undetermined.persons, fmt::join(undetermined.psn_nos, "、"),
                     undetermined.persons > undetermined.psn_nos.size() ? " 等" : "");
}

// Figures on which a line of one of this office's rules rests.
std::set<std::string> figures_of_lines(const ListHeading& heading,
                                       std::span<const AppliedRules> rules) {
  std::set<std::string> names;
  for (const auto& [year, policy] : rules) {
    for (const auto& rule : policy->warnings) {
      if (!rule.line || !concerns(rule, heading.office)) continue;
      const std::string name = thresholds::figure_name(*rule.line, figures_on(heading, year));
      if (!name.empty()) names.insert(name);
    }
  }
  return names;
}

void explain_undetermined(const ListHeading& heading, std::span<const AppliedRules> rules,
                          const AreaGaps& gaps, std::vector<Explained>& out) {
  out.push_back({"未能确定的", "", ""});
  const std::size_t before = out.size();
  const auto of_this_office = figures_of_lines(heading, rules);
  for (const auto& [figure, persons] : gaps.unjudged) {
    if (!of_this_office.contains(figure)) continue;
    out.push_back({"是否越线",
                   fmt::format("缺少{}，无法判断预警线；他们不在本清单中", figure_words(figure)),
                   persons_words(persons)});
  }
  for (const auto& [figure, persons] : gaps.uncomputed) {
    out.push_back({"应救助金额", fmt::format("缺少{}，未能算全", figure_words(figure)),
                   persons_words(persons)});
  }
  if (out.size() == before) out.push_back({"无", "本清单所需的公布数据齐全。", ""});
}

}  // namespace

std::vector<AppliedRules> applied_rules(const ListHeading& heading,
                                        const std::set<AppliedRules>& used) {
  std::set<AppliedRules> rules = used;
  const std::int32_t year = heading.month.year();
  for (const Policy& version : heading.city->versions) {
    if (version.from <= heading.month.last && thresholds::first_of_year(year) <= version.until)
      rules.insert({year, &version});
  }
  return {rules.rbegin(), rules.rend()};
}

std::vector<std::string> receiving_offices(const CityRules& city, const Month& month) {
  std::set<std::string> offices;
  const auto first = thresholds::first_of_year(month.year());
  for (const Policy& version : city.versions) {
    // Last year's bills may still cross by last year's rules.
    if (month.last < version.from || version.until < first + -366) continue;
    for (const auto& rule : version.warnings)
      offices.insert(rule.offices.begin(), rule.offices.end());
  }
  return {offices.begin(), offices.end()};
}

std::vector<Explained> explain_figures(const ListHeading& heading,
                                       std::span<const AppliedRules> rules,
                                       monitor::RuleYears& rule_years) {
  std::vector<Explained> out;
  const CityRules& city = *heading.city;
  for (const auto& [year, policy] : rules) {
    const auto& amounts = rule_years.of(*policy, figures_on(heading, year));
    out.push_back(
        {fmt::format("{}年度预警规则　{}《{}》", year, policy->document, policy->title), "", ""});
    for (std::size_t i = 0; i < policy->warnings.size(); ++i) {
      const WarningRule& rule = policy->warnings[i];
      if (concerns(rule, heading.office)) explain_rule(city, *policy, rule, amounts.lines[i], out);
    }
    out.push_back({fmt::format("{}年度应救助金额和依申请救助", year), "", ""});
    for (std::size_t i = 0; i < policy->tiers.size(); ++i) {
      explain_tier(city, *policy, policy->tiers[i], amounts.tiers[i], out);
    }
    explain_application(*policy, out);
  }
  out.push_back({"各列", "", ""});
  for (const ListColumn& column : list_columns()) {
    out.push_back({std::string(column.heading), std::string(column.meaning), ""});
  }
  out.push_back({"合计", "同一人同一年度触发多条规则时有多行，合计行只计一次。", ""});
  return out;
}

std::vector<Explained> explain_sources(const ListHeading& heading,
                                       std::span<const AppliedRules> rules,
                                       const ListSources& sources, const AreaGaps& gaps,
                                       const thresholds::Reference& reference) {
  const CityRules& city = *heading.city;
  const auto& known = sources.knowledge;
  std::vector<Explained> out = {
      {"本清单", "", ""},
      {"范围", list_title(heading) + issue_words(sources.correction),
       "出具时仍在预警、越线时间不晚于清单月末的全部预警"},
      {"行数",
       fmt::format("{}行，{}人；其中本月新增{}行", sources.rows, sources.persons, sources.rows_new),
       ""},
      {"以后的变化", "出具以后的变化不改动本清单，在以后月份的清单中反映；确需更正的，另出更正清单",
       ""},
      {"数据截至", "", ""},
      {"结算数据", until_words("最新一笔结算", known.newest_settlement, "没有结算"),
       sources.position.empty() ? std::string("监测程序尚未读取结算") : "读至 " + sources.position},
      {"救助对象身份", until_words("身份记录最近更新于", known.newest_person, "没有身份记录"),
       "人员名册，以监测程序读取时为准"},
      {"经办机构的决定", until_words("最近更新于", known.newest_decision, "没有决定记录"),
       "经批准的身份和申请"},
      {"姓名和联系方式",
       sources.contacts_asked
           ? fmt::format("{}人中{}人在人员名册中", sources.persons, sources.contacts_found)
           : std::string("没有配置人员名册，姓名、证件号码和电话为空白"),
       "出具清单时读取，不留存"},
      {"收入等公布数据", "", ""},
  };
  if (sources.correction != kFirstIssue) {
    const Explained issue = {"更正", fmt::format("代替 {}；更正内容见“更正说明”", sources.replaces),
                             "原清单不作改动"};
    out.insert(out.begin() + 2, issue);
  }
  const std::size_t before = out.size();
  for (const auto& [year, policy] : rules) {
    for (const auto& [name, value] : figures(city, *policy, figures_on(heading, year), reference)) {
      out.push_back({figure_words(name),
                     value ? thresholds::yuan_phrase(*value) : std::string("缺少"),
                     policy->version});
    }
  }
  if (out.size() == before) out.push_back({"无", "这些规则中没有以收入等公布数据确定的金额", ""});
  explain_undetermined(heading, rules, gaps, out);
  return out;
}

}  // namespace yujing::alerts

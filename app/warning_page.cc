#include "app/warning_page.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerts/rule_words.h"
#include "app/json_text.h"
#include "thresholds/policy_phrases.h"

namespace yujing::app {

using alerts::Moment;
using alerts::Obstacle;
using alerts::RuleFinding;
using thresholds::CityRules;
using thresholds::Measure;
using thresholds::Money;

namespace {

std::string yuan(Money amount) { return thresholds::to_grouped_string(amount) + " 元"; }

std::string cited(const std::string& cite) {
  return cite.empty() ? std::string() : fmt::format("〔{}〕", cite);
}

std::string held_words(const CityRules& city, thresholds::CategorySet held) {
  return held == 0 ? "没有登记的身份" : alerts::category_words(city, held);
}

bool has_line(const RuleFinding& finding) {
  return finding.rule->measure != Measure::kCriticalIllnessStarted;
}

const Moment& telling(const RuleFinding& finding) { return finding.moments[*finding.telling]; }

// What the rule measured at a moment, against its line where there is one.
std::string measure_words(const CityRules& city, const RuleFinding& finding, const Moment& at) {
  if (!has_line(finding)) {
    const auto payers = alerts::payer_words(city, finding.rule->started_by);
    return at.over ? fmt::format("{}已支付 {}", payers, yuan(at.amount))
                   : fmt::format("没有由{}支付的结算", payers);
  }
  if (!at.line) return fmt::format("负担 {}", yuan(at.amount));
  if (at.over) return fmt::format("负担 {}，超过线 {}", yuan(at.amount), yuan(*at.line));
  const Money short_of = alerts::short_of_line(at);
  if (short_of.fen == 0) return fmt::format("负担 {}，正好等于线，没有超过", yuan(at.amount));
  return fmt::format("负担 {}，没有超过线 {}，还差 {}", yuan(at.amount), yuan(*at.line),
                     yuan(short_of));
}

std::string moment_words(const CityRules& city, const RuleFinding& finding, const Moment& at) {
  switch (at.obstacle) {
    case Obstacle::kNotInForce:
      return fmt::format("没有施行中的规则；{}", measure_words(city, finding, at));
    case Obstacle::kNotInPopulation:
      return fmt::format("{}，不是规则所指的人；{}", held_words(city, at.held),
                         measure_words(city, finding, at));
    case Obstacle::kAssisted:
      return fmt::format("已有医疗救助支付，规则只看尚未获救助的；{}",
                         measure_words(city, finding, at));
    case Obstacle::kFigureMissing:
      return fmt::format("缺少{}，线不能确定；{}", alerts::figure_words(at.missing),
                         measure_words(city, finding, at));
    case Obstacle::kNone:
    case Obstacle::kNoSettlement:
    case Obstacle::kNotStarted:
    case Obstacle::kNotOverLine:
      break;
  }
  return measure_words(city, finding, at);
}

std::string period_words(const thresholds::Policy& policy) {
  return policy.until == thresholds::kNoEnd
             ? fmt::format("自 {} 施行", thresholds::to_string(policy.from))
             : fmt::format("{} 至 {} 施行", thresholds::to_string(policy.from),
                           thresholds::to_string(policy.until));
}

std::string crossing_words(const monitor::WarningStanding& standing) {
  std::string text =
      fmt::format("由 {} 的结算 {} 越线", thresholds::to_string(standing.crossing.by.setl_time),
                  standing.crossing.by.setl_id);
  if (standing.has_line)
    text += fmt::format("（线 {}，现为 {}）", yuan(standing.line), yuan(standing.amount));
  if (standing.late) text += "；次年一月后结算";
  return text;
}

std::string conclusion(const CityRules& city, const RuleFinding& finding) {
  switch (finding.obstacle) {
    case Obstacle::kNone:
      return crossing_words(*finding.standing);
    case Obstacle::kNoSettlement:
      return "没有计入的结算";
    case Obstacle::kNotInForce:
      return fmt::format("当时没有施行中的规则（{} {}）", finding.policy->document,
                         period_words(*finding.policy));
    case Obstacle::kNotInPopulation:
      return fmt::format(
          "不是规则所指的人：规则看{}，当时{}；{}", alerts::population_words(city, *finding.rule),
          held_words(city, telling(finding).held), measure_words(city, finding, telling(finding)));
    case Obstacle::kAssisted:
    case Obstacle::kFigureMissing:
    case Obstacle::kNotStarted:
    case Obstacle::kNotOverLine:
      break;
  }
  std::string text = moment_words(city, finding, telling(finding));
  if (finding.over_outside) {
    const Moment& outside = finding.moments[*finding.over_outside];
    text += fmt::format("；{} {}时{}，不是规则所指的人", thresholds::to_string(outside.day),
                        has_line(finding) ? "负担超过线" : "有大病保险支付",
                        held_words(city, outside.held));
  }
  return text;
}

std::string_view verdict_words(const RuleFinding& finding) {
  if (finding.obstacle == Obstacle::kNone) return "预警";
  return finding.obstacle == Obstacle::kFigureMissing ? "不能确定" : "未预警";
}

std::string left_out_lines(const YearWarnings& year) {
  std::string text;
  if (year.excluded > 0) {
    text += fmt::format("  按政策不计入负担的结算 {} 笔，{}\n", year.excluded,
                        yuan(year.excluded_burden));
  }
  if (year.cancelled > 0)
    text += fmt::format("  已撤销或作废、不计入的结算 {} 笔\n", year.cancelled);
  return text;
}

// Moments that say something the one before did not.
std::set<std::size_t> moments_shown(const RuleFinding& finding) {
  const auto& moments = finding.moments;
  std::set<std::size_t> shown;
  for (std::size_t i = 0; i < moments.size(); ++i) {
    if (i == 0 || i + 1 == moments.size() || moments[i].bill == nullptr ||
        moments[i].obstacle != moments[i - 1].obstacle) {
      shown.insert(i);
    }
  }
  for (const auto& key : {finding.telling, finding.over_outside}) {
    if (key) shown.insert(*key);
  }
  return shown;
}

std::string moments_page(const CityRules& city, const RuleFinding& finding) {
  if (finding.moments.empty()) return "";
  std::string text = "\n经过（每笔结算、每次身份变化时判断一次）\n";
  std::size_t next = 0;
  for (const std::size_t i : moments_shown(finding)) {
    if (i > next) text += fmt::format("  …（{} 次，结果不变）\n", i - next);
    next = i + 1;
    const Moment& at = finding.moments[i];
    const auto what = at.bill != nullptr ? fmt::format("结算 {}", at.bill->settlement->setl_id)
                                         : fmt::format("身份变化（{}）", held_words(city, at.held));
    text += fmt::format("  {} {}：{}\n", thresholds::to_string(at.day), what,
                        moment_words(city, finding, at));
  }
  return text;
}

// The line as the rule words it, with the year's figure put in.
std::string line_words(const RuleFinding& finding) {
  const auto& rule = *finding.rule->line;
  std::string text = thresholds::amount_phrase(rule);
  if (rule.kind == thresholds::AmountRule::Kind::kYuan || !finding.telling) return text;
  const Moment& at = telling(finding);
  if (at.line) text += fmt::format("，即 {}", yuan(*at.line));
  if (!at.missing.empty()) text += fmt::format("；缺少{}", alerts::figure_words(at.missing));
  return text;
}

std::string what_is_measured(const CityRules& city, const RuleFinding& finding) {
  const std::string bills = alerts::summed_words(city, *finding.rule);
  switch (finding.rule->measure) {
    case Measure::kBurdenAfterInsurance:
      return bills + "各笔结算医保报销后的个人负担合计";
    case Measure::kBurdenAfterAssistance:
      return bills + "各笔结算医保报销并扣除已付救助后的个人负担合计";
    case Measure::kCriticalIllnessStarted:
      break;
  }
  return fmt::format("本年有没有由{}支付的结算",
                     alerts::payer_words(city, finding.rule->started_by));
}

}  // namespace

std::vector<YearWarnings> judge_years(const CaseResult& result, const thresholds::RuleBook& book,
                                      const thresholds::Reference& reference,
                                      std::optional<std::int32_t> year) {
  std::set<std::int32_t> years;
  for (const auto& [known, account] : result.folded.years) {
    if (account.totals.settlements > 0) years.insert(known);
  }
  if (year) years.insert(*year);
  monitor::Calculator calculator(book, *result.city, reference);
  std::vector<YearWarnings> judged;
  for (const std::int32_t each : years) {
    YearWarnings& warnings = judged.emplace_back();
    warnings.year = each;
    warnings.rules = alerts::find_why(calculator, result.facts, each, result.folded);
    for (const monitor::FoldedBill& folded : result.folded.bills) {
      if (!folded.bill.excluded || thresholds::year_of(folded.bill.benefit_day) != each) continue;
      ++warnings.excluded;
      warnings.excluded_burden += folded.bill.after_insurance;
    }
    for (const monitor::LedgerItem& item : result.items) {
      if (item.counts || item.content.is_reversal()) continue;
      if (item.content.city != 0 && item.content.city != result.city->code) continue;
      const auto day = calculator.bill(item.content).benefit_day;
      if (thresholds::year_of(day) == each) ++warnings.cancelled;
    }
  }
  return judged;
}

std::string rule_lines(const CityRules& city, const YearWarnings& year) {
  std::string text;
  for (const RuleFinding& finding : year.rules) {
    text += fmt::format("  {}：{}{}：{}\n", verdict_words(finding), finding.rule->title,
                        cited(finding.rule->cite), conclusion(city, finding));
  }
  if (year.rules.empty()) text += "  本市政策没有规定预警线\n";
  return text + left_out_lines(year);
}

std::string rule_page(const CaseResult& result, const YearWarnings& year, std::string_view rule) {
  const CityRules& city = *result.city;
  const auto found = std::ranges::find(year.rules, rule,
                                       [](const RuleFinding& finding) { return finding.rule->id; });
  CHECK(found != year.rules.end());
  const RuleFinding& finding = *found;
  std::string text = fmt::format("\n{}{}（{}）\n", finding.rule->title, cited(finding.rule->cite),
                                 finding.rule->id);
  text += fmt::format("  文件：{} {}，{}\n", finding.policy->document, finding.policy->title,
                      period_words(*finding.policy));
  text += fmt::format("  看谁：{}{}\n", alerts::population_words(city, *finding.rule),
                      finding.rule->not_yet_assisted ? "，且所计费用尚无医疗救助支付" : "");
  text += fmt::format("  看什么：{}\n", what_is_measured(city, finding));
  if (has_line(finding)) text += fmt::format("  线：超过{}（正好等于不算）\n", line_words(finding));
  text += fmt::format("\n{} 年结论：{}。{}\n", year.year, verdict_words(finding),
                      conclusion(city, finding));
  return text + left_out_lines(year) + moments_page(city, finding);
}

namespace {

void append_held(JsonLine& json, const CityRules& city, thresholds::CategorySet held) {
  std::string list = "[";
  for (std::size_t bit = 0; bit < city.categories.size(); ++bit) {
    if ((held >> bit & 1U) == 0) continue;
    if (list.size() > 1) list += ',';
    append_json(list, city.categories[bit].code);
  }
  json.raw("held", list + "]");
}

void append_reason(JsonLine& json, Obstacle obstacle) {
  if (obstacle == Obstacle::kNone) {
    json.null("reason");
  } else {
    json.text("reason", name_of(obstacle));
  }
}

std::string moment_json(const CityRules& city, const Moment& at) {
  std::string out;
  JsonLine json(out);
  json.text("day", thresholds::to_string(at.day));
  if (at.bill != nullptr) {
    json.text("setl_id", at.bill->settlement->setl_id);
  } else {
    json.null("setl_id");
  }
  append_held(json, city, at.held);
  append_reason(json, at.obstacle);
  json.money("amount", at.amount);
  if (at.line) {
    json.money("line", *at.line);
    json.money("short_of", alerts::short_of_line(at));
  }
  if (!at.missing.empty()) json.text("missing", at.missing);
  json.end();
  return out;
}

}  // namespace

void append_rules(std::string& out, const CityRules& city, const YearWarnings& year,
                  std::string_view rule) {
  bool first = true;
  for (const RuleFinding& finding : year.rules) {
    if (!rule.empty() && finding.rule->id != rule) continue;
    if (!first) out += ',';
    first = false;
    JsonLine json(out);
    json.text("rule", finding.rule->id);
    json.number("year", year.year);
    json.text("title", finding.rule->title);
    json.text("cite", finding.rule->cite);
    json.text("policy_version", finding.policy->version);
    json.truth("holds", finding.standing.has_value());
    append_reason(json, finding.obstacle);
    json.money("amount", finding.amount);
    if (finding.standing) {
      json.text("crossed_by", finding.standing->crossing.by.setl_id);
    } else {
      json.null("crossed_by");
    }
    if (finding.telling) json.raw("at", moment_json(city, telling(finding)));
    if (!rule.empty()) {
      std::string list;
      for (const Moment& at : finding.moments) {
        if (!list.empty()) list += ',';
        list += moment_json(city, at);
      }
      json.raw("moments", "[" + list + "]");
    }
    json.end();
  }
}

}  // namespace yujing::app

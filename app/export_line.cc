#include "app/export_line.h"

#include <algorithm>

#include <fmt/format.h>

#include "alerts/alert_id.h"
#include "app/json_text.h"
#include "app/rules.h"
#include "monitor/warnings.h"

namespace yujing::app {
namespace {

using monitor::Entry;
using thresholds::CityRules;
using thresholds::Money;

std::string paid_object(const monitor::Totals& totals) {
  std::string out;
  JsonLine object(out);
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    if (totals.paid[i] > Money{}) object.money(thresholds::kPayerNames[i], totals.paid[i]);
  }
  object.end();
  return out;
}

std::string_view kind_name(Entry::Kind kind) {
  switch (kind) {
    case Entry::Kind::kEntered:
      return "entered";
    case Entry::Kind::kNoted:
      return "noted";
    case Entry::Kind::kUndone:
      return "undone";
    case Entry::Kind::kRestored:
      return "restored";
  }
  return "";
}

void append_content(JsonLine& line, const thresholds::RuleBook& book,
                    const monitor::Settlement& content) {
  if (content.city != 0) {
    const CityRules* const city = book.by_code(content.city);
    line.text("city", city != nullptr ? city->id : fmt::format("{}", content.city));
  }
  if (content.setl_time != monitor::kNoTime)
    line.text("setl_time", thresholds::to_string(content.setl_time));
  if (content.begndate != monitor::kNoDay)
    line.text("begndate", thresholds::to_string(content.begndate));
  if (content.enddate != monitor::kNoDay)
    line.text("enddate", thresholds::to_string(content.enddate));
  for (std::size_t i = 0; i < monitor::kTexts; ++i) {
    if (!content.texts[i].empty()) line.text(monitor::kTextNames[i], content.texts[i]);
  }
  for (std::size_t i = 0; i < monitor::kAmounts; ++i) {
    if (content.amounts[i] != Money{}) line.money(monitor::kAmountNames[i], content.amounts[i]);
  }
}

}  // namespace

ExportYears export_years(const thresholds::RuleBook& book, const monitor::PersonState& person) {
  ExportYears found;
  for (const auto& year : person.years) {
    const CityRules* const city = book.by_code(year.city);
    if (city == nullptr) {
      found.unknown.push_back(year.city);
    } else {
      found.years.push_back({&year, city});
    }
  }
  std::ranges::sort(found.years, [](const ExportYear& a, const ExportYear& b) {
    return std::tie(a.year->year, a.city->id) < std::tie(b.year->year, b.city->id);
  });
  return found;
}

void append_totals(std::string& out, std::string_view psn_no, const ExportYear& year) {
  const auto& totals = year.year->account.totals;
  if (totals.settlements == 0) return;
  JsonLine line(out);
  line.text("psn_no", psn_no);
  line.number("year", year.year->year);
  line.text("city", year.city->id);
  line.number("settlements", totals.settlements);
  line.money("medfee", totals.medfee);
  line.money("own_expense", totals.own_expense);
  line.raw("paid", paid_object(totals));
  line.money("burden_after_insurance", totals.after_insurance);
  line.money("burden_after_assistance", totals.after_insurance - totals.assistance_paid());
  line.money("in_policy_burden", totals.in_policy);
  line.money("assistance_paid", totals.assistance_paid());
  line.money("assistance_due", totals.assistance_due);
  line.end_line();
}

void append_alerts(std::string& out, std::string_view psn_no, const ExportYear& year) {
  std::vector<const monitor::AlertState*> alerts;
  for (const auto& alert : year.year->alerts) {
    if (alert.revision != 0) alerts.push_back(&alert);
  }
  std::ranges::sort(alerts, {}, [](const auto* alert) { return std::string_view(alert->rule); });
  for (const auto* const alert : alerts) {
    JsonLine line(out);
    line.text("alert_id", alerts::alert_id(year.city->id, alert->rule, psn_no, year.year->year));
    line.text("psn_no", psn_no);
    line.number("year", year.year->year);
    line.text("city", year.city->id);
    line.text("rule", alert->rule);
    line.text("state", alert->open ? "open" : "cleared");
    line.money("amount", measure_now(*year.city, alert->rule, year.year->account, alert->amount));
    if (alert->line) {
      line.money("line", *alert->line);
    } else {
      line.null("line");
    }
    line.text("crossed_by", alert->by.setl_id);
    line.truth("late", alert->late);
    line.number("revision", alert->revision);
    line.end_line();
  }
}

void append_entry(std::string& out, const thresholds::RuleBook& book, std::string_view psn_no,
                  std::string_view setl_id, const Entry& entry) {
  JsonLine line(out);
  line.text("psn_no", psn_no);
  line.text("setl_id", setl_id);
  line.number("seq", entry.seq);
  line.text("entry", kind_name(entry.kind));
  if (entry.kind == Entry::Kind::kUndone && !entry.by.empty()) line.text("by", entry.by);
  if (entry.updt_time != monitor::kNoTime)
    line.text("updt_time", thresholds::to_string(entry.updt_time));
  if (entry.kind == Entry::Kind::kEntered || entry.kind == Entry::Kind::kNoted)
    line.truth("void", entry.is_void);
  if (entry.kind == Entry::Kind::kEntered) {
    line.truth("counts", entry.counts);
    append_content(line, book, entry.content);
  }
  line.end_line();
}

Money measure_now(const CityRules& city, const std::string& rule,
                  const monitor::YearAccount& account, Money fallback) {
  const thresholds::WarningRule* const found = latest_rule(city, rule);
  if (found == nullptr) return fallback;
  if (!found->sums_bills()) return monitor::measured(account, found->measure);
  for (const monitor::Crossing& crossing : account.warnings.crossings) {
    if (crossing.rule == found->index) return crossing.amount;
  }
  return fallback;
}

}  // namespace yujing::app

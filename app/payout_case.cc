#include "app/payout_case.h"

#include <algorithm>

#include "app/json_text.h"

namespace yujing::app {

using monitor::FoldedBill;
using thresholds::Money;

CaseResult fold_person(const thresholds::CityRules& city, const thresholds::RuleBook& book,
                       const thresholds::Reference& reference, monitor::Facts facts,
                       std::vector<monitor::LedgerItem> items, bool with_steps) {
  CaseResult result;
  result.city = &city;
  result.facts = std::move(facts);
  result.items = std::move(items);
  std::vector<const monitor::Settlement*> live;
  for (const monitor::LedgerItem& item : result.items) {
    if (item.counts && (item.content.city == 0 || item.content.city == city.code))
      live.push_back(&item.content);
  }
  std::sort(live.begin(), live.end(), [](const auto* a, const auto* b) { return earlier(*a, *b); });

  monitor::Calculator calculator(book, city, reference);
  monitor::FoldOptions options;
  options.missing = &result.missing;
  options.with_steps = with_steps;
  options.keep_bills = true;
  result.folded = monitor::fold_all(calculator, result.facts, live, options);
  for (auto& [year, account] : result.folded.years) {
    for (monitor::WarningStanding& standing :
         monitor::WarningFold(calculator, result.facts, year, account).standings()) {
      result.warnings.push_back({year, std::move(standing)});
    }
  }
  return result;
}

CaseResult compute_case(const consumer::PayoutCase& payout_case, const thresholds::RuleBook& book,
                        const thresholds::Reference& reference, bool with_steps) {
  const thresholds::Reference& figures = payout_case.reference ? *payout_case.reference : reference;
  CaseResult result =
      fold_person(*payout_case.city, book, figures,
                  monitor::make_facts(*payout_case.city, &payout_case.person, nullptr),
                  monitor::settle(payout_case.deliveries), with_steps);
  if (payout_case.premium) {
    result.premium_asked = true;
    result.premium_subsidy =
        monitor::premium_subsidy(*result.city, figures, result.facts, payout_case.premium->year,
                                 payout_case.premium->on, &result.missing, &result.premium_steps);
    result.deposit_waiver =
        monitor::deposit_waiver(*result.city, result.facts, payout_case.premium->on);
  }
  return result;
}

namespace {

// "[a,b,…]" of what `append` writes for each element.
template <class Range, class Append>
std::string json_list(const Range& range, Append append) {
  std::string list = "[";
  for (const auto& element : range) {
    if (list.size() > 1) list += ',';
    append(list, element);
  }
  list += ']';
  return list;
}

void append_payouts(std::string& out, const monitor::Payout& payout) {
  bool first = true;
  const auto layer = [&](std::string_view name, Money amount) {
    if (!first) out += ',';
    first = false;
    JsonLine json(out);
    json.text("layer", name);
    json.money("amount", amount);
    json.end();
  };
  out += '[';
  if (payout.assistable) {
    if (payout.by_disease) {
      layer("single_disease", payout.single_disease);
    } else {
      layer("base", payout.base);
      if (payout.tilt.fen > 0) layer("tilt", payout.tilt);
      if (payout.out_of_catalogue.fen > 0) layer("out_of_catalogue", payout.out_of_catalogue);
    }
  }
  out += ']';
}

void append_settlement(std::string& out, const CaseResult& result, const FoldedBill& folded) {
  const monitor::Payout& payout = folded.payout;
  JsonLine json(out);
  json.text("setl_id", folded.bill.settlement->setl_id);
  json.text("benefit_date", thresholds::to_string(folded.bill.benefit_day));
  json.text("care_kind", thresholds::kCareKindNames[static_cast<std::size_t>(folded.bill.care)]);
  if (payout.category == monitor::kNoBit) {
    json.null("category");
  } else {
    json.text("category", result.city->categories[payout.category].code);
  }
  json.money("burden_after_insurance", folded.bill.after_insurance);
  json.money("in_policy_burden", folded.bill.in_policy);
  json.truth("assistable", payout.assistable);
  if (payout.reason == monitor::Reason::kNone) {
    json.null("reason");
  } else {
    json.text("reason", monitor::kReasonNames[static_cast<std::size_t>(payout.reason)]);
  }
  std::string payouts;
  append_payouts(payouts, payout);
  json.raw("payouts", payouts);
  json.money("assistance_total", payout.assistance());
  json.money("burden_after_assistance",
             folded.bill.after_insurance - payout.assistance() - payout.hospital_borne);
  if (payout.hospital_borne.fen > 0) json.money("hospital_borne", payout.hospital_borne);
  if (folded.critical_illness_due) {
    if (*folded.critical_illness_due) {
      json.money("critical_illness_due", **folded.critical_illness_due);
    } else {
      json.null("critical_illness_due");
    }
  }
  if (!folded.steps.empty()) {
    json.raw("steps", json_list(folded.steps, [](std::string& list, const monitor::Step& step) {
               JsonLine one(list);
               one.text("what", step.what);
               one.text("detail", step.detail);
               one.money("amount", step.amount);
               one.text("cite", step.cite);
               one.end();
             }));
  }
  json.end();
}

void append_totals(std::string& out, const CaseResult& result) {
  Money base;
  Money tilt;
  Money other;
  Money hospital_borne;
  for (const FoldedBill& folded : result.folded.bills) {
    base += folded.payout.base;
    tilt += folded.payout.tilt;
    other += folded.payout.single_disease + folded.payout.out_of_catalogue;
    hospital_borne += folded.payout.hospital_borne;
  }
  JsonLine json(out);
  json.money("base", base);
  json.money("tilt", tilt);
  json.money("other", other);
  json.money("assistance", base + tilt + other);
  json.money("hospital_borne", hospital_borne);
  json.end();
}

}  // namespace

void append_result(std::string& out, const std::string& case_id_json, const CaseResult& result,
                   std::string_view rules) {
  JsonLine json(out);
  json.raw("case_id", case_id_json);
  json.raw("settlements",
           json_list(result.folded.bills, [&](std::string& list, const FoldedBill& folded) {
             append_settlement(list, result, folded);
           }));
  std::string totals;
  append_totals(totals, result);
  json.raw("totals", totals);
  json.raw("warnings",
           json_list(result.warnings, [](std::string& list, const CaseWarning& warning) {
             JsonLine one(list);
             one.text("rule", warning.standing.rule->id);
             one.number("year", warning.year);
             one.text("crossed_by", warning.standing.crossing.by.setl_id);
             one.end();
           }));
  if (!rules.empty()) json.raw("rules", rules);
  if (result.premium_asked) {
    if (result.premium_subsidy) {
      json.money("premium_subsidy", *result.premium_subsidy);
    } else {
      json.null("premium_subsidy");
    }
    json.truth("deposit_waiver", result.deposit_waiver);
  }
  if (!result.missing.empty()) {
    json.raw("missing", json_list(result.missing, [](std::string& list, const std::string& name) {
               append_json(list, name);
             }));
  }
  json.end_line();
}

void append_error(std::string& out, const consumer::CaseError& error) {
  std::string inner;
  JsonLine detail(inner);
  detail.text("code", error.code);
  detail.text("message", error.message);
  detail.end();
  JsonLine json(out);
  json.raw("case_id", error.case_id_json);
  json.raw("error", inner);
  json.end_line();
}

}  // namespace yujing::app

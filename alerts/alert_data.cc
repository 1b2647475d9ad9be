#include "alerts/alert_data.h"

#include <nlohmann/json.hpp>

namespace yujing::alerts {

using Json = nlohmann::ordered_json;
using monitor::YearView;
using thresholds::Money;

namespace {

std::string text(Money amount) { return thresholds::to_string(amount); }

Json text_or_null(const std::optional<Money>& amount) {
  return amount ? Json(text(*amount)) : Json(nullptr);
}

Json text_or_null(const std::string& known) { return known.empty() ? Json(nullptr) : Json(known); }

Json category_name(const thresholds::CityRules& city, const std::string& code) {
  const auto bit = city.category_bit(code);
  return bit ? text_or_null(city.categories[*bit].name) : Json(nullptr);
}

// The crossing settlement's area, else the one of the person's record; null when neither says one.
Json county(const YearView& view, const CrossingDetails& crossing) {
  if (crossing.settlement != nullptr) {
    const auto& area = crossing.settlement->settlement.text(monitor::Text::kInsuAdmdvs);
    if (!area.empty()) return area;
  }
  return view.person.person ? text_or_null(view.person.person->insu_admdvs) : Json(nullptr);
}

// Null for a code without a name.
Json area_name(const thresholds::CityRules& city, const Json& area) {
  if (area.is_null()) return nullptr;
  return text_or_null(std::string(city.names.area(area.get_ref<const std::string&>())));
}

Json rule_json(const std::string& id, const CrossingDetails& crossing) {
  const thresholds::WarningRule* rule = crossing.rule;
  Json json;
  json["id"] = id;
  json["title"] = rule != nullptr ? Json(rule->title) : Json(nullptr);
  json["cite"] = rule != nullptr ? Json(rule->cite) : Json(nullptr);
  json["document"] = rule != nullptr ? Json(crossing.policy->document) : Json(nullptr);
  json["policy_version"] = rule != nullptr ? Json(crossing.policy->version) : Json(nullptr);
  json["offices"] = rule != nullptr ? Json(rule->offices) : Json::array();
  return json;
}

Json crossed_by_json(const monitor::OrderKey& by, const CrossingDetails& crossing) {
  Json json;
  json["setl_id"] = by.setl_id;
  json["setl_time"] = thresholds::to_string(by.setl_time);
  json["benefit_date"] = crossing.settlement != nullptr
                             ? Json(thresholds::to_string(crossing.settlement->benefit_day))
                             : Json(nullptr);
  return json;
}

Json totals_json(const monitor::Totals& totals) {
  Json paid = Json::object();
  for (std::size_t payer = 0; payer < thresholds::kPayers; ++payer) {
    if (totals.paid[payer] > Money{}) {
      paid[std::string(thresholds::kPayerNames[payer])] = text(totals.paid[payer]);
    }
  }
  Json json;
  json["settlements"] = totals.settlements;
  json["medfee"] = text(totals.medfee);
  json["own_expense"] = text(totals.own_expense);
  json["paid"] = std::move(paid);
  json["burden_after_insurance"] = text(totals.after_insurance);
  json["burden_after_assistance"] = text(totals.after_insurance - totals.assistance_paid());
  json["in_policy_burden"] = text(totals.in_policy);
  return json;
}

Json care_names(thresholds::CareSet set) {
  Json names = Json::array();
  for (std::size_t kind = 0; kind < thresholds::kCareKinds; ++kind) {
    if ((set >> kind & 1U) != 0) names.push_back(std::string(thresholds::kCareKindNames[kind]));
  }
  return names;
}

Json counterfactual_json(const thresholds::CityRules& city,
                         const std::vector<TierPayout>& payouts) {
  Json list = Json::array();
  for (const TierPayout& payout : payouts) {
    Json json;
    json["tier"] = payout.tier->id;
    json["tier_name"] = payout.tier->name;
    json["category"] = city.categories[payout.category].code;
    json["assistance"] = text_or_null(payout.assistance);
    json["cite"] = payout.tier->cite;
    list.push_back(std::move(json));
  }
  return list;
}

// What the alert is, whose it is and which rule it is about.
void add_heading(const YearView& view, const AlertContent& content, Json& json) {
  const thresholds::CityRules& city = view.calculator.city();
  const monitor::AlertState& state = content.decision.state;
  const auto type = static_cast<std::size_t>(content.crossing.type);
  json["alert_id"] = content.alert_id;
  json["revision"] = state.revision;
  json["state"] = state.open ? "open" : "cleared";
  json["change"] = name_of(content.decision.change);
  json["city"] = city.id;
  json["city_name"] = city.name;
  const Json area = county(view, content.crossing);
  json["county"] = area;
  json["county_name"] = area_name(city, area);
  json["psn_no"] = view.person.psn_no;
  json["year"] = view.year;
  json["category"] = text_or_null(state.category);
  json["category_name"] = category_name(city, state.category);
  json["warning_type"] = kWarningTypeCodes[type];
  json["warning_type_name"] = kWarningTypeNames[type];
  json["rule"] = rule_json(state.rule, content.crossing);
}

}  // namespace

std::string alert_data(const YearView& view, const AlertContent& content) {
  const monitor::AlertState& state = content.decision.state;
  const thresholds::WarningRule* rule = content.crossing.rule;
  const monitor::Totals& totals = view.account.totals;
  Json json;
  add_heading(view, content, json);
  json["measure"] = rule != nullptr
                        ? Json(thresholds::kMeasureNames[static_cast<std::size_t>(rule->measure)])
                        : Json(nullptr);
  // Said only where it is another sum than the year's.
  if (rule != nullptr && rule->sums_bills()) {
    json["per"] = thresholds::kPerNames[static_cast<std::size_t>(rule->per)];
    if (rule->care != 0) json["care"] = care_names(rule->care);
  }
  json["line"] = text_or_null(state.line);
  json["amount"] = text(state.amount);
  json["crossed_by"] = crossed_by_json(state.by, content.crossing);
  json["late"] = state.late;
  json["totals"] = totals_json(totals);
  json["assistance"] = {{"due", text(totals.assistance_due)},
                        {"paid", text(totals.assistance_paid())}};
  json["counterfactual"] = counterfactual_json(view.calculator.city(), content.counterfactual);
  json["application_covers_until"] =
      content.application_covers_until
          ? Json(thresholds::to_string(*content.application_covers_until))
          : Json(nullptr);
  // Input is checked UTF-8; a stray byte must not stop the engine all the same.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace yujing::alerts

#include "alerts/alert_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "alerts/alert_data.h"
#include "alerts/alert_id.h"
#include "alerts/counterfactual.h"
#include "alerts/crossing.h"
#include "alerts/history.h"
#include "alerts/lifecycle.h"

namespace yujing::alerts {

using monitor::AlertMessage;
using monitor::WarningStanding;
using monitor::YearView;

namespace {

std::vector<Holding> holdings_of(const YearView& view) {
  std::vector<Holding> holdings;
  holdings.reserve(view.standings.size());
  for (const WarningStanding& standing : view.standings) {
    holdings.push_back(holding_of(view.calculator.city(), standing));
  }
  return holdings;
}

const WarningStanding* standing_of(const YearView& view, const std::string& rule) {
  const auto found =
      std::find_if(view.standings.begin(), view.standings.end(),
                   [&](const WarningStanding& standing) { return standing.rule->id == rule; });
  return found == view.standings.end() ? nullptr : &*found;
}

// "2026-03-09T10:00:00+08:00"
std::string rfc3339(thresholds::BeijingTime time) {
  std::string text = thresholds::to_string(time);
  text[text.find(' ')] = 'T';
  return text + "+08:00";
}

AlertContent content_of(const YearView& view, const History& history, Decision decision) {
  const thresholds::CityRules& city = view.calculator.city();
  AlertContent content;
  content.alert_id = alert_id(city.id, decision.state.rule, view.person.psn_no, view.year);
  content.crossing =
      details_of(view, history, decision.state, standing_of(view, decision.state.rule));
  content.counterfactual = suppose_each_tier(
      view.calculator, {.policy = *content.crossing.policy,
                        .history = history,
                        .year = view.year,
                        .resident = view.facts.resident,
                        .application = thresholds::day_of(decision.state.by.setl_time)});
  if (const auto earliest = history.earliest_benefit_day(view.year)) {
    content.application_covers_until = application_covers_until(city, *earliest);
  }
  content.decision = std::move(decision);
  return content;
}

AlertMessage message_of(const YearView& view, const AlertContent& content) {
  const monitor::AlertState& state = content.decision.state;
  AlertMessage message;
  message.psn_no = view.person.psn_no;
  message.id = message_id(content.alert_id, state.revision);
  message.type = "cn.yujing.alert." + std::string(name_of(content.decision.change));
  message.source = "/yujing/" + view.calculator.city().id;
  message.subject = content.alert_id;
  message.time =
      rfc3339(view.cause_time != monitor::kNoTime ? view.cause_time : state.by.setl_time);
  message.city = view.calculator.city().id;
  message.rule = state.rule;
  message.data = alert_data(view, content);
  return message;
}

}  // namespace

void AlertWriter::year_changed(const YearView& view, std::vector<monitor::AlertState>& alerts,
                               std::vector<AlertMessage>& messages) {
  std::vector<Decision> decisions = bring_up_to_date(alerts, holdings_of(view));
  if (decisions.empty()) return;
  const History history(view.calculator, view.live_settlements());
  for (Decision& decision : decisions) {
    messages.push_back(message_of(view, content_of(view, history, std::move(decision))));
  }
}

}  // namespace yujing::alerts

// What the engine needs from the floor above: somebody who turns changes of a person's year into
// messages.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "monitor/facts.h"
#include "monitor/payout.h"
#include "monitor/person_state.h"
#include "monitor/warnings.h"

namespace yujing::monitor {

// One message about an alert, ready for any transport: a CloudEvent's attributes and its data.
struct AlertMessage {
  std::string psn_no;   // Kafka key
  std::string id;       // ce_id: alert_id + "/" + revision, the same whenever it is computed again
  std::string type;     // cn.yujing.alert.raised | .changed | .cleared
  std::string source;   // /yujing/<city>
  std::string subject;  // alert_id
  std::string
      time;  // RFC 3339 with +08:00: when what it tells of happened, never when it was computed
  std::string city;
  std::string rule;
  std::string data;  // JSON
};

// A person's year in one city as it stands after an event.
struct YearView {
  const PersonState& person;
  const Facts& facts;
  Calculator& calculator;
  std::int32_t year;
  const YearAccount& account;
  std::span<const WarningStanding> standings;  // rules that hold, by rule id
  BeijingTime cause_time;  // of the event behind the change; kNoTime when unknown
  // The person's live settlements in this city, all years, in computing order. Costs a scan: ask
  // only when a message is really made.
  const std::function<std::vector<Settlement>()>& live_settlements;
};

class AlertPort {
 public:
  virtual ~AlertPort() = default;
  // Compares what holds now with what was last said (`alerts`), brings `alerts` up to date and
  // appends the messages that are due. Pure but for its arguments.
  virtual void year_changed(const YearView& view, std::vector<AlertState>& alerts,
                            std::vector<AlertMessage>& messages) = 0;
};

}  // namespace yujing::monitor

// What `yujing demo` ends with: one page that says what came in, what was refused, who crossed
// which line and why. Made from the monitor's summary and the alert messages it sent. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "consumer/monitor_observer.h"
#include "monitor/ports.h"
#include "thresholds/policy.h"

namespace yujing::app {

// The last message about each alert, and what the page says of them.
class DemoWarnings {
 public:
  void add(const monitor::AlertMessage& message);

  struct Count {
    std::uint64_t open = 0;
    std::uint64_t cleared = 0;  // raised, and taken back by a reversal, a correction or an office
  };
  // By rule id.
  [[nodiscard]] std::map<std::string, Count> counts() const;
  // Up to `n` open ones to tell about: of different rules and people, those first to whom more is
  // due.
  [[nodiscard]] std::vector<const monitor::AlertMessage*> worth_telling(std::size_t n) const;

 private:
  std::map<std::string, monitor::AlertMessage> last_;  // by subject
};

struct DemoPage {
  const thresholds::CityRules& city;
  const consumer::MonitorSummary& summary;
  const DemoWarnings& warnings;
  std::string folder;
  std::uint64_t persons = 0;
  std::int32_t year = 0;
  double seconds = 0;
  bool invented_rule = false;  // the document has no warning line, and the demo laid one over it
  bool colour = false;
};

[[nodiscard]] std::string demo_page(const DemoPage& about);

}  // namespace yujing::app

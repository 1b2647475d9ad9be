// Turns changes of a person's year into alert messages: what monitor's engine calls after an event.
//
// It keeps nothing between calls, so one writer serves any number of persons and cities, from one
// thread at a time (the view's calculator is not shared).
#pragma once

#include <vector>

#include "monitor/ports.h"

namespace yujing::alerts {

class AlertWriter final : public monitor::AlertPort {
 public:
  // Messages come by rule. The settlements are read, and what each tier would pay is computed, only
  // when there is something to tell.
  void year_changed(const monitor::YearView& view, std::vector<monitor::AlertState>& alerts,
                    std::vector<monitor::AlertMessage>& messages) override;
};

}  // namespace yujing::alerts

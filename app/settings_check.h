// What no single key can tell: whether the settings fit together.
//
// Pure but for looking whether two paths are one file.
#pragma once

#include "app/settings_table.h"
#include "thresholds/result.h"

namespace yujing::app {

// `givens` says where each value comes from. kConfiguration.
[[nodiscard]] thresholds::Result<void> check_settings(const Settings& settings,
                                                      const SettingsGivens& givens);

}  // namespace yujing::app

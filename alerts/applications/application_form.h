// The application as a form to print and sign: an A4 sheet in the office's language.
#pragma once

#include <string>

#include "alerts/applications/application.h"
#include "alerts/lists/list_column.h"
#include "monitor/person_state.h"
#include "thresholds/result.h"

namespace yujing::alerts {

struct ApplicationForm {
  const Application& application;
  const monitor::PersonState& person;
  const Contact* contact = nullptr;  // null: not known, left to be filled in by hand
  std::string position;              // up to which event the store has read
};

// Writes it to `path` (.xlsx). Errors as Workbook::close.
[[nodiscard]] thresholds::Result<void> write_application(const std::string& path,
                                                         const ApplicationForm& form);

}  // namespace yujing::alerts

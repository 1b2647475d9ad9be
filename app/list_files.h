// The monthly lists of a store, written as files: one XLSX and one CSV per city, insured area and
// receiving office. Used by `lists` and `demo`; reads beside a running monitor.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "alerts/lists/month.h"
#include "app/rules.h"
#include "app/settings.h"
#include "thresholds/result.h"

namespace yujing::app {

struct WrittenList {
  std::string city;    // id
  std::string area;    // six digits, "" not said
  std::string office;  // code
  std::string xlsx;    // path
  std::string csv;
  std::uint64_t rows = 0;
  std::uint64_t rows_new = 0;
  std::uint64_t persons = 0;
  std::uint64_t may_apply = 0;  // rows
};

struct WrittenLists {
  std::vector<WrittenList> lists;             // by city, area, office
  std::vector<std::string> without_warnings;  // cities whose document states no warning line
  std::uint64_t persons_seen = 0;
  std::string position;  // up to which event the store has read; "" none
};

struct ListJob {
  const Settings& settings;
  const Rules& rules;  // of the cities in use
  alerts::Month month;
  std::string folder;                          // made when it is not there
  std::function<void(std::uint64_t)> persons;  // called with the persons gone through; may be empty
};

// A file appears whole or not at all, in place of an older one of its name. Errors: kConfiguration
// when the store was computed with other rules, kUnavailable when the store cannot be read or the
// folder not be written.
[[nodiscard]] thresholds::Result<WrittenLists> write_lists(const ListJob& job);

}  // namespace yujing::app

// The monthly lists of a store, written as files: one XLSX and one CSV per city, insured area and
// receiving office. Used by `lists` and `demo`; reads beside a running monitor.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/lists/month.h"
#include "app/list_draft.h"
#include "app/rules.h"
#include "app/settings.h"
#include "thresholds/result.h"

namespace yujing::app {

enum class ListState : std::uint8_t {
  kPublished,
  kUnchanged,  // published before, with the same rows: left as it is
  kCorrected,  // published before, with other rows: issued again beside it
};
inline constexpr std::array<std::string_view, 3> kListStateNames = {"published", "unchanged",
                                                                    "corrected"};

struct WrittenList {
  std::string city;    // id
  std::string area;    // six digits, "" not said
  std::string office;  // code
  std::string xlsx;    // path
  std::string csv;
  ListState state = ListState::kPublished;
  std::uint32_t correction = 0;  // 0: the first issue
  ListDraft::Counts counts;
};

struct WrittenLists {
  std::vector<WrittenList> lists;             // by city, area, office
  std::vector<std::string> without_warnings;  // cities whose document states no warning line
  std::string position;                       // up to which event the store has read; "" none
};

// What to do with a published list whose rows would be others now.
enum class Reissue : std::uint8_t { kRefuse, kCorrect };

struct ListJob {
  const Settings& settings;
  const Rules& rules;  // of the cities in use
  alerts::Month month;
  std::string folder;  // made when it is not there
  Reissue reissue = Reissue::kRefuse;
  // Called with how many persons were gone through, of how many (0: not known); may be empty.
  std::function<void(std::string_view stage, std::uint64_t done, std::uint64_t all)> progress = {};
};

// All lists are made before any is put in place. Errors: kConfiguration when the store was computed
// with other rules, kCheckFailed when a published list would be different and job.reissue refuses
// (then nothing is published), kUnavailable when the store cannot be read or the folder not be
// written.
[[nodiscard]] thresholds::Result<WrittenLists> write_lists(const ListJob& job);

}  // namespace yujing::app

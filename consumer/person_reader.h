// What a person's JSON says of categories and applications; shared by person records and payout
// cases.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "consumer/json_tree.h"
#include "monitor/person.h"
#include "monitor/refusal.h"

namespace yujing::consumer {

// Reads the person in `object` into `into`; psn_no may be missing. Names, id numbers and phones are
// read over.
[[nodiscard]] std::optional<monitor::Refusal> read_person(const JsonTree& tree,
                                                          const JsonTree::Node& object,
                                                          monitor::PersonRecord& into);

// Adds the application in `object`, {"date":…}.
[[nodiscard]] std::optional<monitor::Refusal> read_application(
    const JsonTree& tree, const JsonTree::Node& object, std::vector<thresholds::CivilDay>& into);

// Adds those of the list `applications` in `object`, where there is one.
[[nodiscard]] std::optional<monitor::Refusal> read_applications(
    const JsonTree& tree, const JsonTree::Node& object, std::vector<thresholds::CivilDay>& into);

// The day in member `key`: a day, or the day of a time; nullopt in `into` where it is missing or
// empty. `what` names it in the message.
[[nodiscard]] std::optional<monitor::Refusal> read_day(const JsonTree& tree,
                                                       const JsonTree::Node& object,
                                                       std::string_view key, std::string_view what,
                                                       std::optional<thresholds::CivilDay>& into);

}  // namespace yujing::consumer

// The decisions file: what offices decided, a person record a line, the last of a person in force.
// It grows by whole lines only, one writer at a time.
#pragma once

#include <string>
#include <string_view>

#include "monitor/person.h"
#include "thresholds/result.h"

namespace yujing::app {

// Takes a line for the person's record in force if it is one of theirs and none later was taken.
void take_decision(std::string_view line, monitor::PersonRecord& in_force);

// What one decision adds to the person's record in force: categories not yet there, applications
// not yet there. A category with the same first day replaces the earlier entry. kInput where the
// record is later than the decision; `where` names what holds it.
[[nodiscard]] thresholds::Result<monitor::PersonRecord> merge_decision(
    const monitor::PersonRecord& before, const monitor::PersonRecord& decision,
    std::string_view where);

// The record as a line of the file, ended.
[[nodiscard]] std::string decision_line(const monitor::PersonRecord& record);

// Appends the person's merged record, with `decision`'s updt_time, to the file at `path`, which is
// made when it is not there; when this returns it is on the disk. Another `yujing decide` waits.
// Returns the merged record. Errors: of merge_decision;
// kUnavailable when it cannot be read or written; then the file is as before.
[[nodiscard]] thresholds::Result<monitor::PersonRecord> append_decision(
    const std::string& path, const monitor::PersonRecord& decision);

}  // namespace yujing::app

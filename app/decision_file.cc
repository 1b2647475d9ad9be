#include "app/decision_file.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/appended_file.h"
#include "app/json_text.h"
#include "consumer/line_source.h"
#include "consumer/person_codec.h"

namespace yujing::app {

using consumer::LineSource;
using monitor::HeldCategory;
using monitor::PersonRecord;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

// The person's record in force: the one with the latest updt_time, of equal ones the last.
Result<PersonRecord> find_record(const std::string& path, const std::string& psn_no) {
  PersonRecord found;
  found.psn_no = psn_no;
  consumer::LineSourceOptions options;
  options.path = path;
  auto source = LineSource::open(std::move(options));
  if (!source) return tl::unexpected(std::move(source.error()));
  LineSource::Line line;
  while (true) {
    const auto next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != LineSource::Next::kLine) return found;
    take_decision(line.bytes, found);
  }
}

void append_category(std::string& out, const HeldCategory& held) {
  JsonLine line(out);
  line.text("category", held.category);
  if (held.from == thresholds::kNoStart) {
    line.null("from");
  } else {
    line.text("from", to_string(held.from));
  }
  if (held.until == thresholds::kNoEnd) {
    line.null("until");
  } else {
    line.text("until", to_string(held.until));
  }
  if (!held.certified_by.empty()) line.text("certified_by", held.certified_by);
  line.end();
}

}  // namespace

void take_decision(std::string_view line, PersonRecord& in_force) {
  // (A number may be written with escapes.)
  if (line.find(in_force.psn_no) == std::string_view::npos &&
      line.find('\\') == std::string_view::npos)
    return;
  auto record = consumer::decode_person(line);
  if (!record || record->psn_no != in_force.psn_no) return;
  if (record->updt_time >= in_force.updt_time) in_force = std::move(*record);
}

Result<PersonRecord> merge_decision(const PersonRecord& before, const PersonRecord& decision,
                                    std::string_view where) {
  if (decision.updt_time < before.updt_time) {
    return fail(ErrorCode::kInput,
                fmt::format("{}: holds a decision about this person of {}, later than {}: an "
                            "earlier one would not count; check the clock or --at",
                            where, to_string(before.updt_time), to_string(decision.updt_time)));
  }
  PersonRecord merged = before;
  merged.psn_no = decision.psn_no;
  merged.updt_time = decision.updt_time;
  for (const HeldCategory& held : decision.categories) {
    const auto same = std::ranges::find_if(merged.categories, [&](const HeldCategory& known) {
      return known.category == held.category && known.from == held.from;
    });
    if (same == merged.categories.end()) {
      merged.categories.push_back(held);
    } else {
      *same = held;
    }
  }
  auto& applications = merged.applications;
  applications.insert(applications.end(), decision.applications.begin(),
                      decision.applications.end());
  std::ranges::sort(applications);
  applications.erase(std::unique(applications.begin(), applications.end()), applications.end());
  return merged;
}

std::string decision_line(const PersonRecord& record) {
  std::string categories = "[";
  for (const HeldCategory& held : record.categories) {
    if (categories.size() > 1) categories += ',';
    append_category(categories, held);
  }
  categories += ']';
  std::string applications = "[";
  for (const auto day : record.applications) {
    if (applications.size() > 1) applications += ',';
    JsonLine line(applications);
    line.text("date", to_string(day));
    line.end();
  }
  applications += ']';
  std::string text;
  JsonLine line(text);
  line.text("psn_no", record.psn_no);
  if (!record.insu_admdvs.empty()) line.text("insu_admdvs", record.insu_admdvs);
  if (!record.hukou_admdvs.empty()) line.text("hukou_admdvs", record.hukou_admdvs);
  if (!record.household_id.empty()) line.text("household_id", record.household_id);
  line.text("updt_time", to_string(record.updt_time));
  line.raw("categories", categories);
  line.raw("applications", applications);
  line.end_line();
  return text;
}

Result<PersonRecord> append_decision(const std::string& path, const PersonRecord& decision) {
  auto file = AppendedFile::open(path, AppendedFile::Missing::kMade);
  if (!file) return tl::unexpected(std::move(file.error()));
  const auto before = find_record(path, decision.psn_no);
  if (!before) return tl::unexpected(before.error());
  auto merged = merge_decision(*before, decision, path);
  if (!merged) return merged;
  const auto ended = file->ends_with_newline();
  if (!ended) return tl::unexpected(ended.error());
  const std::string line = decision_line(*merged);
  if (auto done = file->append(*ended ? line : "\n" + line); !done)
    return tl::unexpected(std::move(done.error()));
  return merged;
}

}  // namespace yujing::app

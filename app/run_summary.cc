#include "app/run_summary.h"

#include <fmt/format.h>

#include "app/json_text.h"
#include "app/progress.h"

namespace yujing::app {
namespace {

using consumer::MonitorSummary;

// "7 sent again", and nothing for none.
void add(std::string& list, std::uint64_t n, std::string_view what) {
  if (n == 0) return;
  list += fmt::format("{}{} {}", list.empty() ? "" : ", ", grouped(n), what);
}

// What makes a word of `n` things.
std::string_view plural(std::uint64_t n) { return n == 1 ? "" : "s"; }

}  // namespace

std::string summary_text(const MonitorSummary& summary, double seconds) {
  std::string text = fmt::format("{} event{} read", grouped(summary.lines), plural(summary.lines));
  if (seconds > 0) text += " in " + duration_text(seconds);
  if (seconds > 0 && summary.lines > 0) {
    const double per_second = static_cast<double>(summary.lines) / seconds;
    text += fmt::format(" ({} a second)", grouped(static_cast<std::uint64_t>(per_second)));
  }
  text += '\n';
  std::string kinds;
  add(kinds, summary.applied, "new");
  add(kinds, summary.duplicates, "sent again");
  add(kinds, summary.replaced, "corrected");
  add(kinds, summary.outdated, "outdated");
  add(kinds, summary.reversals, fmt::format("reversal{}", plural(summary.reversals)));
  add(kinds, summary.ignored, fmt::format("pre-settlement{} ignored", plural(summary.ignored)));
  if (!kinds.empty()) text += fmt::format("  events    {}\n", kinds);
  std::string reasons;
  for (const auto& [reason, n] : summary.refused_by_reason) {
    add(reasons, n, reason);
  }
  if (summary.refused != 0)
    text += fmt::format("  refused   {} ({})\n", grouped(summary.refused), reasons);
  if (summary.records_read != 0) {
    text += fmt::format("  persons   {} record{} read\n", grouped(summary.records_read),
                        plural(summary.records_read));
  }
  if (summary.unknown_categories != 0) {
    text += fmt::format("            {} of their categories in no policy; kept, without effect\n",
                        grouped(summary.unknown_categories));
  }
  if (summary.certified_elsewhere != 0) {
    text += fmt::format(
        "            {} categories in them were certified by another office than the rules'; kept, "
        "and they count\n",
        grouped(summary.certified_elsewhere));
  }
  std::string alerts;
  add(alerts, summary.alerts_raised, "raised");
  add(alerts, summary.alerts_changed, "changed");
  add(alerts, summary.alerts_cleared, "cleared");
  text += fmt::format("  warnings  {}\n", alerts.empty() ? "none sent" : alerts);
  if (summary.unfinished_bytes != 0) {
    text += fmt::format("  the last line ({} bytes) is unfinished and was left for the next run\n",
                        grouped(summary.unfinished_bytes));
  }
  return text;
}

std::string summary_json(const MonitorSummary& summary, double seconds) {
  std::string reasons;
  JsonLine by_reason(reasons);
  for (const auto& [reason, n] : summary.refused_by_reason) {
    by_reason.number(reason, static_cast<std::int64_t>(n));
  }
  by_reason.end();
  std::string text;
  JsonLine line(text);
  const auto number = [&](std::string_view key, std::uint64_t n) {
    line.number(key, static_cast<std::int64_t>(n));
  };
  number("lines", summary.lines);
  number("applied", summary.applied);
  number("duplicate", summary.duplicates);
  number("replaced", summary.replaced);
  number("outdated", summary.outdated);
  number("reversed", summary.reversals);
  number("dead_letter", summary.refused);
  line.raw("dead_letters", reasons);
  number("ignored", summary.ignored);
  number("records_read", summary.records_read);
  number("unknown_categories", summary.unknown_categories);
  number("certified_elsewhere", summary.certified_elsewhere);
  number("alerts_raised", summary.alerts_raised);
  number("alerts_changed", summary.alerts_changed);
  number("alerts_cleared", summary.alerts_cleared);
  number("unfinished_bytes", summary.unfinished_bytes);
  line.raw("seconds", fmt::format("{:.3f}", seconds));
  line.end_line();
  return text;
}

}  // namespace yujing::app

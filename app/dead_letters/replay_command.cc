// yujing dead-letters replay: mended events, or refused ones that would pass now, back to the
// source.
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "app/appended_file.h"
#include "app/dead_letters/commands.h"
#include "app/dead_letters/letters.h"
#include "app/json_text.h"
#include "app/kafka/link.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/rules.h"
#include "consumer/file_monitor.h"
#include "consumer/line_source.h"
#include "consumer/record_file.h"
#include "consumer/replay.h"

namespace yujing::app {
namespace {

using consumer::Fate;
using consumer::LineSource;
using monitor::Store;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::size_t kBytesMax = 256ULL << 20;  // sent back at once; they are held in memory
constexpr std::size_t kFaultsShown = 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Candidate {
  std::string where;  // "mended.ndjson:3", "dead letter 17"
  std::string bytes;
};

struct Candidates {
  std::vector<Candidate> lines;
  std::size_t bytes = 0;
  std::uint64_t records = 0;  // letters of the persons or decisions file, which are not sent

  Result<void> add(std::string where, std::string_view line) {
    if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    bytes += line.size();
    if (bytes > kBytesMax) {
      return fail(ErrorCode::kInput,
                  fmt::format("more than {} bytes at once; send them in parts, with --reason, "
                              "--after and --limit, or a shorter file",
                              kBytesMax));
    }
    lines.push_back({std::move(where), std::string(line)});
    return {};
  }
};

bool blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Calls `visit` with every line of a file, from a position on.
template <class Visit>
Result<void> each_line(const std::string& path, const consumer::FilePosition& from, Visit visit) {
  consumer::LineSourceOptions options;
  options.path = path;
  options.from = from;
  auto source = LineSource::open(std::move(options));
  if (!source) return tl::unexpected(std::move(source.error()));
  LineSource::Line line;
  while (true) {
    const auto next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != LineSource::Next::kLine) return {};
    if (blank(line.bytes)) continue;
    if (auto done = visit(line); !done) return done;
  }
}

Result<Candidates> mended_lines(const std::string& path) {
  Candidates candidates;
  const auto name = path == "-" ? "standard input" : path;
  auto read = each_line(path, {}, [&](const LineSource::Line& line) -> Result<void> {
    if (line.cut) {
      return fail(ErrorCode::kInput,
                  fmt::format("{}:{}: the line is longer than an event may be", name, line.number));
    }
    return candidates.add(fmt::format("{}:{}", name, line.number), line.bytes);
  });
  if (!read) return tl::unexpected(std::move(read.error()));
  return candidates;
}

Result<Candidates> refused_lines(const Settings& settings, Store& store,
                                 const LetterSelection& selection) {
  Candidates candidates;
  auto read = read_letters(settings, store, selection, [&](const Letter& letter) -> Result<bool> {
    if (!letter.letter.is_event()) {
      ++candidates.records;
      return true;
    }
    auto done = candidates.add(fmt::format("dead letter {}", letter.number), letter.letter.bytes);
    if (!done) return tl::unexpected(std::move(done.error()));
    return true;
  });
  if (!read) return tl::unexpected(std::move(read.error()));
  return candidates;
}

// What became of the candidates.
struct Plan {
  std::string lines;  // to be sent
  std::uint64_t send = 0;
  std::map<Fate, std::uint64_t> left_out;
  std::map<std::string, std::uint64_t> refused;
  std::vector<std::string> faults;  // the first of those that would be refused or passed over
  std::uint64_t fault_count = 0;

  void add(const Candidate& candidate, const consumer::Judged& judged) {
    if (judged.fate == Fate::kSend) {
      lines += candidate.bytes;
      lines += '\n';
      ++send;
      return;
    }
    ++left_out[judged.fate];
    if (judged.fate == Fate::kRefused) {
      ++refused[std::string(name_of(judged.refusal.reason))];
      fault(candidate, fmt::format("would be refused again: {}: {}", name_of(judged.refusal.reason),
                                   judged.refusal.message));
    } else if (judged.fate == Fate::kIgnored) {
      fault(candidate, "has no setl_id, so it would be passed over as a pre-settlement");
    }
  }

 private:
  void fault(const Candidate& candidate, const std::string& what) {
    ++fault_count;
    if (faults.size() < kFaultsShown)
      faults.push_back(fmt::format("{}: {}", candidate.where, consumer::readable(what)));
  }
};

// What the source holds behind what the store has read: it may have been sent already.
Result<void> wait_for_unread(const Settings& settings, Store& store, consumer::Replay& replay) {
  const auto note = store.note(consumer::kEventsNote);
  if (!note) return tl::unexpected(note.error());
  const auto from = note->has_value() ? consumer::parse_position(**note) : consumer::FilePosition{};
  return each_line(settings.source.path, from,
                   [&](const LineSource::Line& line) { return replay.wait(line.bytes); });
}

Result<Plan> make_plan(const Candidates& candidates, const Settings& settings, const Rules& rules,
                       Store& store, bool look_at_source) {
  consumer::Replay replay(rules.book, store);
  for (const auto& candidate : candidates.lines)
    replay.expect(candidate.bytes);
  if (look_at_source) {
    if (auto done = wait_for_unread(settings, store, replay); !done)
      return tl::unexpected(std::move(done.error()));
  }
  Plan plan;
  for (const auto& candidate : candidates.lines) {
    const auto judged = replay.judge(candidate.bytes);
    if (!judged) return tl::unexpected(judged.error());
    plan.add(candidate, *judged);
  }
  return plan;
}

constexpr std::array<std::pair<Fate, std::string_view>, 4> kHarmless = {
    {{Fate::kCounted, "in the ledger already"},
     {Fate::kWaiting, "in the events file already, not yet read"},
     {Fate::kRepeated, "given twice"},
     {Fate::kOutdated, "older than what the ledger has"}}};

void say_left_out(const Candidates& candidates, const Plan& plan, bool mended, Talk& talk) {
  for (const auto& [fate, words] : kHarmless) {
    const auto n = plan.left_out.find(fate);
    if (n != plan.left_out.end()) {
      talk.info("left_out", fmt::format("{} left out: {}", grouped(n->second), words));
    }
  }
  if (candidates.records > 0) {
    talk.info("left_out",
              fmt::format("{} left out: lines of the persons or decisions file, which are mended "
                          "there",
                          grouped(candidates.records)));
  }
  if (mended) return;
  for (const auto& [reason, n] : plan.refused) {
    talk.info("left_out",
              fmt::format("{} left out: would be refused again, {}", grouped(n), reason));
  }
  const auto ignored = plan.left_out.find(Fate::kIgnored);
  if (ignored != plan.left_out.end()) {
    talk.info("left_out", fmt::format("{} left out: no setl_id", grouped(ignored->second)));
  }
}

std::string plan_json(const Candidates& candidates, const Plan& plan, bool sent) {
  const auto left_out = [&](Fate fate) {
    const auto n = plan.left_out.find(fate);
    return n == plan.left_out.end() ? std::int64_t{0} : static_cast<std::int64_t>(n->second);
  };
  std::string reasons;
  JsonLine by_reason(reasons);
  for (const auto& [reason, n] : plan.refused)
    by_reason.number(reason, static_cast<std::int64_t>(n));
  by_reason.end();
  std::string text;
  JsonLine line(text);
  line.number("lines", static_cast<std::int64_t>(candidates.lines.size() + candidates.records));
  line.number("to_send", static_cast<std::int64_t>(plan.send));
  line.number("sent", sent ? static_cast<std::int64_t>(plan.send) : 0);
  line.number("in_ledger", left_out(Fate::kCounted));
  line.number("waiting", left_out(Fate::kWaiting));
  line.number("repeated", left_out(Fate::kRepeated));
  line.number("outdated", left_out(Fate::kOutdated));
  line.number("ignored", left_out(Fate::kIgnored));
  line.number("records", static_cast<std::int64_t>(candidates.records));
  line.raw("refused", reasons);
  line.end_line();
  return text;
}

// Mended lines are sent all or none: one that is still wrong was meant to be right.
Result<void> refuse_faults(const ReplayOptions& options, const Plan& plan) {
  std::string message;
  for (const auto& fault : plan.faults) {
    message += (message.empty() ? "" : "\n") + fault;
  }
  if (plan.fault_count > plan.faults.size())
    message += fmt::format("\n… and {} more", grouped(plan.fault_count - plan.faults.size()));
  return fail(ErrorCode::kInput,
              fmt::format("{}\nnothing was sent: mend or remove these lines of {}", message,
                          options.from == "-" ? "standard input" : options.from));
}

// The events file, fit to be added to and held until the lines are in it.
Result<AppendedFile> open_events(const Settings& settings) {
  const std::string& path = settings.source.path;
  if (path.empty()) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("{}`source.path` is not set: name the events file there or with "
                            "--events FILE",
                            settings.file.empty() ? "" : settings.file + ": "));
  }
  if (path == "-") {
    return fail(ErrorCode::kConfiguration,
                "the events come from standard input, to which nothing can be added: write the "
                "lines with --print and send them the way the events come");
  }
  auto file = AppendedFile::open(path, AppendedFile::Missing::kError);
  if (!file) return file;
  if (file->is_gzip()) {
    return fail(
        ErrorCode::kConfiguration,
        fmt::format("{}: is a gzip file, to which no line can be added: write the lines with "
                    "--print and send them the way the events come",
                    path));
  }
  const auto ended = file->ends_with_newline();
  if (!ended) return tl::unexpected(ended.error());
  if (!*ended) {
    return fail(ErrorCode::kInput,
                fmt::format("{}: its last line is not ended; nothing was added: wait until whoever "
                            "writes it has done so, or end the line",
                            path));
  }
  return file;
}

void say_result(const ReplayOptions& options, const Settings& settings, const Plan& plan,
                Talk& talk) {
  const auto lines = fmt::format("{} {}", grouped(plan.send), plan.send == 1 ? "line" : "lines");
  if (plan.send == 0) {
    talk.info("replay", "nothing to send");
  } else if (options.print) {
    talk.info("replay", lines + " written to standard output; none added to the events file");
  } else if (options.yes) {
    talk.info("replay", fmt::format("{} added to {}; the monitor reads them next", lines,
                                    settings.source.path));
  } else {
    talk.info("replay", fmt::format("{} would be added to {}; nothing was done: say --yes to do it",
                                    lines, settings.source.path));
  }
}

}  // namespace

Result<void> replay_letters(const ReplayOptions& options, Talk& talk) {
  if (auto done = check_selection(options.selection); !done) return done;
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  if (auto done = need_files(*settings, "dead-letters replay"); !done) return done;
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  // Held from before the look at what it holds until the lines are added: two replays at once do
  // not send the same lines.
  std::optional<AppendedFile> events;
  if (!options.print) {
    auto opened = open_events(*settings);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    events.emplace(std::move(*opened));
  }
  auto store = Store::open(settings->store, Store::Mode::kReader);
  if (!store) return tl::unexpected(store.error());
  const bool mended = !options.from.empty();
  const auto candidates =
      mended ? mended_lines(options.from) : refused_lines(*settings, **store, options.selection);
  if (!candidates) return tl::unexpected(candidates.error());
  const auto plan = make_plan(*candidates, *settings, *rules, **store, events.has_value());
  if (!plan) return tl::unexpected(plan.error());
  if (mended && plan->fault_count > 0) return refuse_faults(options, *plan);
  say_left_out(*candidates, *plan, mended, talk);
  const bool add = options.yes && events && plan->send > 0;
  if (add) {
    if (auto done = events->append(plan->lines); !done) return done;
  }
  say_result(options, *settings, *plan, talk);
  if (options.print) return print(plan->lines);
  return options.json ? print(plan_json(*candidates, *plan, add)) : Result<void>();
}

}  // namespace yujing::app

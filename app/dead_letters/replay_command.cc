// yujing dead-letters replay: mended events, or refused ones that would pass now, back to the
// source.
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "app/dead_letters/commands.h"
#include "app/dead_letters/letters.h"
#include "app/dead_letters/replay_target.h"
#include "app/json_text.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/rules.h"
#include "consumer/line_source.h"
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

Result<Candidates> refused_lines(const Settings& settings, const StoreView& stores,
                                 const LetterSelection& selection) {
  Candidates candidates;
  auto read = read_letters(settings, stores, selection, [&](const Letter& letter) -> Result<bool> {
    if (!letter.letter.is_event) {
      ++candidates.records;
      return true;
    }
    if (!letter.closed.empty()) {
      return fail(ErrorCode::kInput,
                  fmt::format("dead letter {}: {}", letter.number, letter.closed));
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
  std::vector<std::string_view> send;  // lines
  std::map<Fate, std::uint64_t> left_out;
  std::map<std::string, std::uint64_t> refused;
  std::vector<std::string> faults;  // the first of those that would be refused or passed over
  std::uint64_t fault_count = 0;

  [[nodiscard]] std::string lines() const {
    std::string text;
    for (const auto line : send) {
      text += line;
      text += '\n';
    }
    return text;
  }
  void add(const Candidate& candidate, const consumer::Judged& judged) {
    if (judged.fate == Fate::kSend) {
      send.push_back(candidate.bytes);
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

// Who judges a line: each store knows its own persons.
class Judges {
 public:
  Judges(const thresholds::RuleBook& rules, const StoreView& stores)
      : rules_(rules), stores_(stores) {}

  Result<consumer::Replay*> judge_of(std::string_view line) {
    const auto store = stores_.store_of(consumer::settlement_name(line).psn_no);
    if (!store) return tl::unexpected(store.error());
    return &judges_.try_emplace(*store, rules_, **store).first->second;
  }
  Result<void> wait(std::string_view line) {
    const auto judge = judge_of(line);
    if (!judge) return tl::unexpected(judge.error());
    return (*judge)->wait(line);
  }

 private:
  const thresholds::RuleBook& rules_;
  const StoreView& stores_;
  std::map<Store*, consumer::Replay> judges_;
};

Result<Plan> make_plan(const Candidates& candidates, const Rules& rules, const StoreView& stores,
                       const ReplayTarget* target) {
  Judges judges(rules.book, stores);
  for (const auto& candidate : candidates.lines) {
    const auto judge = judges.judge_of(candidate.bytes);
    if (!judge) return tl::unexpected(judge.error());
    (*judge)->expect(candidate.bytes);
  }
  if (target != nullptr) {
    auto done = target->unread(stores, [&](std::string_view line) { return judges.wait(line); });
    if (!done) return tl::unexpected(std::move(done.error()));
  }
  Plan plan;
  for (const auto& candidate : candidates.lines) {
    const auto judge = judges.judge_of(candidate.bytes);
    if (!judge) return tl::unexpected(judge.error());
    const auto judged = (*judge)->judge(candidate.bytes);
    if (!judged) return tl::unexpected(judged.error());
    plan.add(candidate, *judged);
  }
  return plan;
}

constexpr std::array<std::pair<Fate, std::string_view>, 4> kHarmless = {
    {{Fate::kCounted, "in the ledger already"},
     {Fate::kWaiting, "sent already, not yet read"},
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
  line.number("to_send", static_cast<std::int64_t>(plan.send.size()));
  line.number("sent", sent ? static_cast<std::int64_t>(plan.send.size()) : 0);
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

void say_result(const ReplayOptions& options, const std::string& target, const Plan& plan,
                Talk& talk) {
  const auto count = plan.send.size();
  const auto lines = fmt::format("{} {}", grouped(count), count == 1 ? "line" : "lines");
  if (count == 0) {
    talk.info("replay", "nothing to send");
  } else if (options.print) {
    talk.info("replay", lines + " written to standard output; none sent");
  } else if (options.yes) {
    talk.info("replay", fmt::format("{} added to {}; the monitor reads them next", lines, target));
  } else {
    talk.info("replay", fmt::format("{} would be added to {}; nothing was done: say --yes to do it",
                                    lines, target));
  }
}

}  // namespace

Result<void> replay_letters(const ReplayOptions& options, Talk& talk) {
  if (auto done = check_selection(options.selection); !done) return done;
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  // A file is held from before the look at what it holds until the lines are added: two replays at
  // once do not send the same lines. To a topic they may, and the second is a duplicate there.
  std::optional<ReplayTarget> target;
  if (!options.print) {
    auto opened = ReplayTarget::open(*settings);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    target.emplace(std::move(*opened));
  }
  const auto stores = StoreView::open(settings->store);
  if (!stores) return tl::unexpected(stores.error());
  const bool mended = !options.from.empty();
  const auto candidates =
      mended ? mended_lines(options.from) : refused_lines(*settings, *stores, options.selection);
  if (!candidates) return tl::unexpected(candidates.error());
  const auto plan = make_plan(*candidates, *rules, *stores, target ? &*target : nullptr);
  if (!plan) return tl::unexpected(plan.error());
  if (mended && plan->fault_count > 0) return refuse_faults(options, *plan);
  say_left_out(*candidates, *plan, mended, talk);
  const bool add = options.yes && target && !plan->send.empty();
  if (add) {
    if (auto done = target->add(plan->send); !done) return done;
  }
  say_result(options, target ? target->name() : "", *plan, talk);
  if (options.print) return print(plan->lines());
  return options.json ? print(plan_json(*candidates, *plan, add)) : Result<void>();
}

}  // namespace yujing::app

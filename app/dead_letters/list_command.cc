// yujing dead-letters list: refused events, for people, as JSON, or the lines themselves.
#include <map>

#include <fmt/format.h>

#include "app/dead_letters/commands.h"
#include "app/dead_letters/letters.h"
#include "app/json_text.h"
#include "app/output.h"
#include "app/progress.h"

namespace yujing::app {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

std::string letter_json(const Letter& letter, bool bytes) {
  std::string out;
  JsonLine line(out);
  line.number("number", static_cast<std::int64_t>(letter.number));
  line.text("reason", letter.letter.reason);
  line.text("message", letter.letter.message);
  line.text("position", letter.letter.position);
  if (letter.in_ledger) {
    line.truth("in_ledger", *letter.in_ledger);
  } else {
    line.null("in_ledger");
  }
  if (bytes) line.text("bytes", consumer::readable(letter.letter.bytes));
  line.end_line();
  return out;
}

std::string letter_text(const Letter& letter, bool bytes) {
  std::string text = fmt::format("#{}  {}  {}{}\n    {}\n", letter.number, letter.letter.reason,
                                 consumer::readable(letter.letter.position),
                                 letter.in_ledger.value_or(false) ? "  (in the ledger by now)" : "",
                                 consumer::readable(letter.letter.message));
  if (bytes) text += fmt::format("    {}\n", consumer::readable(letter.letter.bytes));
  return text;
}

// "12 dead letters: 8 sums_disagree, 4 bad_date; 3 of them in the ledger by now"
class Counts {
 public:
  void add(const Letter& letter) {
    ++all_;
    ++reasons_[letter.letter.reason];
    if (letter.in_ledger.value_or(false)) ++in_ledger_;
  }
  [[nodiscard]] std::string words() const {
    if (all_ == 0) return "no dead letters";
    std::string reasons;
    for (const auto& [reason, n] : reasons_) {
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", grouped(n), reason);
    }
    std::string text =
        fmt::format("{} dead {}: {}", grouped(all_), all_ == 1 ? "letter" : "letters", reasons);
    if (in_ledger_ > 0) {
      text += fmt::format("; of {} the settlement is in the ledger by now", grouped(in_ledger_));
    }
    return text;
  }

 private:
  std::uint64_t all_ = 0;
  std::uint64_t in_ledger_ = 0;
  std::map<std::string, std::uint64_t> reasons_;
};

}  // namespace

Result<void> list_letters(const ListLettersOptions& options, Talk& talk) {
  if (auto done = check_selection(options.selection); !done) return done;
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto stores = StoreView::open(settings->store);
  if (!stores) return tl::unexpected(stores.error());
  Output output;
  Counts counts;
  const auto show = [&](const Letter& letter) -> Result<bool> {
    counts.add(letter);
    if (!letter.closed.empty() && (options.raw || options.bytes)) {
      return fail(ErrorCode::kInput,
                  fmt::format("dead letter {}: {}", letter.number, letter.closed));
    }
    if (options.raw) {
      output.buffer() += letter.letter.bytes;
      output.buffer() += '\n';
    } else {
      output.buffer() +=
          options.json ? letter_json(letter, options.bytes) : letter_text(letter, options.bytes);
    }
    if (auto done = output.write_when_full(); !done) return tl::unexpected(done.error());
    return true;
  };
  if (auto done = read_letters(*settings, *stores, options.selection, show); !done) return done;
  if (options.raw || options.json) {
    talk.info("dead_letters", counts.words());
  } else {
    output.buffer() += counts.words() + "\n";
  }
  return output.finish();
}

}  // namespace yujing::app

// yujing export totals|alerts|ledger: what the store holds, read beside whoever writes it.
#include <set>

#include <fmt/format.h>

#include "app/commands.h"
#include "app/export_line.h"
#include "app/output.h"
#include "app/progress.h"
#include "app/rules.h"
#include "app/store_reading.h"
#include "app/store_view.h"

namespace yujing::app {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

// Up to which event the store has read when it was opened.
void say_position(const StoreView& view, Talk& talk) {
  const auto position = read_position(view);
  if (!position) {
    talk.warning("position_unknown", position.error().message);
    return;
  }
  talk.info("position",
            position->empty() ? std::string("no event read yet") : "as of " + *position);
}

// How far the export is, for a terminal that the data itself does not go to.
class ExportProgress {
 public:
  ExportProgress(Talk& talk, const StoreView& view)
      : progress_(talk), shown_(!output_is_terminal()), persons_(view.person_count()) {}
  void person() {
    if (shown_ && ++done_ % kTellEvery == 0) {
      progress_.update("export", done_, persons_, ProgressUnit::kItems);
    }
  }

 private:
  static constexpr std::uint64_t kTellEvery = 1024;
  Progress progress_;
  bool shown_;
  std::uint64_t persons_;
  std::uint64_t done_ = 0;
};

Result<void> export_years_of_all(const StoreView& view, const thresholds::RuleBook& book,
                                 ExportKind kind, Talk& talk) {
  Output output;
  ExportProgress progress(talk, view);
  Result<void> written;
  std::set<thresholds::CityCode> unknown;
  auto read = view.persons([&](const monitor::PersonState& person, monitor::Store&) {
    progress.person();
    const auto years = export_years(book, person);
    unknown.insert(years.unknown.begin(), years.unknown.end());
    for (const auto& year : years.years) {
      if (kind == ExportKind::kTotals) {
        append_totals(output.buffer(), person.psn_no, year);
      } else {
        append_alerts(output.buffer(), person.psn_no, year);
      }
    }
    written = output.write_when_full();
    return written.has_value();
  });
  if (!written) return written;
  if (!read) return read;
  if (auto done = output.finish(); !done) return done;
  if (unknown.empty()) return {};
  return fail(
      ErrorCode::kConfiguration,
      fmt::format(
          "left out: accounts of areas {}, for which there is no policy; name the folder that has "
          "it with `policies:` or --policies (known: {})",
          fmt::join(unknown, ", "), known_cities(book)));
}

Result<void> export_ledger(const StoreView& view, const thresholds::RuleBook& book, Talk& talk) {
  Output output;
  ExportProgress progress(talk, view);
  std::string last;
  Result<void> written;
  auto read = view.entries(
      [&](std::string_view psn_no, std::string_view setl_id, const monitor::Entry& entry) {
        if (psn_no != last) progress.person();
        last = psn_no;
        append_entry(output.buffer(), book, psn_no, setl_id, entry);
        written = output.write_when_full();
        return written.has_value();
      });
  if (!written) return written;
  if (!read) return read;
  return output.finish();
}

}  // namespace

Result<void> export_store(const ExportOptions& options, Talk& talk) {
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto rules = load_rules(settings->policies, settings->reference);
  if (!rules) return tl::unexpected(rules.error());
  const auto view = StoreView::open(settings->store);
  if (!view) return tl::unexpected(view.error());
  say_position(*view, talk);
  if (options.kind == ExportKind::kLedger) return export_ledger(*view, rules->book, talk);
  return export_years_of_all(*view, rules->book, options.kind, talk);
}

}  // namespace yujing::app

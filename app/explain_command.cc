// `yujing explain`: one case, or one person and year of the store.
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerts/lists/list_heading.h"
#include "app/commands.h"
#include "app/explanation.h"
#include "app/json_text.h"
#include "app/output.h"
#include "app/rules.h"
#include "app/store_reading.h"
#include "app/store_view.h"
#include "consumer/file_monitor.h"
#include "consumer/line_source.h"
#include "consumer/refolding.h"

namespace yujing::app {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json(out, text);
  return out;
}

// The whole file as one document, so that a case may be written over several lines.
Result<std::string> read_case(const std::string& path) {
  consumer::LineSourceOptions options;
  options.path = path;
  if (path != "-" && !consumer::LineSource::open(options)) {
    return fail(ErrorCode::kInput,
                fmt::format("{}: the case file cannot be read; check the path", path));
  }
  Result<consumer::LineSource> source = consumer::LineSource::open(std::move(options));
  if (!source) return tl::unexpected(std::move(source.error()));
  std::string text;
  consumer::LineSource::Line line;
  while (true) {
    const Result<consumer::LineSource::Next> next = source->next(line);
    if (!next) return tl::unexpected(next.error());
    if (*next != consumer::LineSource::Next::kLine) return text;
    text.append(line.bytes);
    text += ' ';
  }
}

bool knows_rule(const thresholds::CityRules& city, const std::string& rule) {
  return rule.empty() || latest_rule(city, rule) != nullptr;
}

Result<void> check_rule(std::span<const thresholds::CityRules> cities, const std::string& rule) {
  std::string known;
  for (const thresholds::CityRules& city : cities) {
    if (knows_rule(city, rule)) return {};
    known += fmt::format("{}{}: ", known.empty() ? "" : "; ", city.id);
    const auto ids = rule_ids(city);
    known += ids.empty() ? "none" : fmt::format("{}", fmt::join(ids, ", "));
  }
  return fail(ErrorCode::kUsage,
              fmt::format("--rule `{}`: there is no such warning rule; known: {}", rule, known));
}

// What is asked, answered from one folded person: as a page, or as a line of JSON.
class Answer {
 public:
  Answer(const ExplainOptions& options, const CaseResult& result, const thresholds::RuleBook& book,
         const thresholds::Reference& reference)
      : options_(options),
        result_(result),
        warnings_(judge_years(result, book, reference, options.year)) {}

  [[nodiscard]] std::string page(const ExplanationTitle& title) const {
    return options_.rule.empty() ? explanation(title, result_, warnings_)
                                 : rule_explanation(title, result_, warnings_, options_.rule);
  }

  void append_line(std::string& out, const std::string& case_id_json) const {
    std::string rules;
    for (const YearWarnings& year : warnings_) {
      if (options_.year && *options_.year != year.year) continue;
      if (!rules.empty()) rules += ',';
      append_rules(rules, *result_.city, year, options_.rule);
    }
    rules = "[" + rules + "]";
    if (options_.rule.empty()) return append_result(out, case_id_json, result_, rules);
    JsonLine json(out);
    json.raw("case_id", case_id_json);
    json.text("city", result_.city->id);
    json.raw("rules", rules);
    json.end_line();
  }

 private:
  const ExplainOptions& options_;
  const CaseResult& result_;
  std::vector<YearWarnings> warnings_;
};

Result<void> explain_case(const ExplainOptions& options) {
  Result<Rules> rules = load_rules(options.policies, options.reference);
  if (!rules) return tl::unexpected(std::move(rules.error()));
  Result<std::string> text = read_case(options.case_file);
  if (!text) return tl::unexpected(std::move(text.error()));
  consumer::CaseCodec codec(rules->book);
  const auto payout_case = codec.decode(*text);
  if (!payout_case) {
    return fail(ErrorCode::kInput,
                fmt::format("{}: {} ({})", options.case_file, payout_case.error().message,
                            payout_case.error().code));
  }
  if (auto done = check_rule({payout_case->city, 1}, options.rule); !done) return done;
  const CaseResult result = compute_case(*payout_case, rules->book, rules->reference, true);
  const Answer answer(options, result, rules->book,
                      payout_case->reference ? *payout_case->reference : rules->reference);
  if (options.json) {
    std::string out;
    answer.append_line(out, payout_case->case_id_json);
    return print(out);
  }
  ExplanationTitle title;
  title.year = options.year;
  title.who = payout_case->person.psn_no.empty()
                  ? fmt::format("案例 {}", payout_case->case_id_json)
                  : fmt::format("参保人 {}", payout_case->person.psn_no);
  return print(answer.page(title));
}

Result<void> explain_person(const ExplainOptions& options, Talk& talk) {
  Result<Settings> settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(std::move(settings.error()));
  Result<Rules> rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(std::move(rules.error()));
  if (auto done = check_rule(rules->book.cities, options.rule); !done) return done;
  const Result<StoreView> view = StoreView::open(settings->store);
  if (!view) return tl::unexpected(view.error());
  const Result<monitor::Store*> found = view->store_of(options.person);
  if (!found) return tl::unexpected(found.error());
  monitor::Store& store = **found;
  Result<std::optional<monitor::PersonState>> state = store.person(options.person);
  if (!state) return tl::unexpected(std::move(state.error()));
  if (!*state) {
    return fail(
        ErrorCode::kInput,
        "nothing is known of this person: check --person, and whether their bills were read");
  }
  std::vector<monitor::LedgerItem> items;
  std::set<thresholds::CityCode> cities;
  Result<void> read = store.items(options.person, [&](const monitor::LedgerItem& item) {
    cities.insert(item.content.city);
    items.push_back(item);
  });
  if (!read) return read;
  const Result<std::string> position = read_position(store);
  const Result<std::optional<std::string>> fingerprint = store.note(consumer::kRulesNote);
  if (fingerprint && *fingerprint &&
      **fingerprint != consumer::rules_fingerprint(rules->book, rules->reference)) {
    talk.warning("rules_changed",
                 "rules or reference figures have changed since the monitor last ran: this page "
                 "uses the new ones");
  }
  std::string out;
  for (const thresholds::CityRules& city : rules->book.cities) {
    if (!cities.contains(city.code) || !knows_rule(city, options.rule)) continue;
    const monitor::PersonState& person = **state;
    const CaseResult result =
        fold_person(city, rules->book, rules->reference,
                    monitor::make_facts(city, person.person ? &*person.person : nullptr,
                                        person.decision ? &*person.decision : nullptr),
                    items, true);
    const Answer answer(options, result, rules->book, rules->reference);
    if (options.json) {
      answer.append_line(out, json_string(options.person));
      continue;
    }
    ExplanationTitle title;
    title.who = fmt::format("参保人 {}", options.person);
    title.year = options.year;
    if (person.person && !person.person->insu_admdvs.empty())
      title.area = alerts::area_words(city, person.person->insu_admdvs);
    title.as_of = position.value_or("");
    if (!out.empty()) out += "\n";
    out += answer.page(title);
  }
  if (out.empty()) {
    return fail(ErrorCode::kInput,
                "this person has no bill in a city in use: check `cities` in the settings");
  }
  return print(out);
}

}  // namespace

Result<void> explain(const ExplainOptions& options, Talk& talk) {
  return options.case_file.empty() ? explain_person(options, talk) : explain_case(options);
}

}  // namespace yujing::app

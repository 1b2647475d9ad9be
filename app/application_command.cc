// yujing application: the application for assistance of one person, ready to sign.
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "alerts/applications/application_form.h"
#include "app/contacts.h"
#include "app/office_commands.h"
#include "app/output.h"
#include "app/rules.h"
#include "app/store_reading.h"
#include "app/store_view.h"

namespace yujing::app {
namespace {

using monitor::LedgerItem;
using monitor::PersonRecord;
using monitor::PersonState;
using monitor::Store;
using thresholds::CivilDay;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

const PersonRecord* record_of(const std::optional<PersonRecord>& record) {
  return record ? &*record : nullptr;
}

// What the store knows of the person.
struct Known {
  PersonState state;
  std::vector<LedgerItem> items;
};

Result<Known> read_known(Store& store, const std::string& psn_no) {
  auto state = store.person(psn_no);
  if (!state) return tl::unexpected(std::move(state.error()));
  if (!state->has_value()) {
    return fail(ErrorCode::kInput,
                "nothing is known of this person: check --person, and whether their bills were "
                "read");
  }
  Known known{std::move(**state), {}};
  auto read = store.items(psn_no, [&](const LedgerItem& item) { known.items.push_back(item); });
  if (!read) return tl::unexpected(std::move(read.error()));
  return known;
}

CivilDay latest_bill(const Known& known, thresholds::CityCode city) {
  CivilDay latest = thresholds::kNoStart;
  for (const LedgerItem& item : known.items) {
    if (item.counts && item.content.city == city) {
      latest = std::max(latest, thresholds::day_of(item.content.setl_time));
    }
  }
  return latest;
}

// Where the person is insured: the city of the latest bill that counts.
Result<const thresholds::CityRules*> city_of(const Known& known, const thresholds::RuleBook& book) {
  const thresholds::CityRules* found = nullptr;
  CivilDay latest = thresholds::kNoStart;
  for (const auto& city : book.cities) {
    const CivilDay day = latest_bill(known, city.code);
    if (day <= latest) continue;
    latest = day;
    found = &city;
  }
  if (found != nullptr) return found;
  return fail(ErrorCode::kInput,
              "this person has no bill in a city in use, so an application would cover nothing: "
              "check `cities` in the settings");
}

std::vector<monitor::Settlement> live_in(const Known& known, thresholds::CityCode city) {
  std::vector<monitor::Settlement> live;
  for (const LedgerItem& item : known.items) {
    if (item.counts && item.content.city == city) live.push_back(item.content);
  }
  std::ranges::sort(live, monitor::earlier);
  return live;
}

// The person's number as part of a file's name.
std::string default_file(const ApplicationOptions& options) {
  std::string name = options.person;
  std::ranges::replace_if(
      name, [](char c) { return c == '/' || static_cast<unsigned char>(c) <= ' '; }, '-');
  return fmt::format("application-{}-{}.xlsx", name, options.on);
}

}  // namespace

Result<void> make_application(const ApplicationOptions& options, Talk& talk) {
  const auto day = thresholds::parse_day(options.on);
  if (!day) {
    return fail(ErrorCode::kUsage, fmt::format("--on `{}`: write a day as 2026-08-15", options.on));
  }
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto rules = load_rules(*settings, CityChoice::kInUse);
  if (!rules) return tl::unexpected(rules.error());
  const auto view = StoreView::open(settings->store);
  if (!view) return tl::unexpected(view.error());
  if (auto done = check_same_rules(*view, *rules); !done) return done;
  const auto store = view->store_of(options.person);
  if (!store) return tl::unexpected(store.error());
  const auto known = read_known(**store, options.person);
  if (!known) return tl::unexpected(known.error());
  const auto city = city_of(*known, rules->book);
  if (!city) return tl::unexpected(city.error());
  const PersonRecord* const person = record_of(known->state.person);
  const PersonRecord* const decision = record_of(known->state.decision);
  const auto permission =
      alerts::may_apply(**city, monitor::make_facts(**city, person, decision), *day);
  if (permission.refusal != alerts::Refusal::kNone) {
    return fail(ErrorCode::kInput, alerts::refusal_words(**city, permission, *day));
  }
  const std::vector<std::string> asked = {options.person};
  const auto contacts = Contacts::read(settings->source.persons, asked);
  if (!contacts) return tl::unexpected(contacts.error());
  const auto contact = contacts->find(options.person);
  const auto position = read_position(**store);
  if (!position) return tl::unexpected(position.error());

  monitor::Calculator calculator(rules->book, **city, rules->reference);
  const alerts::History history(calculator, live_in(*known, (*city)->code));
  const auto application = alerts::suppose_approved(calculator, history, person, decision, *day);
  const std::string file = options.file.empty() ? default_file(options) : options.file;
  if (auto done = alerts::write_application(
          file, {application, known->state, contact ? &*contact : nullptr, *position});
      !done) {
    return done;
  }
  talk.info("application",
            fmt::format("{} bills from {} to {}; {} yuan would be due", application.bills.size(),
                        to_string(application.window.from), to_string(application.window.until),
                        thresholds::to_grouped_string(application.totals.due)));
  if (application.bills.empty()) {
    talk.warning("no_bills", "no bill lies in the window: the application would bring nothing");
  }
  if (!application.missing.empty()) {
    talk.warning("figures_missing",
                 fmt::format("not computed in full for want of {}; put them into the reference "
                             "file",
                             fmt::join(application.missing, ", ")));
  }
  return print(file + "\n");
}

}  // namespace yujing::app

#include "tests/monitor/desk.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "monitor/verify.h"

namespace yujing::monitor {

namespace {

// In memory where there is plenty, so that tests do not wait for a disk to sync.
std::filesystem::path place_for_folders() {
  constexpr std::uintmax_t kPlenty = 4ULL << 30;
  std::filesystem::path memory = "/dev/shm";
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(memory, failed);
  if (!failed && space.available != static_cast<std::uintmax_t>(-1) && space.available >= kPlenty) {
    return memory;
  }
  return std::filesystem::temp_directory_path();
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  path_ = (place_for_folders() / "yujing-test-XXXXXX").string();
  CHECK(mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::unique_ptr<Store> open_store(const std::string& path, Store::Mode mode) {
  return must(Store::open(path, mode));
}

void PlainAlerts::year_changed(const YearView& view, std::vector<AlertState>& alerts,
                               std::vector<AlertMessage>& messages) {
  const std::string& city = view.calculator.city().id;
  const auto say = [&](const char* what, AlertState& alert) {
    ++alert.revision;
    AlertMessage& message = messages.emplace_back();
    message.psn_no = view.person.psn_no;
    message.data =
        fmt::format("{} {} {} {} by {}", what, city, alert.rule, view.year, alert.by.setl_id);
  };
  for (AlertState& alert : alerts) {
    const bool holds =
        std::any_of(view.standings.begin(), view.standings.end(),
                    [&](const WarningStanding& s) { return s.rule->id == alert.rule; });
    if (!alert.open || holds) continue;
    alert.open = false;
    say("cleared", alert);
  }
  for (const WarningStanding& standing : view.standings) {
    const std::string& rule = standing.rule->id;
    auto at = std::lower_bound(alerts.begin(), alerts.end(), rule,
                               [](const AlertState& a, const auto& r) { return a.rule < r; });
    if (at == alerts.end() || at->rule != rule) {
      at = alerts.insert(at, AlertState());
      at->rule = rule;
    }
    at->by = standing.crossing.by;
    at->amount = standing.amount;
    if (at->open) continue;
    at->open = true;
    say("raised", *at);
  }
}

Desk::Desk() : store_(open_store(folder_.path())) { restart(); }

Outcome Desk::send(const Delivery& delivery) { return must(engine_->apply(delivery)); }
bool Desk::send(RecordKind kind, const PersonRecord& record) {
  return must(engine_->apply(kind, record));
}

void Desk::commit() {
  must(engine_->flush());
  for (AlertMessage& message : engine_->take_messages())
    messages_.push_back(std::move(message));
  must(store_->commit());
}

void Desk::restart() {
  if (engine_ != nullptr) {
    commit();
    refolds_ += engine_->refolds();
  }
  start();
}

void Desk::discard() {
  refolds_ += engine_->refolds();
  store_->discard();
  start();
}

void Desk::start() {
  engine_ = std::make_unique<Engine>(known_rules(), usual_figures(), *store_, alerts_);
  must(engine_->start());
}

void Desk::reopen() {
  commit();
  refolds_ += engine_->refolds();
  engine_.reset();
  store_.reset();
  store_ = open_store(folder_.path());
  restart();
}

PersonState Desk::person(std::string_view psn_no) {
  std::optional<PersonState> state = must(store_->person(psn_no));
  CHECK(state.has_value());
  return std::move(*state);
}

std::map<std::pair<std::string, std::int32_t>, YearAccount> Desk::accounts(
    std::string_view psn_no) {
  std::map<std::pair<std::string, std::int32_t>, YearAccount> accounts;
  for (const CityYear& year : person(psn_no).years) {
    if (year.account == YearAccount()) continue;
    accounts.emplace(std::pair(known_rules().by_code(year.city)->id, year.year), year.account);
  }
  return accounts;
}

YearAccount Desk::account(std::string_view city, std::int32_t year) {
  commit();
  const auto all = accounts();
  const auto found = all.find({std::string(city), year});
  return found == all.end() ? YearAccount() : found->second;
}

std::vector<std::string> Desk::messages() {
  commit();
  std::vector<std::string> texts;
  for (const AlertMessage& message : std::exchange(messages_, {}))
    texts.push_back(message.data);
  return texts;
}

std::vector<std::string> Desk::differences() {
  commit();
  return must(verify_store(*store_, known_rules(), usual_figures(), {})).differences;
}

}  // namespace yujing::monitor

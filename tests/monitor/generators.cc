#include "tests/monitor/generators.h"

#include <algorithm>
#include <limits>

#include <rapidcheck.h>

namespace yujing::monitor {

namespace {

bool maybe() { return *rc::gen::arbitrary<bool>(); }
std::size_t up_to(std::size_t most) { return *rc::gen::inRange<std::size_t>(0, most + 1); }

OrderKey any_key() { return {any_time(), any_text()}; }

PersonRecord any_record() {
  PersonRecord record;
  record.psn_no = "P1";
  record.insu_admdvs = any_text();
  record.hukou_admdvs = any_text();
  record.household_id = any_text();
  record.updt_time = maybe() ? kNoTime : any_time();
  for (std::size_t n = up_to(3); n > 0; --n) {
    record.categories.push_back({any_text(), maybe() ? thresholds::kNoStart : any_day(),
                                 maybe() ? thresholds::kNoEnd : any_day(), any_text()});
  }
  for (std::size_t n = up_to(3); n > 0; --n)
    record.applications.push_back(any_day());
  return record;
}

Money rarely_money() { return maybe() ? Money{} : any_money(); }

YearAccount any_account() {
  YearAccount account;
  Totals& totals = account.totals;
  totals.settlements = *rc::gen::inRange<std::int64_t>(0, 100'000);
  for (Money* amount :
       {&totals.medfee, &totals.own_expense, &totals.after_insurance, &totals.in_policy,
        &totals.assistance_due, &totals.watched, &totals.watched_assistance,
        &account.payout.counted, &account.payout.annual, &account.payout.remaining,
        &account.payout.accrued, &account.payout.further, &account.payout.lump,
        &account.critical_illness.special_drug, &account.critical_illness.special_drug_due,
        &account.warnings.started_amount}) {
    *amount = rarely_money();
  }
  for (Money& amount : totals.paid)
    amount = rarely_money();
  for (Money& amount : account.payout.by_care)
    amount = rarely_money();
  for (Money& amount : account.critical_illness.sums)
    amount = rarely_money();
  WarningAccount& warnings = account.warnings;
  if (maybe()) warnings.last = any_key();
  account.payout.last = maybe() ? warnings.last : any_key();
  if (maybe()) warnings.started = any_key();
  for (std::size_t n = up_to(3); n > 0; --n) {
    Crossing& crossing = warnings.crossings.emplace_back();
    crossing.rule = static_cast<std::uint8_t>(up_to(255));
    crossing.version = static_cast<std::uint8_t>(up_to(255));
    crossing.category = static_cast<std::uint8_t>(up_to(255));
    crossing.day = any_day();
    crossing.by = any_key();
  }
  return account;
}

AlertState any_alert() {
  AlertState alert;
  alert.rule = any_text();
  alert.open = maybe();
  alert.revision = *rc::gen::arbitrary<std::uint32_t>();
  alert.by = any_key();
  alert.category = any_text();
  if (maybe()) alert.line = any_money();
  alert.amount = any_money();
  alert.late = maybe();
  return alert;
}

}  // namespace

std::string any_text() { return *rc::gen::arbitrary<std::string>(); }

Money any_money() {
  const std::int64_t limit = *rc::gen::element<std::int64_t>(1, 128, 1'000'000, 1LL << 53);
  return {*rc::gen::inRange<std::int64_t>(-limit, limit + 1)};
}

BeijingTime any_time() {
  return {*rc::gen::inRange<std::int64_t>(-62'135'596'800, 253'402'300'800)};  // years 1 to 9999
}

CivilDay any_day() { return thresholds::day_of(any_time()); }

Entry any_entry() {
  Entry entry;
  entry.kind = *rc::gen::element(Entry::Kind::kEntered, Entry::Kind::kNoted, Entry::Kind::kUndone,
                                 Entry::Kind::kRestored);
  entry.seq = *rc::gen::arbitrary<std::uint32_t>();
  if (entry.kind != Entry::Kind::kEntered) entry.seq = std::max(entry.seq, 1U);  // one comes first
  entry.is_void = maybe();
  entry.counts = maybe();
  if (entry.kind == Entry::Kind::kEntered || entry.kind == Entry::Kind::kNoted) {
    entry.updt_time = maybe() ? kNoTime : any_time();
  }
  if (entry.kind == Entry::Kind::kUndone) entry.by = any_text();
  if (entry.kind != Entry::Kind::kEntered) return entry;
  Settlement& content = entry.content;
  content.psn_no = "P1";
  content.setl_id = "S1";
  content.setl_time = any_time();
  content.begndate = maybe() ? kNoDay : any_day();
  content.enddate = maybe() ? kNoDay : any_day();
  content.city = *rc::gen::inRange(0, 10'000);
  for (Money& amount : content.amounts)
    amount = rarely_money();
  for (std::string& text : content.texts) {
    if (maybe()) text = any_text();
  }
  return entry;
}

PersonState any_person_state() {
  PersonState state;
  state.psn_no = "P1";
  if (maybe()) state.person = any_record();
  if (maybe()) state.decision = any_record();
  state.reversals_by_id = maybe();
  state.reversals_by_visit = maybe();
  for (IdMarks* marks : {&state.settlements, &state.reversed}) {
    for (std::size_t n = maybe() ? up_to(3) : up_to(2 * IdMarks::kMarksMax); n > 0; --n)
      marks->keep(static_cast<std::uint16_t>(up_to(65'535)));
  }
  for (std::size_t n = up_to(4); n > 0; --n) {
    CityYear& year = state.year_of(*rc::gen::inRange(1000, 10'000), *rc::gen::inRange(2000, 2100));
    year.account = any_account();
    year.alerts.clear();
    for (std::size_t alerts = up_to(2); alerts > 0; --alerts)
      year.alerts.push_back(any_alert());
  }
  return state;
}

void damage(std::string& bytes) {
  for (std::size_t times = 1 + up_to(3); times > 0; --times) {
    const std::size_t at = up_to(bytes.size());
    const char byte = *rc::gen::arbitrary<char>();
    switch (up_to(2)) {
      case 0:
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), byte);
        break;
      case 1:
        bytes.resize(at);
        break;
      default:
        if (at < bytes.size()) bytes[at] = byte;
    }
  }
}

}  // namespace yujing::monitor

#include "monitor/person_state.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "monitor/bytes.h"

namespace yujing::monitor {

CityYear& PersonState::year_of(thresholds::CityCode city, std::int32_t year) {
  const auto at = std::lower_bound(
      years.begin(), years.end(), std::tuple(city, year),
      [](const CityYear& y, auto key) { return std::tuple(y.city, y.year) < key; });
  if (at != years.end() && at->city == city && at->year == year) return *at;
  CityYear fresh;
  fresh.city = city;
  fresh.year = year;
  return *years.insert(at, std::move(fresh));
}

const CityYear* PersonState::find(thresholds::CityCode city, std::int32_t year) const {
  for (const CityYear& y : years) {
    if (y.city == city && y.year == year) return &y;
  }
  return nullptr;
}

namespace {

// Numbers are written through one list of fields for both ways, so that they cannot differ. A list
// of amounts is a bit set of those that are not zero, then those.
constexpr unsigned kAccountAmounts =
    16 + thresholds::kPayers + thresholds::kCareKinds + CriticalIllnessAccount().sums.size();
template <class Visit>
void each_amount(YearAccount& account, Visit visit) {
  Totals& t = account.totals;
  visit(t.medfee), visit(t.own_expense), visit(t.after_insurance), visit(t.in_policy);
  visit(t.assistance_due), visit(t.watched), visit(t.watched_assistance);
  for (Money& amount : t.paid)
    visit(amount);
  PayoutAccount& p = account.payout;
  visit(p.counted), visit(p.annual), visit(p.remaining), visit(p.accrued), visit(p.further),
      visit(p.lump);
  for (Money& amount : p.by_care)
    visit(amount);
  CriticalIllnessAccount& c = account.critical_illness;
  for (Money& amount : c.sums)
    visit(amount);
  visit(c.special_drug), visit(c.special_drug_due), visit(account.warnings.started_amount);
}

void put_key(std::string& out, const OrderKey& key) {
  put_signed(out, key.setl_time.seconds);
  put_text(out, key.setl_id);
}

OrderKey read_key(ByteReader& in) {
  OrderKey key;
  key.setl_time.seconds = in.signed_varint();
  key.setl_id = in.text();
  return key;
}

// `last` is written whole; the other keys most often equal it and then take one byte.
void put_key_near(std::string& out, const OrderKey& key, const OrderKey& near) {
  if (key == near) {
    out.push_back(0);
  } else {
    out.push_back(1);
    put_key(out, key);
  }
}

OrderKey read_key_near(ByteReader& in, const OrderKey& near) {
  return in.bits(1) == 0 ? near : read_key(in);
}

void put_account(std::string& out, const YearAccount& account) {
  put_signed(out, account.totals.settlements);
  std::uint64_t present = 0;
  unsigned i = 0;
  auto& fields = const_cast<YearAccount&>(account);  // each_amount only reads here
  each_amount(fields, [&](Money& amount) { present |= std::uint64_t{amount.fen != 0} << i++; });
  put_varint(out, present);
  each_amount(fields, [&](Money& amount) {
    if (amount.fen != 0) put_signed(out, amount.fen);
  });
  put_key(out, account.warnings.last);
  put_key_near(out, account.payout.last, account.warnings.last);
  put_key_near(out, account.warnings.started, OrderKey{});
  put_varint(out, account.warnings.crossings.size());
  for (const Crossing& crossing : account.warnings.crossings) {
    out.push_back(static_cast<char>(crossing.rule));
    out.push_back(static_cast<char>(crossing.version));
    out.push_back(static_cast<char>(crossing.category));
    put_signed(out, crossing.day.days);
    put_key(out, crossing.by);
  }
}

void read_account(ByteReader& in, YearAccount& account) {
  account.totals.settlements = in.signed_varint();
  const std::uint64_t present = in.bits(kAccountAmounts);
  unsigned i = 0;
  each_amount(account, [&](Money& amount) {
    if ((present >> i++ & 1U) != 0) amount.fen = in.signed_varint();
  });
  account.warnings.last = read_key(in);
  account.payout.last = read_key_near(in, account.warnings.last);
  account.warnings.started = read_key_near(in, OrderKey{});
  const std::size_t crossings = in.count();
  for (std::size_t n = 0; n < crossings && in.ok(); ++n) {
    Crossing& crossing = account.warnings.crossings.emplace_back();
    crossing.rule = in.byte();
    crossing.version = in.byte();
    crossing.category = in.byte();
    crossing.day.days = static_cast<std::int32_t>(in.signed_varint());
    crossing.by = read_key(in);
  }
}

void put_record(std::string& out, const PersonRecord& record) {
  put_text(out, record.insu_admdvs);
  put_text(out, record.hukou_admdvs);
  put_text(out, record.household_id);
  put_signed(out, record.updt_time.seconds);
  put_varint(out, record.categories.size());
  for (const HeldCategory& held : record.categories) {
    put_text(out, held.category);
    put_signed(out, held.from.days);
    put_signed(out, held.until.days);
    put_text(out, held.certified_by);
  }
  put_varint(out, record.applications.size());
  for (const CivilDay day : record.applications)
    put_signed(out, day.days);
}

PersonRecord read_record(ByteReader& in, std::string_view psn_no) {
  PersonRecord record;
  record.psn_no = psn_no;
  record.insu_admdvs = in.text();
  record.hukou_admdvs = in.text();
  record.household_id = in.text();
  record.updt_time.seconds = in.signed_varint();
  const std::size_t categories = in.count();
  for (std::size_t n = 0; n < categories && in.ok(); ++n) {
    HeldCategory& held = record.categories.emplace_back();
    held.category = in.text();
    held.from.days = static_cast<std::int32_t>(in.signed_varint());
    held.until.days = static_cast<std::int32_t>(in.signed_varint());
    held.certified_by = in.text();
  }
  const std::size_t applications = in.count();
  for (std::size_t n = 0; n < applications && in.ok(); ++n) {
    record.applications.push_back({static_cast<std::int32_t>(in.signed_varint())});
  }
  return record;
}

void put_alert(std::string& out, const AlertState& alert) {
  put_text(out, alert.rule);
  out.push_back(
      static_cast<char>((alert.open ? 1 : 0) | (alert.late ? 2 : 0) | (alert.line ? 4 : 0)));
  put_varint(out, alert.revision);
  put_key(out, alert.by);
  put_text(out, alert.category);
  if (alert.line) put_signed(out, alert.line->fen);
  put_signed(out, alert.amount.fen);
}

AlertState read_alert(ByteReader& in) {
  AlertState alert;
  alert.rule = in.text();
  const std::uint64_t flags = in.bits(3);
  alert.open = (flags & 1U) != 0;
  alert.late = (flags & 2U) != 0;
  alert.revision = static_cast<std::uint32_t>(in.varint());
  alert.by = read_key(in);
  alert.category = in.text();
  if ((flags & 4U) != 0) alert.line = Money{in.signed_varint()};
  alert.amount.fen = in.signed_varint();
  return alert;
}

}  // namespace

void encode(const PersonState& state, std::string& out) {
  out.push_back(static_cast<char>((state.person ? 1 : 0) | (state.decision ? 2 : 0) |
                                  (state.reversals_by_id ? 4 : 0) |
                                  (state.reversals_by_visit ? 8 : 0)));
  if (state.person) put_record(out, *state.person);
  if (state.decision) put_record(out, *state.decision);
  put_varint(out, state.years.size());
  for (const CityYear& year : state.years) {
    put_varint(out, static_cast<std::uint64_t>(year.city));
    put_signed(out, year.year);
    put_account(out, year.account);
    put_varint(out, year.alerts.size());
    for (const AlertState& alert : year.alerts)
      put_alert(out, alert);
  }
}

thresholds::Result<PersonState> decode_person_state(std::string_view psn_no,
                                                    std::string_view bytes) {
  ByteReader in(bytes);
  PersonState state;
  state.psn_no = psn_no;
  const std::uint64_t flags = in.bits(4);
  state.reversals_by_id = (flags & 4U) != 0;
  state.reversals_by_visit = (flags & 8U) != 0;
  if ((flags & 1U) != 0) state.person = read_record(in, psn_no);
  if ((flags & 2U) != 0) state.decision = read_record(in, psn_no);
  const std::size_t years = in.count();
  for (std::size_t n = 0; n < years && in.ok(); ++n) {
    CityYear& year = state.years.emplace_back();
    year.city = static_cast<thresholds::CityCode>(in.varint());
    year.year = static_cast<std::int32_t>(in.signed_varint());
    read_account(in, year.account);
    const std::size_t alerts = in.count();
    for (std::size_t a = 0; a < alerts && in.ok(); ++a)
      year.alerts.push_back(read_alert(in));
  }
  if (!in.ok() || !in.at_end()) {
    return thresholds::fail(
        thresholds::ErrorCode::kInput,
        "the store holds a damaged person record: run `yujing store verify`, then restore the "
        "store from a copy or delete it and read the source again");
  }
  return state;
}

}  // namespace yujing::monitor

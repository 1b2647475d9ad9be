#include "monitor/person_state.h"

#include <algorithm>
#include <bit>
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

void PersonState::begin(std::string_view new_psn_no) {
  psn_no = new_psn_no;
  person.reset();
  decision.reset();
  reversals_by_id = reversals_by_visit = false;
  settlements.clear();
  reversed.clear();
  years.clear();
}

namespace {

// Years are written as so many from here.
constexpr std::int32_t kYearOrigin = 2026;

constexpr std::size_t kHifp = static_cast<std::size_t>(thresholds::Payer::kHifp);
constexpr std::size_t kMaf = static_cast<std::size_t>(thresholds::Payer::kMaf);

// The amounts of an account in the order they are written, the same for both ways; those of
// everybody first, so that their bits are few.
constexpr std::size_t kNamedAmounts = 17;
constexpr std::size_t kSums = CriticalIllnessAccount().sums.size();
constexpr std::size_t kAccountAmounts =
    kNamedAmounts + kSums + thresholds::kCareKinds + thresholds::kPayers - 1;

std::array<Money*, kAccountAmounts> amounts_of(YearAccount& account) {
  Totals& t = account.totals;
  PayoutAccount& p = account.payout;
  CriticalIllnessAccount& c = account.critical_illness;
  std::array<Money*, kAccountAmounts> amounts = {&t.medfee,
                                                 &t.own_expense,
                                                 &t.in_policy,
                                                 &t.paid[kHifp],
                                                 &t.after_insurance,
                                                 &t.watched,
                                                 &t.watched_assistance,
                                                 &t.assistance_due,
                                                 &p.counted,
                                                 &p.annual,
                                                 &p.remaining,
                                                 &p.accrued,
                                                 &p.further,
                                                 &p.lump,
                                                 &c.special_drug,
                                                 &c.special_drug_due,
                                                 &account.warnings.started_amount};
  std::size_t next = kNamedAmounts;
  for (Money& amount : c.sums)
    amounts[next++] = &amount;
  for (Money& amount : p.by_care)
    amounts[next++] = &amount;
  for (Money& amount : t.paid) {
    if (&amount != &t.paid[kHifp]) amounts[next++] = &amount;
  }
  return amounts;
}

// Some of them follow from others most often, and only what they differ by is written. W is what
// the payers leave; the watched burden is W; the assistance on it is what was paid.
constexpr std::size_t kAfterInsurance = 4;
constexpr std::size_t kWatched = 5;
constexpr std::size_t kWatchedAssistance = 6;

std::int64_t derived(const Totals& totals, std::size_t which) {
  if (which == kWatched) return totals.after_insurance.fen;
  if (which == kWatchedAssistance) return totals.paid[kMaf].fen;
  std::int64_t rest = totals.medfee.fen;
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    if (i != kMaf) rest = minus(rest, totals.paid[i].fen);
  }
  return rest;
}

void put_amounts(std::string& out, const YearAccount& account) {
  const auto amounts = amounts_of(const_cast<YearAccount&>(account));  // only reads here
  std::array<std::int64_t, kAccountAmounts> values;
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < kAccountAmounts; ++i)
    values[i] = amounts[i]->fen;
  for (const std::size_t i : {kAfterInsurance, kWatched, kWatchedAssistance})
    values[i] = minus(values[i], derived(account.totals, i));
  for (std::size_t i = 0; i < kAccountAmounts; ++i)
    present |= std::uint64_t{values[i] != 0} << i;
  put_varint(out, present);
  for (; present != 0; present &= present - 1)
    put_signed(out, values[static_cast<unsigned>(std::countr_zero(present))]);
}

void read_amounts(ByteReader& in, YearAccount& account) {
  const auto amounts = amounts_of(account);
  for (Money* const amount : amounts)
    amount->fen = 0;
  for (std::uint64_t present = in.bits(kAccountAmounts); present != 0; present &= present - 1)
    amounts[static_cast<unsigned>(std::countr_zero(present))]->fen = in.signed_varint();
  for (const std::size_t i : {kAfterInsurance, kWatched, kWatchedAssistance})
    amounts[i]->fen = plus(amounts[i]->fen, derived(account.totals, i));
}

void put_key(std::string& out, const OrderKey& key) {
  put_time(out, key.setl_time);
  put_packed(out, key.setl_id);
}

void read_key(ByteReader& in, OrderKey& key) {
  key.setl_time = read_time(in);
  in.packed(key.setl_id);
}

// Amounts that the rules of few cities move.
constexpr std::size_t kRareAmounts = 1 + 2 * thresholds::kAllowancesMax;

std::array<Money*, kRareAmounts> rare_amounts_of(PayoutAccount& account) {
  std::array<Money*, kRareAmounts> amounts = {&account.cut_off};
  std::size_t next = 1;
  for (AllowanceSums& allowance : account.allowances) {
    amounts[next++] = &allowance.counted;
    amounts[next++] = &allowance.paid;
  }
  return amounts;
}

void put_rare_amounts(std::string& out, const PayoutAccount& account) {
  const auto amounts = rare_amounts_of(const_cast<PayoutAccount&>(account));  // only reads here
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < kRareAmounts; ++i)
    present |= std::uint64_t{amounts[i]->fen != 0} << i;
  put_varint(out, present);
  for (; present != 0; present &= present - 1)
    put_signed(out, amounts[static_cast<unsigned>(std::countr_zero(present))]->fen);
}

void clear_rare_amounts(PayoutAccount& account) {
  account.cut_off = Money{};
  account.allowances = {};
}

void read_rare_amounts(ByteReader& in, PayoutAccount& account) {
  const auto amounts = rare_amounts_of(account);
  for (std::uint64_t present = in.bits(kRareAmounts); present != 0; present &= present - 1)
    amounts[static_cast<unsigned>(std::countr_zero(present))]->fen = in.signed_varint();
}

bool has_rare_amounts(const PayoutAccount& account) {
  return account.cut_off != Money{} || account.allowances != PayoutAccount().allowances;
}

// What a year has besides its totals: most have nothing.
constexpr std::uint64_t kOwnPayoutKey = 1;  // payout.last is not warnings.last
constexpr std::uint64_t kStarted = 2;
constexpr std::uint64_t kCrossings = 4;
constexpr std::uint64_t kAlerts = 8;
constexpr std::uint64_t kHasRareAmounts = 16;
constexpr std::uint64_t kCrossingAmounts = 32;  // some crossing has one
constexpr unsigned kYearBits = 6;

void put_crossing(std::string& out, const Crossing& crossing) {
  out.push_back(static_cast<char>(crossing.rule));
  out.push_back(static_cast<char>(crossing.version));
  out.push_back(static_cast<char>(crossing.category));
  put_signed(out, crossing.day.days);
  put_key(out, crossing.by);
}

void read_crossing(ByteReader& in, Crossing& crossing) {
  crossing.rule = in.byte();
  crossing.version = in.byte();
  crossing.category = in.byte();
  crossing.day.days = static_cast<std::int32_t>(in.signed_varint());
  read_key(in, crossing.by);
  crossing.amount = Money{};  // it comes behind them all, where some has one
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

void read_alert(ByteReader& in, AlertState& alert) {
  alert.rule = in.text();
  const std::uint64_t flags = in.bits(3);
  alert.open = (flags & 1U) != 0;
  alert.late = (flags & 2U) != 0;
  alert.revision = static_cast<std::uint32_t>(in.varint());
  read_key(in, alert.by);
  alert.category = in.text();
  alert.line.reset();
  if ((flags & 4U) != 0) alert.line = Money{in.signed_varint()};
  alert.amount.fen = in.signed_varint();
}

template <class Element, class Put>
void put_list(std::string& out, const std::vector<Element>& list, Put put) {
  put_varint(out, list.size());
  for (const Element& element : list)
    put(out, element);
}

// `read` sets everything in an element: those that are there already are used again.
template <class Element, class Read>
void read_list(ByteReader& in, std::vector<Element>& list, Read read) {
  const std::size_t count = in.count();
  std::size_t n = 0;
  for (; n < count && in.ok(); ++n)
    read(in, n < list.size() ? list[n] : list.emplace_back());
  list.resize(n);
}

void put_year(std::string& out, const CityYear& year) {
  const YearAccount& account = year.account;
  put_varint(out, static_cast<std::uint64_t>(year.city));
  put_signed(out, year.year - kYearOrigin);
  put_signed(out, account.totals.settlements);
  put_amounts(out, account);
  put_key(out, account.warnings.last);
  const bool own_key = account.payout.last != account.warnings.last;
  const bool started = account.warnings.started != OrderKey();
  const auto& crossings = account.warnings.crossings;
  const bool rare = has_rare_amounts(account.payout);
  const bool with_amounts = std::any_of(crossings.begin(), crossings.end(),
                                        [](const Crossing& c) { return c.amount != Money{}; });
  put_varint(out, (own_key ? kOwnPayoutKey : 0) | (started ? kStarted : 0) |
                      (crossings.empty() ? 0 : kCrossings) | (year.alerts.empty() ? 0 : kAlerts) |
                      (rare ? kHasRareAmounts : 0) | (with_amounts ? kCrossingAmounts : 0));
  if (own_key) put_key(out, account.payout.last);
  if (started) put_key(out, account.warnings.started);
  if (!crossings.empty()) put_list(out, crossings, put_crossing);
  if (!year.alerts.empty()) put_list(out, year.alerts, put_alert);
  if (rare) put_rare_amounts(out, account.payout);
  if (!with_amounts) return;
  for (const Crossing& crossing : crossings)
    put_signed(out, crossing.amount.fen);
}

void read_year(ByteReader& in, CityYear& year) {
  YearAccount& account = year.account;
  year.city = static_cast<thresholds::CityCode>(in.varint());
  year.year = static_cast<std::int32_t>(plus(in.signed_varint(), kYearOrigin));
  account.totals.settlements = in.signed_varint();
  read_amounts(in, account);
  read_key(in, account.warnings.last);
  const std::uint64_t has = in.bits(kYearBits);
  account.payout.last = account.warnings.last;
  account.warnings.started.setl_time = kNoTime;
  account.warnings.started.setl_id.clear();
  account.warnings.crossings.clear();
  year.alerts.clear();
  clear_rare_amounts(account.payout);
  if ((has & kOwnPayoutKey) != 0) read_key(in, account.payout.last);
  if ((has & kStarted) != 0) read_key(in, account.warnings.started);
  if ((has & kCrossings) != 0) read_list(in, account.warnings.crossings, read_crossing);
  if ((has & kAlerts) != 0) read_list(in, year.alerts, read_alert);
  if ((has & kHasRareAmounts) != 0) read_rare_amounts(in, account.payout);
  if ((has & kCrossingAmounts) == 0) return;
  for (Crossing& crossing : account.warnings.crossings)
    crossing.amount.fen = in.signed_varint();
}

void put_category(std::string& out, const HeldCategory& held) {
  put_text(out, held.category);
  put_signed(out, held.from.days);
  put_signed(out, held.until.days);
  put_text(out, held.certified_by);
}

void read_category(ByteReader& in, HeldCategory& held) {
  held.category = in.text();
  held.from.days = static_cast<std::int32_t>(in.signed_varint());
  held.until.days = static_cast<std::int32_t>(in.signed_varint());
  held.certified_by = in.text();
}

void put_record(std::string& out, const PersonRecord& record) {
  put_packed(out, record.insu_admdvs);
  put_packed(out, record.hukou_admdvs);
  put_packed(out, record.household_id);
  put_time(out, record.updt_time);
  put_list(out, record.categories, put_category);
  put_list(out, record.applications,
           [](std::string& to, CivilDay day) { put_signed(to, day.days); });
}

void read_record(ByteReader& in, std::string_view psn_no, std::optional<PersonRecord>& kept) {
  PersonRecord& record = kept ? *kept : kept.emplace();
  record.psn_no = psn_no;
  in.packed(record.insu_admdvs);
  in.packed(record.hukou_admdvs);
  in.packed(record.household_id);
  record.updt_time = read_time(in);
  read_list(in, record.categories, read_category);
  read_list(in, record.applications, [](ByteReader& from, CivilDay& day) {
    day.days = static_cast<std::int32_t>(from.signed_varint());
  });
}

void put_marks(std::string& out, const IdMarks& marks) {
  put_varint(out, marks.marks().size());
  for (const std::uint16_t mark : marks.marks()) {
    out.push_back(static_cast<char>(mark & 0xFF));
    out.push_back(static_cast<char>(mark >> 8));
  }
}

void read_marks(ByteReader& in, IdMarks& marks) {
  const std::size_t count = in.count();
  for (std::size_t n = 0; n < count && in.ok(); ++n) {
    const unsigned low = in.byte();
    marks.keep(static_cast<std::uint16_t>(low | unsigned{in.byte()} << 8));
  }
}

// The first byte of a state.
constexpr std::uint64_t kHasPerson = 1;
constexpr std::uint64_t kHasDecision = 2;
constexpr std::uint64_t kReversalsById = 4;
constexpr std::uint64_t kReversalsByVisit = 8;
constexpr std::uint64_t kManySettlements = 16;  // their marks are not kept
constexpr std::uint64_t kManyReversed = 32;
constexpr unsigned kStateBits = 6;

}  // namespace

void encode(const PersonState& state, std::string& out) {
  put_varint(out, (state.person ? kHasPerson : 0) | (state.decision ? kHasDecision : 0) |
                      (state.reversals_by_id ? kReversalsById : 0) |
                      (state.reversals_by_visit ? kReversalsByVisit : 0) |
                      (state.settlements.many() ? kManySettlements : 0) |
                      (state.reversed.many() ? kManyReversed : 0));
  if (state.person) put_record(out, *state.person);
  if (state.decision) put_record(out, *state.decision);
  if (!state.settlements.many()) put_marks(out, state.settlements);
  if (!state.reversed.many()) put_marks(out, state.reversed);
  put_list(out, state.years, put_year);
}

thresholds::Result<void> decode_person_state(std::string_view psn_no, std::string_view bytes,
                                             PersonState& state) {
  ByteReader in(bytes);
  state.psn_no = psn_no;
  const std::uint64_t flags = in.bits(kStateBits);
  state.reversals_by_id = (flags & kReversalsById) != 0;
  state.reversals_by_visit = (flags & kReversalsByVisit) != 0;
  const auto read_record_of = [&](std::optional<PersonRecord>& record, std::uint64_t has) {
    if ((flags & has) != 0) {
      read_record(in, psn_no, record);
    } else {
      record.reset();
    }
  };
  read_record_of(state.person, kHasPerson);
  read_record_of(state.decision, kHasDecision);
  const auto read_marks_of = [&](IdMarks& marks, std::uint64_t many) {
    marks.clear();
    if ((flags & many) != 0) {
      marks.keep_none();
    } else {
      read_marks(in, marks);
    }
  };
  read_marks_of(state.settlements, kManySettlements);
  read_marks_of(state.reversed, kManyReversed);
  read_list(in, state.years, read_year);
  if (!in.ok() || !in.at_end()) {
    return thresholds::fail(
        thresholds::ErrorCode::kInput,
        "the store holds a damaged person record: run `yujing store verify`, then restore the "
        "store from a copy or delete it and read the source again");
  }
  return {};
}

}  // namespace yujing::monitor

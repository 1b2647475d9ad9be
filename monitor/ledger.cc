#include "monitor/ledger.h"

#include <bit>
#include <utility>

#include <fmt/format.h>

#include "monitor/bytes.h"

namespace yujing::monitor {

namespace {

// The first byte of an entry.
constexpr std::uint8_t kKindMask = 0x07;
constexpr std::uint8_t kVoidFlag = 0x08;
constexpr std::uint8_t kCountsFlag = 0x10;
constexpr std::uint8_t kUpdateTimeFlag = 0x20;
constexpr std::uint8_t kUsualDaysFlag = 0x40;  // both dates are the day of setl_time
constexpr std::uint8_t kHeadMask =
    kKindMask | kVoidFlag | kCountsFlag | kUpdateTimeFlag | kUsualDaysFlag;

// Beside the bits of the texts that are there.
constexpr std::uint64_t kHomePlace = 1U << kTexts;       // mdtrtarea_admvs is insu_admdvs
constexpr std::uint64_t kHomeCity = 1U << (kTexts + 1);  // the city is that of insu_admdvs
constexpr unsigned kTextBits = kTexts + 2;

// A day relative to the settlement's own; 0: none.
void put_near_day(std::string& out, CivilDay day, CivilDay near) {
  put_varint(out, day == kNoDay ? 0 : zigzag(std::int64_t{near.days} - day.days) + 1);
}

CivilDay read_near_day(ByteReader& in, CivilDay near) {
  const std::uint64_t value = in.varint();
  if (value == 0) return kNoDay;
  return {static_cast<std::int32_t>(minus(near.days, from_zigzag(value - 1)))};
}

using Amounts = std::array<Money, kAmounts>;

std::int64_t& at(Amounts& amounts, Amount field) {
  return amounts[static_cast<std::size_t>(field)].fen;
}

// Amounts in the order they are written: those that vary most first, so that their bits are few.
constexpr std::array<Amount, kAmounts> kAmountOrder = {
    Amount::kMedfee,  Amount::kFulamtOwnpay,   Amount::kPreselfpay, Amount::kHifp,
    Amount::kAcctPay, Amount::kActPayDedc,     Amount::kMaf,        Amount::kHifmi,
    Amount::kHifob,   Amount::kOverlmtSelfpay, Amount::kHospPart,   Amount::kOth,
    Amount::kCvlserv, Amount::kInscpScp,       Amount::kFundPaySum, Amount::kPsnPart,
    Amount::kPsnCash, Amount::kHifes,          Amount::kHifdm};

// Those that follow from the others where a bill adds up (S1 to S4 of the national interface), each
// from the ones before it: only what they differ by is written.
constexpr std::array<Amount, 4> kDerived = {Amount::kInscpScp, Amount::kFundPaySum,
                                            Amount::kPsnPart, Amount::kPsnCash};

std::int64_t derived(Amounts& amounts, Amount field) {
  std::int64_t sum = 0;
  switch (field) {
    case Amount::kInscpScp:
      sum = minus(at(amounts, Amount::kMedfee), at(amounts, Amount::kFulamtOwnpay));
      sum = minus(sum, at(amounts, Amount::kOverlmtSelfpay));
      return minus(sum, at(amounts, Amount::kPreselfpay));
    case Amount::kFundPaySum:
      for (std::size_t i = 0; i < thresholds::kPayers; ++i)
        sum = plus(sum, amounts[i].fen);
      return sum;
    case Amount::kPsnPart:
      sum = minus(at(amounts, Amount::kMedfee), at(amounts, Amount::kFundPaySum));
      return minus(sum, at(amounts, Amount::kHospPart));
    default:
      return minus(at(amounts, Amount::kPsnPart), at(amounts, Amount::kAcctPay));
  }
}

void put_amounts(std::string& out, Amounts amounts) {
  for (std::size_t i = kDerived.size(); i-- > 0;) {
    std::int64_t& amount = at(amounts, kDerived[i]);
    amount = minus(amount, derived(amounts, kDerived[i]));
  }
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < kAmounts; ++i)
    present |= std::uint64_t{at(amounts, kAmountOrder[i]) != 0} << i;
  put_varint(out, present);
  for (; present != 0; present &= present - 1)
    put_signed(out, at(amounts, kAmountOrder[static_cast<unsigned>(std::countr_zero(present))]));
}

void read_amounts(ByteReader& in, Amounts& amounts) {
  amounts = {};
  for (std::uint64_t present = in.bits(kAmounts); present != 0; present &= present - 1) {
    const auto i = static_cast<unsigned>(std::countr_zero(present));
    at(amounts, kAmountOrder[i]) = in.signed_varint();
  }
  for (const Amount field : kDerived)
    at(amounts, field) = plus(at(amounts, field), derived(amounts, field));
}

void put_texts(std::string& out, const Settlement& content) {
  const std::string& insured = content.text(Text::kInsuAdmdvs);
  std::uint64_t present = 0;
  for (std::size_t i = 0; i < kTexts; ++i)
    present |= std::uint64_t{!content.texts[i].empty()} << i;
  constexpr std::uint64_t kPlaceBit = 1U << static_cast<unsigned>(Text::kMdtrtareaAdmvs);
  if ((present & kPlaceBit) != 0 && content.text(Text::kMdtrtareaAdmvs) == insured)
    present = (present & ~kPlaceBit) | kHomePlace;
  const bool home = content.city == thresholds::city_code(insured);
  put_varint(out, home ? present | kHomeCity : present);
  if (!home) put_varint(out, static_cast<std::uint64_t>(content.city));
  for (present &= kHomePlace - 1; present != 0; present &= present - 1)
    put_packed(out, content.texts[static_cast<unsigned>(std::countr_zero(present))]);
}

void read_texts(ByteReader& in, Settlement& content) {
  const std::uint64_t present = in.bits(kTextBits);
  const bool home = (present & kHomeCity) != 0;
  if (!home) content.city = static_cast<thresholds::CityCode>(in.varint());
  for (std::size_t i = 0; i < kTexts; ++i) {
    if ((present >> i & 1U) != 0) {
      in.packed(content.texts[i]);
    } else {
      content.texts[i].clear();
    }
  }
  const std::string& insured = content.text(Text::kInsuAdmdvs);
  if ((present & kHomePlace) != 0) content.text(Text::kMdtrtareaAdmvs) = insured;
  if (home) content.city = thresholds::city_code(insured);
}

void put_entered(std::string& out, BeijingTime updt_time, bool is_void, bool counts,
                 const Settlement& content) {
  const CivilDay day = thresholds::day_of(content.setl_time);
  const bool usual_days = content.begndate == day && content.enddate == day;
  auto head = static_cast<std::uint8_t>(Entry::Kind::kEntered);
  if (is_void) head |= kVoidFlag;
  if (counts) head |= kCountsFlag;
  if (updt_time != kNoTime) head |= kUpdateTimeFlag;
  if (usual_days) head |= kUsualDaysFlag;
  out.push_back(static_cast<char>(head));
  put_time(out, content.setl_time);
  if (updt_time != kNoTime) put_signed(out, minus(updt_time.seconds, content.setl_time.seconds));
  if (!usual_days) {
    put_near_day(out, content.begndate, day);
    put_near_day(out, content.enddate, day);
  }
  put_amounts(out, content.amounts);
  put_texts(out, content);
}

// An entry but for its content.
struct Head {
  Entry::Kind kind = Entry::Kind::kEntered;
  BeijingTime updt_time = kNoTime;
  bool is_void = false;
  bool counts = false;
  std::string by;
};

void fold_head(LedgerItem& item, const Head& head, std::uint32_t seq) {
  item.next_seq = seq + 1;
  switch (head.kind) {
    case Entry::Kind::kEntered:
      item.updt_time = head.updt_time;
      item.is_void = item.is_void || head.is_void;
      item.counts = head.counts;
      break;
    case Entry::Kind::kNoted:
      if (head.updt_time > item.updt_time) item.updt_time = head.updt_time;
      item.is_void = item.is_void || head.is_void;
      break;
    case Entry::Kind::kUndone:
      item.counts = false;
      break;
    case Entry::Kind::kRestored:
      item.counts = true;
      break;
  }
}

void read_entered(ByteReader& in, std::uint8_t flags, Head& head, Settlement& content) {
  content.setl_time = read_time(in);
  if ((flags & kUpdateTimeFlag) != 0)
    head.updt_time.seconds = plus(content.setl_time.seconds, in.signed_varint());
  const CivilDay day = thresholds::day_of(content.setl_time);
  const bool usual_days = (flags & kUsualDaysFlag) != 0;
  content.begndate = usual_days ? day : read_near_day(in, day);
  content.enddate = usual_days ? day : read_near_day(in, day);
  read_amounts(in, content.amounts);
  read_texts(in, content);
}

// `content` is read where the kind is kEntered, and is as it was otherwise.
thresholds::Result<Head> read_entry(std::string_view psn_no, std::string_view setl_id,
                                    std::uint32_t seq, std::string_view bytes,
                                    Settlement& content) {
  ByteReader in(bytes);
  Head head;
  const std::uint8_t flags = in.byte();
  head.kind = static_cast<Entry::Kind>(flags & kKindMask);
  head.is_void = (flags & kVoidFlag) != 0;
  head.counts = (flags & kCountsFlag) != 0;
  bool known = (flags & ~kHeadMask) == 0 && (seq > 0 || head.kind == Entry::Kind::kEntered);
  switch (head.kind) {
    case Entry::Kind::kEntered:
      content.psn_no = psn_no;
      content.setl_id = setl_id;
      read_entered(in, flags, head, content);
      break;
    case Entry::Kind::kNoted:
      if ((flags & kUpdateTimeFlag) != 0) head.updt_time = read_time(in);
      break;
    case Entry::Kind::kUndone:
      in.packed(head.by);
      break;
    case Entry::Kind::kRestored:
      break;
    default:
      known = false;
      break;
  }
  if (!known || !in.ok() || !in.at_end()) {
    return thresholds::fail(
        thresholds::ErrorCode::kInput,
        fmt::format("the store holds a damaged ledger entry (settlement {}, entry {}): "
                    "run `yujing store verify`, then restore the store from a copy or "
                    "delete it and read the source again",
                    setl_id, seq));
  }
  return head;
}

}  // namespace

void encode_first(const Delivery& delivery, bool counts, std::string& out) {
  put_entered(out, delivery.updt_time, delivery.is_void, counts, delivery.settlement);
}

void encode(const Entry& entry, std::string& out) {
  if (entry.kind == Entry::Kind::kEntered)
    return put_entered(out, entry.updt_time, entry.is_void, entry.counts, entry.content);
  const bool has_time = entry.updt_time != kNoTime && entry.kind == Entry::Kind::kNoted;
  auto head = static_cast<std::uint8_t>(entry.kind);
  if (entry.is_void) head |= kVoidFlag;
  if (entry.counts) head |= kCountsFlag;
  if (has_time) head |= kUpdateTimeFlag;
  out.push_back(static_cast<char>(head));
  if (has_time) put_time(out, entry.updt_time);
  if (entry.kind == Entry::Kind::kUndone) put_packed(out, entry.by);
}

thresholds::Result<Entry> decode_entry(std::string_view psn_no, std::string_view setl_id,
                                       std::uint32_t seq, std::string_view bytes) {
  Entry entry;
  thresholds::Result<Head> head = read_entry(psn_no, setl_id, seq, bytes, entry.content);
  if (!head) return tl::unexpected(std::move(head.error()));
  entry.kind = head->kind;
  entry.seq = seq;
  entry.updt_time = head->updt_time;
  entry.is_void = head->is_void;
  entry.counts = head->counts;
  entry.by = std::move(head->by);
  return entry;
}

void fold(LedgerItem& item, const Entry& entry) {
  fold_head(item, {entry.kind, entry.updt_time, entry.is_void, entry.counts, {}}, entry.seq);
  if (entry.kind == Entry::Kind::kEntered) item.content = entry.content;
}

thresholds::Result<void> fold_encoded(LedgerItem& item, std::string_view psn_no,
                                      std::string_view setl_id, std::uint32_t seq,
                                      std::string_view bytes) {
  thresholds::Result<Head> head = read_entry(psn_no, setl_id, seq, bytes, item.content);
  if (!head) return tl::unexpected(std::move(head.error()));
  fold_head(item, *head, seq);
  return {};
}

}  // namespace yujing::monitor

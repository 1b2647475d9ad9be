#include "monitor/ledger.h"

#include <fmt/format.h>

#include "monitor/bytes.h"

namespace yujing::monitor {

void fold(LedgerItem& item, const Entry& entry) {
  item.next_seq = entry.seq + 1;
  switch (entry.kind) {
    case Entry::Kind::kEntered:
      item.content = entry.content;
      item.updt_time = entry.updt_time;
      item.is_void = item.is_void || entry.is_void;
      item.counts = entry.counts;
      break;
    case Entry::Kind::kNoted:
      if (entry.updt_time > item.updt_time) item.updt_time = entry.updt_time;
      item.is_void = item.is_void || entry.is_void;
      break;
    case Entry::Kind::kUndone:
      item.counts = false;
      break;
    case Entry::Kind::kRestored:
      item.counts = true;
      break;
  }
}

namespace {

// Makes every time of the calendar a positive number; 0: none.
constexpr std::uint64_t kTimeOrigin = std::uint64_t{1} << 40;

void put_time(std::string& out, BeijingTime time) {
  put_varint(out, time == kNoTime ? 0 : static_cast<std::uint64_t>(time.seconds) + kTimeOrigin);
}

BeijingTime read_time(ByteReader& in) {
  const std::uint64_t value = in.varint();
  return value == 0 ? kNoTime : BeijingTime{static_cast<std::int64_t>(value - kTimeOrigin)};
}

// A day relative to the settlement's own; 0: none.
void put_near_day(std::string& out, CivilDay day, CivilDay near) {
  if (day == kNoDay) {
    put_varint(out, 0);
  } else {
    const std::int64_t apart = std::int64_t{near.days} - day.days;
    put_varint(
        out,
        ((static_cast<std::uint64_t>(apart) << 1) ^ static_cast<std::uint64_t>(apart >> 63)) + 1);
  }
}

CivilDay read_near_day(ByteReader& in, CivilDay near) {
  const std::uint64_t value = in.varint();
  if (value == 0) return kNoDay;
  const std::uint64_t zigzag = value - 1;
  const std::uint64_t apart = (zigzag >> 1) ^ (~(zigzag & 1) + 1);
  return {static_cast<std::int32_t>(static_cast<std::uint64_t>(near.days) - apart)};
}

void put_content(std::string& out, const Settlement& content) {
  put_signed(out, content.setl_time.seconds);
  const CivilDay day = thresholds::day_of(content.setl_time);
  put_near_day(out, content.begndate, day);
  put_near_day(out, content.enddate, day);
  put_varint(out, static_cast<std::uint64_t>(content.city));
  std::uint64_t amounts = 0;
  for (std::size_t i = 0; i < kAmounts; ++i) {
    if (content.amounts[i].fen != 0) amounts |= std::uint64_t{1} << i;
  }
  put_varint(out, amounts);
  for (const Money amount : content.amounts) {
    if (amount.fen != 0) put_signed(out, amount.fen);
  }
  std::uint64_t texts = 0;
  for (std::size_t i = 0; i < kTexts; ++i) {
    if (!content.texts[i].empty()) texts |= std::uint64_t{1} << i;
  }
  put_varint(out, texts);
  for (const std::string& text : content.texts) {
    if (!text.empty()) put_text(out, text);
  }
}

void read_content(ByteReader& in, Settlement& content) {
  content.setl_time.seconds = in.signed_varint();
  const CivilDay day = thresholds::day_of(content.setl_time);
  content.begndate = read_near_day(in, day);
  content.enddate = read_near_day(in, day);
  content.city = static_cast<thresholds::CityCode>(in.varint());
  const std::uint64_t amounts = in.bits(kAmounts);
  for (std::size_t i = 0; i < kAmounts; ++i) {
    if ((amounts >> i & 1U) != 0) content.amounts[i].fen = in.signed_varint();
  }
  const std::uint64_t texts = in.bits(kTexts);
  for (std::size_t i = 0; i < kTexts; ++i) {
    if ((texts >> i & 1U) != 0) content.texts[i] = in.text();
  }
}

constexpr std::uint8_t kKindMask = 0x07;
constexpr std::uint8_t kVoidFlag = 0x08;
constexpr std::uint8_t kCountsFlag = 0x10;
constexpr std::uint8_t kHeadMask = kKindMask | kVoidFlag | kCountsFlag;

}  // namespace

void encode(const Entry& entry, std::string& out) {
  auto head = static_cast<std::uint8_t>(entry.kind);
  if (entry.is_void) head |= kVoidFlag;
  if (entry.counts) head |= kCountsFlag;
  out.push_back(static_cast<char>(head));
  switch (entry.kind) {
    case Entry::Kind::kEntered:
      put_time(out, entry.updt_time);
      put_content(out, entry.content);
      break;
    case Entry::Kind::kNoted:
      put_time(out, entry.updt_time);
      break;
    case Entry::Kind::kUndone:
      put_text(out, entry.by);
      break;
    case Entry::Kind::kRestored:
      break;
  }
}

thresholds::Result<Entry> decode_entry(std::string_view psn_no, std::string_view setl_id,
                                       std::uint32_t seq, std::string_view bytes) {
  ByteReader in(bytes);
  Entry entry;
  entry.seq = seq;
  const std::uint8_t head = in.byte();
  entry.kind = static_cast<Entry::Kind>(head & kKindMask);
  entry.is_void = (head & kVoidFlag) != 0;
  entry.counts = (head & kCountsFlag) != 0;
  bool known = (head & ~kHeadMask) == 0;
  switch (entry.kind) {
    case Entry::Kind::kEntered:
      entry.updt_time = read_time(in);
      entry.content.psn_no = psn_no;
      entry.content.setl_id = setl_id;
      read_content(in, entry.content);
      break;
    case Entry::Kind::kNoted:
      entry.updt_time = read_time(in);
      break;
    case Entry::Kind::kUndone:
      entry.by = in.text();
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
  return entry;
}

}  // namespace yujing::monitor

#include "consumer/codec.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "consumer/event_reader.h"
#include "thresholds/civil_day.h"
#include "thresholds/money.h"

namespace yujing::consumer {
namespace {

using monitor::Amount;
using monitor::Delivery;
using monitor::Refusal;
using monitor::RefusalReason;
using monitor::Settlement;
using monitor::Text;
using thresholds::BeijingTime;
using thresholds::Money;

constexpr std::size_t kShownTextMax = 40;

Refusal missing(Field field) {
  return {RefusalReason::kMissingField,
          fmt::format("{} is missing or empty: fill it in and send the settlement again",
                      name_of(field))};
}

// No bill has as many digits before its point as a phone has.
constexpr std::size_t kShownDigitsMax = 10;
constexpr std::int64_t kShownFenMax = 1'000'000'000'000 - 1;

std::string shown(Money amount) {
  const bool is_amount = amount.fen <= kShownFenMax && amount.fen >= -kShownFenMax;
  return is_amount ? to_string(amount) + " yuan" : "more than any bill";
}

// What stands where an amount should, when it looks like one; a name, an id number or a phone is
// never shown.
std::string shown(const RawValue& value) {
  if (!value.is_text()) return "no number";
  const bool numeric = value.text.find_first_not_of("0123456789.,+-eE ") == std::string_view::npos;
  if (!numeric) return "text that is no number";
  const auto digits =
      std::ranges::count_if(value.text, [](char c) { return c >= '0' && c <= '9'; });
  if (static_cast<std::size_t>(digits) > kShownDigitsMax) return "more digits than an amount has";
  if (value.text.size() <= kShownTextMax) return fmt::format("\"{}\"", value.text);
  return fmt::format("\"{}\" and so on", value.text.substr(0, kShownTextMax));
}

Refusal bad_amount(Field field, const RawValue& value) {
  return {
      RefusalReason::kBadAmount,
      fmt::format("{} holds {}: write yuan with at most two decimals, such as 12345.67, and send "
                  "the settlement again",
                  name_of(field), shown(value))};
}

Refusal bad_date(Field field) {
  return {
      RefusalReason::kBadDate,
      fmt::format("{} is no day or time of the calendar: write yyyy-MM-dd HH:mm:ss or yyyy-MM-dd "
                  "as a string and send the settlement again",
                  name_of(field))};
}

// One of the sums that hold between the parts of a bill: `total` is the sum of `plus` less `minus`.
struct Identity {
  std::string_view name;
  Amount total;
  std::array<Amount, 8> plus;
  std::size_t plus_count;
  std::array<Amount, 2> minus;
  std::size_t minus_count;
};
constexpr std::array<Identity, 4> kIdentities = {{
    {"S1",
     Amount::kMedfee,
     {Amount::kFulamtOwnpay, Amount::kOverlmtSelfpay, Amount::kPreselfpay, Amount::kInscpScp},
     4,
     {},
     0},
    {"S2",
     Amount::kFundPaySum,
     {Amount::kHifp, Amount::kCvlserv, Amount::kHifes, Amount::kHifmi, Amount::kHifob,
      Amount::kHifdm, Amount::kMaf, Amount::kOth},
     8,
     {},
     0},
    {"S3", Amount::kPsnPart, {Amount::kMedfee}, 1, {Amount::kFundPaySum, Amount::kHospPart}, 2},
    {"S4", Amount::kPsnPart, {Amount::kAcctPay, Amount::kPsnCash}, 2, {}, 0},
}};
constexpr std::int64_t kToleranceFen = 1;

// Amounts of which an identity speaks, as bits of monitor::Amount.
constexpr std::uint32_t operands(const Identity& identity) {
  std::uint32_t bits = 1U << static_cast<unsigned>(identity.total);
  for (std::size_t i = 0; i < identity.plus_count; ++i) {
    bits |= 1U << static_cast<unsigned>(identity.plus[i]);
  }
  for (std::size_t i = 0; i < identity.minus_count; ++i) {
    bits |= 1U << static_cast<unsigned>(identity.minus[i]);
  }
  return bits;
}

std::string formula(const Identity& identity) {
  std::string text;
  for (std::size_t i = 0; i < identity.plus_count; ++i) {
    if (i != 0) text += " + ";
    text += monitor::kAmountNames[static_cast<std::size_t>(identity.plus[i])];
  }
  for (std::size_t i = 0; i < identity.minus_count; ++i) {
    text += " - ";
    text += monitor::kAmountNames[static_cast<std::size_t>(identity.minus[i])];
  }
  return text;
}

std::optional<Refusal> check_sums(const Settlement& settlement, std::uint32_t present) {
  for (const auto& identity : kIdentities) {
    if (const auto needed = operands(identity); (present & needed) != needed) continue;
    Money sum;
    for (std::size_t i = 0; i < identity.plus_count; ++i)
      sum += settlement.amount(identity.plus[i]);
    for (std::size_t i = 0; i < identity.minus_count; ++i) {
      sum -= settlement.amount(identity.minus[i]);
    }
    const Money total = settlement.amount(identity.total);
    const std::int64_t difference = (total - sum).fen;
    if (difference >= -kToleranceFen && difference <= kToleranceFen) continue;
    return Refusal{
        RefusalReason::kSumsDisagree,
        fmt::format("{} does not hold: {} is {}, but {} makes {}: correct the parts and send the "
                    "settlement again",
                    identity.name, monitor::kAmountNames[static_cast<std::size_t>(identity.total)],
                    shown(total), formula(identity), shown(sum))};
  }
  return std::nullopt;
}

}  // namespace

class SettlementCodec::Impl {
 public:
  explicit Impl(CodecOptions options) : options_(std::move(options)) {}

  std::optional<Outcome> decode(std::string_view bytes, Delivery& into) {
    if (auto refusal = event_.read(bytes)) return std::move(*refusal);
    if (!event_.has(Field::kSetlId) && !options_.setl_id_required) return PreSettlement{};
    auto& settlement = into.settlement;
    auto refusal = check_required();
    if (!refusal) refusal = read_amounts(settlement);
    if (!refusal) refusal = read_times(into);
    if (refusal) return std::move(*refusal);
    read_texts(into);
    if (!settlement.is_reversal()) refusal = check_sums(settlement, present_amounts_);
    if (!refusal) refusal = find_city(settlement);
    if (refusal) return std::move(*refusal);
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<Refusal> check_required() const {
    constexpr Field kMedfee = field_of(Amount::kMedfee);
    constexpr Field kMedType = field_of(Text::kMedType);
    if (event_.text(Field::kSetlId).empty()) return missing(Field::kSetlId);
    if (!options_.psn_no_optional && event_.text(Field::kPsnNo).empty()) {
      return missing(Field::kPsnNo);
    }
    if (event_.text(Field::kSetlTime).empty()) return missing(Field::kSetlTime);
    if (!event_.has(kMedfee)) return missing(kMedfee);
    // The reply to a cancellation may leave the kind of care out.
    const bool names_original = !event_.text(field_of(Text::kInitSetlId)).empty();
    if (event_.text(kMedType).empty() && !names_original) return missing(kMedType);
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Refusal> read_amounts(Settlement& settlement) {
    present_amounts_ = 0;
    for (std::size_t i = 0; i < monitor::kAmounts; ++i) {
      const Field field = field_of(static_cast<Amount>(i));
      settlement.amounts[i] = Money{};
      if (!event_.has(field)) continue;
      const RawValue& value = event_.value(field);
      const auto amount = value.is_text() ? thresholds::parse_money(value.text) : std::nullopt;
      if (!amount) return bad_amount(field, value);
      settlement.amounts[i] = *amount;
      present_amounts_ |= 1U << i;
    }
    return std::nullopt;
  }

  // False when something stands in the field that is no time.
  [[nodiscard]] bool read_time(Field field, std::optional<BeijingTime>& time) const {
    time = std::nullopt;
    if (!event_.has(field)) return true;
    const RawValue& value = event_.value(field);
    if (value.kind == JsonKind::kString) time = thresholds::parse_time(value.text);
    return time.has_value();
  }

  [[nodiscard]] std::optional<Refusal> read_times(Delivery& into) const {
    auto& settlement = into.settlement;
    std::optional<BeijingTime> time;
    if (!read_time(Field::kSetlTime, time)) return bad_date(Field::kSetlTime);
    settlement.setl_time = *time;
    if (!read_time(Field::kBegndate, time)) return bad_date(Field::kBegndate);
    settlement.begndate = time ? day_of(*time) : monitor::kNoDay;
    if (!read_time(Field::kEnddate, time)) return bad_date(Field::kEnddate);
    settlement.enddate = time ? day_of(*time) : monitor::kNoDay;
    if (!read_time(Field::kUpdtTime, time)) return bad_date(Field::kUpdtTime);
    into.updt_time = time.value_or(monitor::kNoTime);
    return std::nullopt;
  }

  void read_texts(Delivery& into) const {
    auto& settlement = into.settlement;
    settlement.psn_no = event_.text(Field::kPsnNo);
    settlement.setl_id = event_.text(Field::kSetlId);
    for (std::size_t i = 0; i < monitor::kTexts; ++i) {
      settlement.texts[i] = event_.text(field_of(static_cast<Text>(i)));
    }
    into.is_void = event_.text(Field::kValiFlag) == "0";
  }

  [[nodiscard]] std::optional<Refusal> find_city(Settlement& settlement) const {
    const auto& cities = options_.cities;
    settlement.city = 0;
    if (cities.empty()) return std::nullopt;
    const std::string& area = settlement.text(Text::kInsuAdmdvs);
    if (area.empty()) {
      if (cities.size() == 1) {
        settlement.city = cities.front();
        return std::nullopt;
      }
      return Refusal{
          RefusalReason::kUnknownCity,
          "insu_admdvs is missing and several cities are in use: send the settlement again "
          "with the insured area"};
    }
    const thresholds::CityCode city = thresholds::city_code(area);
    if (std::find(cities.begin(), cities.end(), city) != cities.end()) {
      settlement.city = city;
      return std::nullopt;
    }
    const std::string what = city == 0
                                 ? "is no area code of six digits"
                                 : fmt::format("begins with {:04}, which is no city in use", city);
    return Refusal{
        RefusalReason::kUnknownCity,
        fmt::format("insu_admdvs {}: correct it and send the settlement again, or add the "
                    "city to `cities` in the settings",
                    what)};
  }

  CodecOptions options_;
  EventReader event_;
  std::uint32_t present_amounts_ = 0;  // bits of monitor::Amount
};

SettlementCodec::SettlementCodec(CodecOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
SettlementCodec::~SettlementCodec() = default;
SettlementCodec::SettlementCodec(SettlementCodec&&) noexcept = default;
SettlementCodec& SettlementCodec::operator=(SettlementCodec&&) noexcept = default;

std::optional<SettlementCodec::Outcome> SettlementCodec::decode(std::string_view bytes,
                                                                Delivery& into) {
  return impl_->decode(bytes, into);
}

}  // namespace yujing::consumer

// Properties of the codec: content survives any dress, and whatever the bytes, the codec and a
// simple reader agree on what is JSON and which amounts it holds.
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "consumer/codec.h"
#include "consumer/json_tree.h"
#include "tests/consumer/delivery_facts.h"
#include "tests/consumer/event_writer.h"
#include "tests/consumer/plain_json.h"
#include "thresholds/civil_day.h"

namespace yujing::consumer {
namespace {

using monitor::Amount;
using monitor::Delivery;
using monitor::Refusal;
using monitor::RefusalReason;
using monitor::Text;
using tests::PlainJson;
using thresholds::Money;

rc::Gen<std::string> any_text() {
  const auto piece = rc::gen::element<std::string>("a", "Z", "0", "9", " ", "-", "\"", "\\", "/",
                                                   "\n", "\t", "\x01", "é", "病", "😀", ",", "}");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const auto& part : pieces)
                          text += part;
                        return text;
                      });
}

rc::Gen<std::string> some_text() { return rc::gen::nonEmpty(any_text()); }

thresholds::CivilDay any_day() {
  return thresholds::civil_day(2020, 1, 1) + *rc::gen::inRange(0, 5000);
}

Money any_money() {
  const auto limit = *rc::gen::element<std::int64_t>(1, 100, 10'000, 1'000'000, 9'999'999'999);
  return {*rc::gen::inRange<std::int64_t>(0, limit)};
}

// Amounts that add up; some of them 0, which then are not written.
void fill_amounts(monitor::Settlement& bill) {
  const std::array parts = {Amount::kFulamtOwnpay, Amount::kOverlmtSelfpay, Amount::kPreselfpay,
                            Amount::kInscpScp};
  for (const auto part : parts) {
    bill.amount(part) = any_money();
    bill.amount(Amount::kMedfee) += bill.amount(part);
  }
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    bill.amounts[i] = any_money();
    bill.amount(Amount::kFundPaySum) += bill.amounts[i];
  }
  bill.amount(Amount::kHospPart) = any_money();
  bill.amount(Amount::kPsnPart) = bill.amount(Amount::kMedfee) - bill.amount(Amount::kFundPaySum) -
                                  bill.amount(Amount::kHospPart);
  bill.amount(Amount::kAcctPay) = any_money();
  bill.amount(Amount::kPsnCash) = bill.amount(Amount::kPsnPart) - bill.amount(Amount::kAcctPay);
  bill.amount(Amount::kActPayDedc) = any_money();
  const bool negative = *rc::gen::arbitrary<bool>();
  const Money total = bill.amount(Amount::kMedfee);
  for (auto& amount : bill.amounts) {
    if (*rc::gen::inRange(0, 5) == 0) amount = Money{};
  }
  bill.amount(Amount::kMedfee) = total;
  for (auto& amount : bill.amounts) {
    if (negative) amount = -amount;
  }
}

Delivery any_delivery() {
  Delivery delivery;
  auto& bill = delivery.settlement;
  bill.psn_no = *some_text();
  bill.setl_id = *some_text();
  bill.setl_time = {start_of(any_day()).seconds + *rc::gen::inRange<std::int64_t>(0, 86'400)};
  if (*rc::gen::arbitrary<bool>()) bill.begndate = any_day();
  if (*rc::gen::arbitrary<bool>()) bill.enddate = any_day();
  fill_amounts(bill);
  for (auto& text : bill.texts) {
    if (*rc::gen::arbitrary<bool>()) text = *any_text();
  }
  if (bill.text(Text::kMedType).empty()) bill.text(Text::kMedType) = "21";
  if (*rc::gen::arbitrary<bool>()) delivery.updt_time = start_of(any_day());
  delivery.is_void = *rc::gen::arbitrary<bool>();
  return delivery;
}

RC_GTEST_PROP(CodecProperty, ContentSurvivesAnyDress, ()) {
  const Delivery sent = any_delivery();
  const std::string event = tests::write_event(sent, *rc::gen::arbitrary<std::uint64_t>());
  RC_LOG(event);
  SettlementCodec codec(CodecOptions{});
  Delivery read;
  const auto outcome = codec.decode(event, read);
  if (outcome && std::holds_alternative<Refusal>(*outcome)) {
    RC_LOG(std::get<Refusal>(*outcome).message);
  }
  RC_ASSERT(!outcome);
  RC_ASSERT(tests::facts_of(read) == tests::facts_of(sent));
  RC_ASSERT(read.settlement == sent.settlement);
}

const PlainJson* last_member(const PlainJson& object, std::string_view key) {
  const PlainJson* found = nullptr;
  for (const auto& [name, value] : object.members) {
    if (name == key) found = &value;
  }
  return found;
}

// The amount that stands under its national name in the settlement's own object, if anything does.
std::optional<Money> plain_amount(const PlainJson& event, std::string_view name) {
  const PlainJson* node = last_member(event, "setlinfo");
  if (node == nullptr) {
    const PlainJson* output = last_member(event, "output");
    node = output != nullptr ? last_member(*output, "setlinfo") : &event;
  }
  const PlainJson* value = last_member(*node, name);
  if (value == nullptr || value->text.empty()) return std::nullopt;
  return thresholds::parse_money(value->text);
}

// What must hold for any bytes at all.
void check_any_bytes(const std::string& bytes) {
  SettlementCodec codec(CodecOptions{});
  Delivery read;
  const auto outcome = codec.decode(bytes, read);
  const bool has_mark = bytes.starts_with("\xEF\xBB\xBF");
  const auto plain = tests::read_plain_json(std::string_view(bytes).substr(has_mark ? 3 : 0));
  const bool is_event = plain && plain->kind == PlainJson::Kind::kObject;
  const auto* refusal = outcome ? std::get_if<Refusal>(&*outcome) : nullptr;
  const bool refused_as_json = refusal != nullptr && refusal->reason == RefusalReason::kNotJson;
  RC_ASSERT(is_event != refused_as_json);
  if (outcome) return;
  for (std::size_t i = 0; i < monitor::kAmounts; ++i) {
    const auto amount = plain_amount(*plain, monitor::kAmountNames[i]);
    if (amount) RC_ASSERT(read.settlement.amounts[i].fen == amount->fen);
  }
}

RC_GTEST_PROP(CodecProperty, DamagedEventsAreReadAsTheyStandOrRefused, ()) {
  std::string event = tests::write_event(any_delivery(), *rc::gen::arbitrary<std::uint64_t>());
  const int changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, event.size());
    const char byte = *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                      rc::gen::element('"', '\\', '{', '}', '[', ']', ',', ':', '-',
                                                       '.', 'e', '0', '9', 'u', ' '));
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        event[at] = byte;
        break;
      case 1:
        event.erase(at, 1);
        break;
      case 2:
        event.insert(at, 1, byte);
        break;
      default:
        event.insert(at, event.substr(*rc::gen::inRange<std::size_t>(0, event.size()), 20));
        break;
    }
    if (event.empty()) event = "{";
  }
  RC_LOG(event);
  check_any_bytes(event);
}

RC_GTEST_PROP(CodecProperty, AnyTokensAreReadOrRefused, ()) {
  const auto token = rc::gen::element<std::string>(
      "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"setlinfo\"", "\"output\"", "\"setl_id\"", "1",
      "-0", "1e5", "01", "null", "true", "fals", " ", "\n", "\\", "\\u00e9", "\xC3", "é",
      "{\"setl_id\":\"S\"}", "\"setlinfo\":{", "\"x\":1,", "\"\\ud83d\\ude00\"");
  std::string event = "{";
  for (const auto& part : *rc::gen::container<std::vector<std::string>>(token))
    event += part;
  if (*rc::gen::arbitrary<bool>()) event += "}";
  RC_LOG(event);
  check_any_bytes(event);
}

RC_GTEST_PROP(CodecProperty, AnyBytesAreReadOrRefused, ()) {
  check_any_bytes(*rc::gen::arbitrary<std::string>());
}

bool agrees(const JsonTree& tree, const JsonTree::Node& node, const PlainJson& plain) {
  if (static_cast<int>(node.kind) != static_cast<int>(plain.kind)) return false;
  if (node.text != plain.text) return false;
  std::size_t next = 0;
  for (const auto& member : tree.members(node)) {
    if (next == plain.members.size() || member.key != plain.members[next].key) return false;
    if (!agrees(tree, member, plain.members[next].value)) return false;
    ++next;
  }
  if (next != plain.members.size()) return false;
  // The raw text of a part is that part, read alone.
  const auto alone = tests::read_plain_json(node.raw);
  return node.raw.empty() ||
         (alone && alone->text == plain.text && alone->members.size() == plain.members.size());
}

RC_GTEST_PROP(JsonTreeProperty, HoldsWhatASimpleReaderReads, ()) {
  const std::string event =
      tests::write_event(any_delivery(), *rc::gen::arbitrary<std::uint64_t>());
  JsonTree tree;
  RC_ASSERT(!tree.parse(event));
  const auto plain = tests::read_plain_json(event);
  RC_ASSERT(plain.has_value());
  RC_ASSERT(agrees(tree, tree.root(), *plain));
}

}  // namespace
}  // namespace yujing::consumer

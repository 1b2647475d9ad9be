#include "consumer/replay.h"

#include <algorithm>
#include <optional>
#include <variant>

#include <fmt/format.h>

#include "consumer/event_reader.h"

namespace yujing::consumer {

using monitor::Verdict;
using thresholds::Result;

namespace {

CodecOptions options_of(const thresholds::RuleBook& rules) {
  CodecOptions options;
  for (const thresholds::CityRules& city : rules.cities)
    options.cities.push_back(city.code);
  return options;
}

}  // namespace

Replay::Replay(const thresholds::RuleBook& rules, monitor::Store& store)
    : store_(store), codec_(options_of(rules)) {}

void Replay::expect(std::string_view line) {
  if (!codec_.decode(line, delivery_)) expected_.insert(key());
}

Result<void> Replay::wait(std::string_view line) {
  if (codec_.decode(line, delivery_) || !expected_.contains(key())) return {};
  const auto taken = take(From::kSource);
  if (!taken) return tl::unexpected(taken.error());
  return {};
}

Result<Judged> Replay::judge(std::string_view line) {
  if (auto none = codec_.decode(line, delivery_)) {
    if (auto* const refusal = std::get_if<monitor::Refusal>(&*none)) {
      return Judged{Fate::kRefused, std::move(*refusal)};
    }
    return Judged{Fate::kIgnored, {}};
  }
  return take(From::kReplay);
}

Result<Judged> Replay::take(From from) {
  auto at = known_.find(key());
  if (at == known_.end()) {
    auto item = store_.item(delivery_.settlement.psn_no, delivery_.settlement.setl_id);
    if (!item) return tl::unexpected(std::move(item.error()));
    at = known_.emplace(key(), Known{std::move(*item), From::kLedger}).first;
  }
  Known& known = at->second;
  const Verdict verdict = monitor::judge(known.item, delivery_);
  const bool voids = delivery_.is_void && !(known.item && known.item->is_void);
  const bool later = known.item && delivery_.updt_time > known.item->updt_time;
  const From before = known.from;
  if (verdict == Verdict::kNew || verdict == Verdict::kReplaces) {
    monitor::LedgerItem item;
    item.content = delivery_.settlement;
    item.is_void = known.item && known.item->is_void;
    item.updt_time = delivery_.updt_time;
    known = {std::move(item), from};
  }
  if (verdict == Verdict::kSame && later) known.item->updt_time = delivery_.updt_time;
  if (voids) known.item->is_void = true;
  if (voids || (verdict == Verdict::kSame && later)) known.from = from;

  if (voids) return Judged{};  // in whatever message it comes, the word that it is void counts
  switch (verdict) {
    case Verdict::kNew:
    case Verdict::kReplaces:
      return Judged{};
    case Verdict::kSame:
      if (later) return Judged{};
      return Judged{before == From::kLedger   ? Fate::kCounted
                    : before == From::kSource ? Fate::kWaiting
                                              : Fate::kRepeated,
                    {}};
    case Verdict::kOutdated:
      return Judged{Fate::kOutdated, {}};
    case Verdict::kConflict:
      break;
  }
  return Judged{Fate::kRefused,
                {monitor::RefusalReason::kConflict,
                 "other content is known under the same id with the same updt_time, or none on "
                 "both; give this one a later updt_time"}};
}

SettlementName settlement_name(std::string_view bytes) {
  EventReader reader;
  if (reader.read(bytes)) return {};
  return {std::string(reader.text(Field::kPsnNo)), std::string(reader.text(Field::kSetlId))};
}

}  // namespace yujing::consumer

#include "consumer/intake.h"

#include <algorithm>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "consumer/person_codec.h"

namespace yujing::consumer {

using monitor::Engine;
using monitor::Outcome;
using monitor::Refusal;
using thresholds::Result;

CodecOptions codec_options(const thresholds::RuleBook& rules) {
  CodecOptions options;
  for (const thresholds::CityRules& city : rules.cities)
    options.cities.push_back(city.code);
  return options;
}

Intake::Intake(const thresholds::RuleBook& rules, const MonitorObserver& observer)
    : rules_(rules), observer_(observer), codec_(codec_options(rules)) {}

Result<Intake::Refused> Intake::event(Engine& engine, std::string_view bytes) {
  if (const auto none = codec_.decode(bytes, delivery_)) {
    if (const Refusal* refusal = std::get_if<Refusal>(&*none)) return Refused(*refusal);
    ignore();
    return Refused();
  }
  return settlement(engine, delivery_);
}

void Intake::ignore() {
  ++summary_.ignored;
  tell("ignored");
}

Result<Intake::Refused> Intake::settlement(Engine& engine, const monitor::Delivery& delivery) {
  Result<Outcome> outcome = engine.apply(delivery);
  if (!outcome) return tl::unexpected(std::move(outcome.error()));
  if (*outcome == Outcome::kConflict) {
    return Refused(
        Refusal{monitor::RefusalReason::kConflict,
                fmt::format("settlement {}: other content under the same id and the same updt_time "
                            "(or none on both); the first comer stays. Send the right one again "
                            "with a later updt_time",
                            delivery.settlement.setl_id)});
  }
  count(*outcome);
  return Refused();
}

Result<Intake::Refused> Intake::record(Engine& engine, monitor::RecordKind kind,
                                       std::string_view bytes,
                                       const std::function<std::string()>& where) {
  ++summary_.records_read;
  tl::expected<monitor::PersonRecord, Refusal> record = decode_person(bytes);
  if (!record) return Refused(std::move(record.error()));
  for (const monitor::HeldCategory& held : record->categories)
    look_at(held, where);
  Result<bool> applied = engine.apply(kind, *record);
  if (!applied) return tl::unexpected(std::move(applied.error()));
  return Refused();
}

// Counts what is odd about a category, and tells of the first of its kind.
void Intake::look_at(const monitor::HeldCategory& held, const std::function<std::string()>& where) {
  const bool known = std::any_of(rules_.cities.begin(), rules_.cities.end(), [&](const auto& city) {
    return city.category_bit(held.category).has_value();
  });
  if (!known && ++summary_.unknown_categories == 1 && observer_.notice) {
    observer_.notice(
        fmt::format("{}: category `{}` is known to no policy in use; it is kept and "
                    "decides nothing (more of the kind are only counted)",
                    where(), held.category));
  }
  const thresholds::CityRules* city = monitor::certified_elsewhere(rules_, held);
  if (city != nullptr && ++summary_.certified_elsewhere == 1 && observer_.notice) {
    const thresholds::Category& category = city->categories[*city->category_bit(held.category)];
    observer_.notice(fmt::format(
        "{}: category `{}` is certified by `{}`, by the rules of {} it is by {}; it is kept and "
        "counts all the same (more of the kind are only counted)",
        where(), held.category, held.certified_by, city->id,
        fmt::join(category.certified_by, ", ")));
  }
}

void Intake::refuse(const Refusal& refusal) {
  ++summary_.refused;
  ++summary_.refused_by_reason[std::string(name_of(refusal.reason))];
  tell("dead_letter");
  if (observer_.refused) observer_.refused(refusal.reason);
}

void Intake::count(Outcome outcome) {
  switch (outcome) {
    case Outcome::kApplied:
      ++summary_.applied;
      return tell("applied");
    case Outcome::kDuplicate:
      ++summary_.duplicates;
      return tell("duplicate");
    case Outcome::kReplaced:
      ++summary_.replaced;
      return tell("replaced");
    case Outcome::kOutdated:
      ++summary_.outdated;
      return tell("outdated");
    case Outcome::kReversed:
      ++summary_.reversals;
      return tell("reversed");
    case Outcome::kConflict:
      return;  // refused by event()
  }
}

void Intake::committed(const std::vector<monitor::AlertMessage>& alerts) {
  for (const monitor::AlertMessage& message : alerts) {
    if (message.type.ends_with("raised")) ++summary_.alerts_raised;
    if (message.type.ends_with("changed")) ++summary_.alerts_changed;
    if (message.type.ends_with("cleared")) ++summary_.alerts_cleared;
    if (observer_.alert) observer_.alert(message);
  }
}

void Intake::tell_missing_figures(const Engine& engine) {
  for (const std::string& figure : engine.missing_figures()) {
    if (!summary_.missing_figures.insert(figure).second || !observer_.notice) continue;
    observer_.notice(
        fmt::format("the reference figures lack {}: what needs it is not paid and not "
                    "judged until the figure is there; add it with its source",
                    figure));
  }
}

}  // namespace yujing::consumer

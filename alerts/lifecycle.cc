#include "alerts/lifecycle.h"

#include <algorithm>
#include <utility>

#include "monitor/facts.h"
#include "thresholds/result.h"

namespace yujing::alerts {

using monitor::AlertState;
using thresholds::Money;

Holding holding_of(const thresholds::CityRules& city, const monitor::WarningStanding& standing) {
  CHECK(standing.rule != nullptr);
  Holding holding;
  holding.rule = standing.rule->id;
  holding.by = standing.crossing.by;
  if (standing.crossing.category != monitor::kNoBit) {
    CHECK(standing.crossing.category < city.categories.size());
    holding.category = city.categories[standing.crossing.category].code;
  }
  if (standing.has_line) holding.line = standing.line;
  holding.amount = standing.amount;
  holding.late = standing.late;
  holding.report_step = standing.rule->report_step;
  return holding;
}

namespace {

bool amount_moved(const AlertState& said, const Holding& now) {
  if (!now.report_step || now.amount == said.amount) return false;
  const Money up = now.amount - said.amount;
  return std::max(up, -up) >= *now.report_step;
}

bool worth_telling(const AlertState& said, const Holding& now) {
  return said.by != now.by || said.line != now.line || said.category != now.category ||
         said.late != now.late || amount_moved(said, now);
}

AlertState opened(const Holding& now, std::uint32_t revision) {
  AlertState state;
  state.rule = now.rule;
  state.open = true;
  state.revision = revision;
  state.by = now.by;
  state.category = now.category;
  state.line = now.line;
  state.amount = now.amount;
  state.late = now.late;
  return state;
}

}  // namespace

Decision decide(const AlertState* said, const Holding* now) {
  CHECK(said != nullptr || now != nullptr);
  if (said == nullptr) return {Change::kRaised, opened(*now, 1)};
  if (now == nullptr) {
    if (!said->open) return {Change::kNothing, *said};
    Decision decision{Change::kCleared, *said};
    decision.state.open = false;
    ++decision.state.revision;
    return decision;
  }
  CHECK(said->rule == now->rule);
  if (!said->open) return {Change::kRaised, opened(*now, said->revision + 1)};
  if (worth_telling(*said, *now)) return {Change::kChanged, opened(*now, said->revision + 1)};
  return {Change::kNothing, *said};
}

std::vector<Decision> bring_up_to_date(std::vector<AlertState>& said,
                                       std::span<const Holding> now) {
  std::vector<AlertState> after;
  after.reserve(said.size() + now.size());
  std::vector<Decision> told;
  std::size_t s = 0;
  std::size_t n = 0;
  while (s < said.size() || n < now.size()) {
    const bool take_said = n == now.size() || (s < said.size() && said[s].rule <= now[n].rule);
    const bool take_now = s == said.size() || (n < now.size() && now[n].rule <= said[s].rule);
    Decision decision = decide(take_said ? &said[s] : nullptr, take_now ? &now[n] : nullptr);
    if (take_said) ++s;
    if (take_now) ++n;
    after.push_back(decision.state);
    if (decision.change != Change::kNothing) told.push_back(std::move(decision));
  }
  said = std::move(after);
  return told;
}

}  // namespace yujing::alerts

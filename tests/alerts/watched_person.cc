#include "tests/alerts/watched_person.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "monitor/year_fold.h"
#include "thresholds/policy_file.h"
#include "thresholds/result.h"

namespace yujing::alerts {

using monitor::Amount;
using monitor::Settlement;
using monitor::Text;

const thresholds::RuleBook& known_rules() {
  static const thresholds::RuleBook kRules = [] {
    auto rules = thresholds::load_rule_book({YUJING_SOURCE_DIR "/thresholds/policies",
                                             YUJING_SOURCE_DIR "/tests/policies/applications.yaml",
                                             YUJING_SOURCE_DIR "/tests/policies/warnings.yaml"});
    if (!rules) {
      for (const auto& error : rules.error())
        std::fprintf(stderr, "%s\n", error.message.c_str());
    }
    CHECK(rules.has_value());
    return *std::move(rules);
  }();
  return kRules;
}

namespace {

template <class T>
T known(const std::optional<T>& parsed) {
  CHECK(parsed.has_value());
  return *parsed;
}

const thresholds::CityRules& city_named(std::string_view id) {
  const thresholds::CityRules* city = known_rules().by_id(id);
  CHECK(city != nullptr);
  return *city;
}

}  // namespace

thresholds::CivilDay day(std::string_view text) { return known(thresholds::parse_day(text)); }
thresholds::BeijingTime time(std::string_view text) { return known(thresholds::parse_time(text)); }
thresholds::Money yuan(std::string_view text) { return known(thresholds::parse_money(text)); }

WatchedPerson::WatchedPerson(std::string_view city, std::string_view psn_no, std::string_view area,
                             thresholds::Reference reference)
    : city_(city_named(city)),
      reference_(std::move(reference)),
      calculator_(known_rules(), city_, reference_) {
  state_.psn_no = psn_no;
  monitor::PersonRecord record;
  record.psn_no = psn_no;
  record.insu_admdvs = area;
  record.hukou_admdvs = area;
  state_.person = record;
}

void WatchedPerson::hold(std::string_view category, std::string_view from, std::string_view until) {
  monitor::HeldCategory held;
  held.category = category;
  held.from = day(from);
  if (!until.empty()) held.until = day(until);
  state_.person->categories.push_back(held);
}

void WatchedPerson::add(const BillText& text) {
  Settlement settlement;
  settlement.psn_no = state_.psn_no;
  settlement.setl_id = text.setl_id;
  settlement.setl_time = time(text.setl_time);
  if (!text.enddate.empty()) settlement.enddate = day(text.enddate);
  settlement.city = city_.code;
  settlement.amount(Amount::kMedfee) = yuan(text.medfee);
  settlement.amount(Amount::kFulamtOwnpay) = yuan(text.ownpay);
  settlement.amount(Amount::kPreselfpay) = yuan(text.preselfpay);
  settlement.amount(Amount::kInscpScp) = yuan(text.inscp);
  settlement.amount(Amount::kHifp) = yuan(text.hifp);
  settlement.amount(Amount::kHifmi) = yuan(text.hifmi);
  settlement.amount(Amount::kMaf) = yuan(text.maf);
  settlement.text(Text::kMedType) = text.med_type;
  settlement.text(Text::kInsutype) = "390";
  settlement.text(Text::kInsuAdmdvs) = state_.person->insu_admdvs;
  const auto before = [](const Settlement& a, const Settlement& b) {
    return std::pair(a.setl_time, std::string_view(a.setl_id)) <
           std::pair(b.setl_time, std::string_view(b.setl_id));
  };
  settlements_.insert(
      std::upper_bound(settlements_.begin(), settlements_.end(), settlement, before), settlement);
}

void WatchedPerson::remove(std::string_view setl_id) {
  std::erase_if(settlements_, [&](const Settlement& each) { return each.setl_id == setl_id; });
}

std::vector<monitor::AlertMessage> WatchedPerson::look(std::int32_t year,
                                                       thresholds::BeijingTime cause) {
  const monitor::Facts facts =
      monitor::make_facts(city_, state_.person ? &*state_.person : nullptr, nullptr);
  std::vector<const Settlement*> live;
  for (const Settlement& settlement : settlements_)
    live.push_back(&settlement);
  monitor::Folded folded = monitor::fold_all(calculator_, facts, live, {});
  monitor::YearAccount& account = folded.years[year];
  const auto standings = monitor::WarningFold(calculator_, facts, year, account).standings();
  const std::function<std::vector<Settlement>()> scan = [this] {
    ++scans_;
    return settlements_;
  };
  std::vector<monitor::AlertMessage> messages;
  writer_.year_changed({.person = state_,
                        .facts = facts,
                        .calculator = calculator_,
                        .year = year,
                        .account = account,
                        .standings = standings,
                        .cause_time = cause,
                        .live_settlements = scan},
                       alerts_, messages);
  return messages;
}

}  // namespace yujing::alerts

#include "tests/monitor/support.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "thresholds/policy_file.h"
#include "thresholds/result.h"

namespace yujing::monitor {

namespace {

thresholds::RuleBook read_rules(const std::vector<std::string>& paths) {
  auto rules = thresholds::load_rule_book(paths);
  if (!rules) {
    for (const thresholds::Error& error : rules.error()) {
      std::fprintf(stderr, "%s\n", error.message.c_str());
    }
  }
  CHECK(rules.has_value());
  return *std::move(rules);
}

const std::string kShipped = YUJING_SOURCE_DIR "/thresholds/policies";
const std::string kMadeUp = YUJING_SOURCE_DIR "/tests/policies/warnings.yaml";

}  // namespace

const thresholds::RuleBook& shipped_rules() {
  static const thresholds::RuleBook kRules = read_rules({kShipped});
  return kRules;
}

const thresholds::RuleBook& known_rules() {
  static const thresholds::RuleBook kRules = read_rules({kShipped, kMadeUp});
  return kRules;
}

const thresholds::CityRules& city_named(std::string_view id) {
  const thresholds::CityRules* city = known_rules().by_id(id);
  CHECK(city != nullptr);
  return *city;
}

const thresholds::Reference& usual_figures() {
  using thresholds::IncomeFigure;
  static const thresholds::Reference kFigures = [] {
    thresholds::Reference figures;
    for (std::int32_t year = 2022; year <= 2029; ++year) {
      for (const thresholds::CityRules& city : known_rules().cities) {
        figures.set_income(IncomeFigure::Scope::kCity, IncomeFigure::Population::kAll, city.code,
                           year, yuan("25000"));
        figures.set_income(IncomeFigure::Scope::kProvince, IncomeFigure::Population::kAll,
                           thresholds::province_of(city.code), year, yuan("30000"));
        figures.set_premium(city.code, year, yuan("400"));
      }
    }
    figures.set_single_disease(city_named("jincheng").code, "M00001", yuan("8000"));
    return figures;
  }();
  return kFigures;
}

namespace {

template <class T>
T known(const std::optional<T>& parsed) {
  CHECK(parsed.has_value());
  return *parsed;
}

}  // namespace

CivilDay day(std::string_view text) { return known(thresholds::parse_day(text)); }
BeijingTime time(std::string_view text) { return known(thresholds::parse_time(text)); }
Money yuan(std::string_view text) { return known(thresholds::parse_money(text)); }

Settlement bill(std::string_view city, const BillText& text) {
  Settlement settlement;
  settlement.psn_no = "P1";
  settlement.setl_id = text.setl_id;
  settlement.setl_time = time(text.setl_time);
  if (!text.enddate.empty()) settlement.enddate = day(text.enddate);
  settlement.city = city_named(city).code;
  settlement.amount(Amount::kMedfee) = yuan(text.medfee);
  settlement.amount(Amount::kFulamtOwnpay) = yuan(text.ownpay);
  settlement.amount(Amount::kPreselfpay) = yuan(text.preselfpay);
  settlement.amount(Amount::kInscpScp) =
      text.inscp.empty() ? yuan(text.medfee) - yuan(text.ownpay) - yuan(text.preselfpay)
                         : yuan(text.inscp);
  settlement.amount(Amount::kHifp) = yuan(text.hifp);
  settlement.amount(Amount::kHifmi) = yuan(text.hifmi);
  settlement.amount(Amount::kMaf) = yuan(text.maf);
  settlement.text(Text::kMdtrtId) = text.mdtrt_id;
  settlement.text(Text::kInitSetlId) = text.init_setl_id;
  settlement.text(Text::kMedType) = text.med_type;
  settlement.text(Text::kInsutype) = text.insutype;
  settlement.text(Text::kMdtrtareaAdmvs) = text.place;
  settlement.text(Text::kFiling) = text.filing;
  settlement.text(Text::kDiseCodg) = text.dise_codg;
  settlement.text(Text::kHospChargeClass) = text.hosp_charge_class;
  return settlement;
}

Settlement turned_round(Settlement settlement, std::string_view setl_id) {
  settlement.setl_id = setl_id;
  for (Money& amount : settlement.amounts)
    amount = -amount;
  return settlement;
}

Person::Person(std::string_view city, const thresholds::Reference& reference)
    : city_(city_named(city)), calculator_(known_rules(), city_, reference) {
  record_.psn_no = "P1";
  record_.hukou_admdvs = city_.area;
}

void Person::hold(std::string_view category, std::string_view from, std::string_view until) {
  HeldCategory held;
  held.category = category;
  held.from = day(from);
  if (!until.empty()) held.until = day(until);
  record_.categories.push_back(std::move(held));
}

void Person::apply(std::string_view date) { record_.applications.push_back(day(date)); }

void Person::add(const BillText& text) {
  bills_.push_back(bill(city_.id, text));
  std::sort(bills_.begin(), bills_.end(), earlier);
}

const Folded& Person::fold() {
  std::vector<const Settlement*> live;
  for (const Settlement& settlement : bills_)
    live.push_back(&settlement);
  facts_ = facts();
  missing_.clear();
  FoldOptions options;
  options.missing = &missing_;
  options.with_steps = true;
  options.keep_bills = true;
  folded_ = fold_all(calculator_, facts_, live, options);
  return folded_;
}

std::vector<std::string> Person::paid() {
  std::vector<std::string> lines;
  for (const FoldedBill& folded : fold().bills) {
    const Payout& payout = folded.payout;
    std::string line;
    const auto say = [&](std::string_view what, Money amount) {
      if (amount.fen == 0) return;
      line += fmt::format("{}{} {}", line.empty() ? "" : ", ", what, thresholds::to_string(amount));
    };
    say("base", payout.base);
    say("tilt", payout.tilt);
    say("single_disease", payout.single_disease);
    say("out_of_catalogue", payout.out_of_catalogue);
    say("hospital", payout.hospital_borne);
    if (!payout.assistable) {
      if (!line.empty()) line += ", ";
      line += kReasonNames[static_cast<std::size_t>(payout.reason)];
    }
    if (line.empty()) line = "nothing";
    lines.push_back(fmt::format("{}: {}", folded.bill.settlement->setl_id, line));
  }
  return lines;
}

std::vector<WarningStanding> Person::standings(std::int32_t year) {
  fold();
  return WarningFold(calculator_, facts_, year, folded_.years[year]).standings();
}

std::vector<std::string> Person::held_rules(std::int32_t year) {
  std::vector<std::string> rules;
  for (const WarningStanding& standing : standings(year)) {
    rules.push_back(fmt::format("{} by {}", standing.rule->id, standing.crossing.by.setl_id));
  }
  return rules;
}

}  // namespace yujing::monitor

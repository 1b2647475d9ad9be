#include "monitor/payout.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

#include "monitor/payout_way.h"

namespace yujing::monitor {

using thresholds::CategorySet;
using thresholds::OutOfCatalogue;
using thresholds::Policy;
using thresholds::SingleDisease;
using thresholds::Tier;

namespace {

// First tier of the version, in its order, that `held` belongs to.
const Tier* first_tier(const Policy& policy, CategorySet held) {
  for (const Tier& tier : policy.tiers) {
    if ((tier.category_set & held) != 0) return &tier;
  }
  return nullptr;
}

}  // namespace

Calculator::Calculator(const thresholds::RuleBook& book, const thresholds::CityRules& city,
                       const thresholds::Reference& reference)
    : book_(book), city_(city), reference_(reference), years_(city, reference) {}

Bill Calculator::bill(const Settlement& settlement) const {
  return make_bill(city_, book_.national, settlement);
}

Standing Calculator::stand(const Facts& facts, Bill& bill) const {
  Standing standing;
  const CivilDay day = bill.benefit_day;
  standing.policy = city_.in_force(day);
  standing.measuring = standing.policy != nullptr ? standing.policy : &city_.measuring(day);
  standing.account_year = thresholds::year_of(day);
  standing.figures_on = day;
  standing.held = facts.held(day, standing.measuring->category_from_next_month);

  // Tiers belong to the city: a category held on a day without a version in force still counts
  // against an application's window. Illness poverty comes from the window alone once an
  // application is on record.
  CategorySet held = standing.held;
  CategorySet by_application = 0;
  if (standing.measuring->application) {
    by_application = CategorySet{1} << standing.measuring->application->category;
    if (!facts.windows.empty()) held &= ~by_application;
  }
  const Tier* tier = first_tier(*standing.measuring, held);
  if (tier == nullptr || (tier->category_set & by_application) != 0) {
    for (const Window& window : facts.windows) {
      if (day < window.from || window.until < day) continue;
      standing.window = &window;
      standing.policy = standing.measuring = window.policy;
      standing.account_year = window.year;
      standing.figures_on = window.application;
      standing.category = window.policy->application->category;
      standing.tier = first_tier(*window.policy, CategorySet{1} << standing.category);
      break;
    }
  }
  if (standing.window == nullptr && standing.policy != nullptr && tier != nullptr) {
    standing.tier = tier;
    for (const std::uint8_t bit : tier->categories) {
      if (!has(held, bit)) continue;
      standing.category = bit;
      break;
    }
  }
  measure(bill, *standing.measuring);
  return standing;
}

Payout Calculator::pay(PayoutAccount& account, const Facts& facts, const Bill& bill,
                       const Standing& standing, std::set<std::string>* missing, Steps* steps) {
  if (standing.policy == nullptr) {
    Payout nothing;
    nothing.reason = Reason::kNoPolicyInForce;
    return nothing;
  }
  Way way{account, facts, bill, standing, *standing.policy, missing, steps, {}};
  way.paid.category = standing.category;
  if (!pay_by_disease(way)) {
    pay_by_layers(way);
  } else if (way.policy.single_disease->pays == SingleDisease::Pays::kBetterOfBoth) {
    pay_better(way);
  }
  return way.paid;
}

void Calculator::pay_by_layers(Way& way) {
  if (way.standing.tier == nullptr) {
    way.paid.reason = Reason::kNoCategory;
    return;
  }
  take_amounts(way);
  way.paid.reason = eligibility(way);
  if (way.paid.reason == Reason::kNone) {
    way.paid.assistable = true;
    pay_base(way);
    pay_further(way);
  }
  control_out_of_catalogue(way);
}

// What is paid by disease stays unless the layers leave the person less to pay.
void Calculator::pay_better(Way& way) {
  PayoutAccount account = way.account;
  Steps steps;
  Way layers{account,
             way.facts,
             way.bill,
             way.standing,
             way.policy,
             way.missing,
             way.steps == nullptr ? nullptr : &steps,
             {}};
  layers.paid.category = way.standing.category;
  pay_by_layers(layers);
  const auto left = [&](const Payout& paid) {
    return way.bill.watched - paid.assistance() - paid.hospital_borne;
  };
  const Money by_disease = left(way.paid);
  const Money by_layers = left(layers.paid);
  const std::string& cite = way.policy.single_disease->cite;
  if (by_layers < by_disease) {
    way.account = std::move(account);
    way.paid = layers.paid;
    if (way.steps != nullptr) *way.steps = std::move(steps);
  }
  if (way.steps != nullptr) {
    way.step("单病种与分层救助取其优",
             fmt::format("按单病种个人剩余 {}，按分层救助个人剩余 {}",
                         thresholds::to_grouped_string(by_disease),
                         thresholds::to_grouped_string(by_layers)),
             way.paid.assistance(), cite);
  }
}

namespace {

bool fits(const thresholds::Cover& cover, const Bill& bill) {
  if ((cover.care & thresholds::care_bit(bill.care)) == 0 || !bill.meets(cover.place)) return false;
  const std::string& disease = bill.settlement->text(Text::kDiseCodg);
  return cover.diseases.empty() ||
         std::any_of(cover.diseases.begin(), cover.diseases.end(),
                     [&](const std::string& prefix) { return disease.starts_with(prefix); });
}

}  // namespace

// The first entry of the tier's covers that fits, and which sums and amounts it goes by.
void Calculator::take_amounts(Way& way) {
  const Tier& tier = *way.standing.tier;
  const RuleYear& year = years_.of(way.policy, way.standing.figures_on);
  way.amounts = &year.tiers[static_cast<std::size_t>(&tier - way.policy.tiers.data())];
  const auto cover = std::find_if(tier.covers.begin(), tier.covers.end(),
                                  [&](const thresholds::Cover& c) { return fits(c, way.bill); });
  if (cover == tier.covers.end()) return;
  way.cover = &*cover;
  way.cover_amounts = &way.amounts->covers[static_cast<std::size_t>(cover - tier.covers.begin())];
  way.deductible_rule = &tier.deductible;
  way.deductible = &way.amounts->deductible;
  way.counted = &way.account.counted;
  way.annual_cap = tier.cap ? &way.amounts->cap : nullptr;
  way.annual = &way.account.annual;
  if (!cover->allowance) return;

  const thresholds::Allowance& allowance = tier.allowances[*cover->allowance];
  const ResolvedAllowance& amounts = way.amounts->allowances[*cover->allowance];
  way.allowance = &way.account.allowances[allowance.index];
  if (allowance.deductible) {
    way.deductible_rule = &*allowance.deductible;
    way.deductible = &amounts.deductible;
    way.counted = &way.allowance->counted;
  }
  const Resolved* cap = allowance.cap ? &amounts.cap : nullptr;
  if (allowance.inside_annual_cap) {
    way.allowance_cap = cap;
  } else {
    way.annual_cap = cap;
    way.annual = &way.allowance->paid;
  }
}

namespace {

// A figure that the base layer needs and the reference table lacks; null: none.
const Resolved* missing_figure(std::initializer_list<const Resolved*> amounts,
                               const std::vector<ResolvedBand>& bands) {
  for (const Resolved* amount : amounts) {
    if (amount != nullptr && amount->missing) return amount;
  }
  for (const ResolvedBand& band : bands) {
    if (band.from.missing) return &band.from;
  }
  return nullptr;
}

}  // namespace

// 2-policies.md step 3, in its order.
Reason Calculator::eligibility(const Way& way) const {
  if (way.policy.residence_required && !way.facts.resident) return Reason::kHukouOutside;
  if (!way.place_allowed()) return Reason::kNotReferred;
  if (way.cover == nullptr) return Reason::kCareNotCovered;
  const Resolved* figure =
      missing_figure({way.deductible, way.annual_cap, &way.cover_amounts->cap, way.allowance_cap},
                     way.cover_amounts->bands);
  if (figure == nullptr) return Reason::kNone;
  way.miss(*figure);
  return Reason::kReferenceMissing;
}

// False: the settlement is not of a kind that is paid by disease.
bool Calculator::pay_by_disease(Way& way) const {
  if (!way.policy.single_disease) return false;
  const SingleDisease& rule = *way.policy.single_disease;
  const Settlement& settlement = *way.bill.settlement;
  const std::string& code = settlement.text(Text::kDiseCodg);
  if (code.empty() || settlement.text(Text::kInsutype) != rule.insutype ||
      (rule.care & thresholds::care_bit(way.bill.care)) == 0) {
    return false;
  }
  const auto share = std::find_if(
      rule.shares.begin(), rule.shares.end(),
      [&](const SingleDisease::Share& s) { return has(way.standing.held, s.category); });
  if (share == rule.shares.end()) return false;
  const std::optional<Money> limit = reference_.single_disease(city_.code, code);
  if (!limit) return false;

  Payout& paid = way.paid;
  paid.by_disease = true;
  paid.category = share->category;
  if (way.policy.residence_required && !way.facts.resident) {
    paid.reason = Reason::kHukouOutside;
    return true;
  }
  if (!way.place_allowed()) {
    paid.reason = Reason::kNotReferred;
    return true;
  }
  paid.assistable = true;
  const Money owed = std::max(Money{}, way.bill.watched);
  paid.hospital_borne = std::min(above(way.bill.total, *limit), owed);
  const Money within = std::min(way.bill.total, *limit);
  paid.single_disease = std::min(half_up(share->ratio, within), owed - paid.hospital_borne);
  if (way.steps != nullptr) {
    way.step("单病种限额内救助", share_text(share->ratio, within), paid.single_disease,
             share->cite);
    if (paid.hospital_borne.fen > 0) {
      way.step("超过限额部分由医疗机构承担",
               fmt::format("限额 {}", thresholds::to_grouped_string(*limit)), paid.hospital_borne,
               rule.cite);
    }
  }
  return true;
}

void Calculator::control_out_of_catalogue(Way& way) const {
  if (!way.policy.out_of_catalogue) return;
  const OutOfCatalogue& rule = *way.policy.out_of_catalogue;
  const Bill& bill = way.bill;
  if (!bill.in_province || (rule.care & thresholds::care_bit(bill.care)) == 0 ||
      !has(rule.categories, way.paid.category)) {
    return;
  }
  const std::string& charge_class = bill.settlement->text(Text::kHospChargeClass);
  const auto found = std::find_if(
      rule.limits.begin(), rule.limits.end(),
      [&](const OutOfCatalogue::Limit& limit) { return limit.hosp_charge_class == charge_class; });
  if (found == rule.limits.end()) return;
  const Money limit = half_up(found->share_of_total, bill.total);
  if (way.paid.assistable) {
    for (const OutOfCatalogue::FundShare& share : rule.fund_shares) {
      if (!has(share.categories, way.paid.category) || share.until < bill.benefit_day) continue;
      const Money within = std::min(bill.own_expense, limit);
      const Money owed = std::max(Money{}, bill.watched - way.paid.assistance());
      way.paid.out_of_catalogue = std::max(Money{}, std::min(half_up(share.ratio, within), owed));
      if (way.steps != nullptr) {
        way.step("目录外控制比例内救助", share_text(share.ratio, within), way.paid.out_of_catalogue,
                 share.cite);
      }
      break;
    }
  }
  const Money owed = std::max(Money{}, bill.watched - way.paid.assistance());
  way.paid.hospital_borne = std::min(above(bill.own_expense, limit), owed);
  if (way.steps != nullptr && way.paid.hospital_borne.fen > 0) {
    way.step("目录外费用超过控制比例，由医疗机构承担",
             fmt::format("控制额 {}", thresholds::to_grouped_string(limit)),
             way.paid.hospital_borne, found->cite);
  }
}

}  // namespace yujing::monitor

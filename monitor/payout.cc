#include "monitor/payout.h"

#include <algorithm>

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
  Way way{account, facts,   bill, standing, *standing.policy, missing, steps, {},
          nullptr, nullptr, 0,    {}};
  way.paid.category = standing.category;
  if (pay_by_disease(way)) return way.paid;
  if (standing.tier == nullptr) {
    way.paid.reason = Reason::kNoCategory;
    return way.paid;
  }
  const RuleYear& year = years_.of(way.policy, standing.account_year);
  way.amounts = &year.tiers[static_cast<std::size_t>(standing.tier - way.policy.tiers.data())];
  for (std::size_t i = 0; i < standing.tier->covers.size(); ++i) {
    if ((standing.tier->covers[i].care & thresholds::care_bit(bill.care)) == 0) continue;
    way.cover = &standing.tier->covers[i];
    way.cover_index = i;
    break;
  }
  way.paid.reason = eligibility(way);
  if (way.paid.reason == Reason::kNone) {
    way.paid.assistable = true;
    pay_base(way);
    pay_further(way);
  }
  control_out_of_catalogue(way);
  return way.paid;
}

// 2-policies.md step 3, in its order.
Reason Calculator::eligibility(const Way& way) const {
  if (way.policy.residence_required && !way.facts.resident) return Reason::kHukouOutside;
  if (!way.place_allowed()) return Reason::kNotReferred;
  if (way.cover == nullptr) return Reason::kCareNotCovered;
  if (way.amounts->deductible.missing) {
    way.miss(way.amounts->deductible);
    return Reason::kReferenceMissing;
  }
  if (way.standing.tier->cap && way.amounts->cap.missing) {
    way.miss(way.amounts->cap);
    return Reason::kReferenceMissing;
  }
  const Resolved& cover_cap = way.amounts->cover_caps[way.cover_index];
  if (cover_cap.missing) {
    way.miss(cover_cap);
    return Reason::kReferenceMissing;
  }
  return Reason::kNone;
}

// Payment by disease stands in for the layers. False: the settlement is not of that kind.
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

void Calculator::pay_base(Way& way) const {
  const Tier& tier = *way.standing.tier;
  const Bill& bill = way.bill;
  PayoutAccount& account = way.account;
  const Money deductible = way.amounts->deductible.rounded;
  const Money before = account.counted;
  account.counted += bill.in_policy;
  way.excess = above(account.counted, deductible) - above(before, deductible);
  Money base = half_up(way.cover->ratio, way.excess);
  if (way.steps != nullptr) {
    way.step("政策范围内个人负担",
             fmt::format("本年累计 {}", thresholds::to_grouped_string(account.counted)),
             bill.in_policy, way.policy.preselfpay_cite);
    way.step("超过年度起付标准的部分",
             fmt::format("起付标准 {}", thresholds::to_grouped_string(deductible)), way.excess,
             tier.deductible.cite);
    way.step("按比例救助", share_text(way.cover->ratio, way.excess), base, way.cover->cite);
  }
  if (tier.floor && bill.in_province && (tier.floor->care & thresholds::care_bit(bill.care)) != 0) {
    const Money floor = half_up(tier.floor->share, bill.in_catalogue) - bill.subtracted;
    if (floor > base) {
      base = floor;
      if (way.steps != nullptr) {
        way.step("补足到综合支付比例",
                 fmt::format("{} 减已报销 {}", share_text(tier.floor->share, bill.in_catalogue),
                             thresholds::to_grouped_string(bill.subtracted)),
                 base, tier.floor->cite);
      }
    }
  }
  Money most = bill.in_policy;
  if (tier.cap) most = std::min(most, above(way.amounts->cap.rounded, account.annual));
  if (way.cover->cap) {
    Money used;
    for (std::size_t kind = 0; kind < thresholds::kCareKinds; ++kind) {
      if ((way.cover->care >> kind & 1U) != 0) used += account.by_care[kind];
    }
    most = std::min(most, above(way.amounts->cover_caps[way.cover_index].rounded, used));
  }
  base = std::max(Money{}, std::min(base, most));
  account.annual += base;
  account.by_care[static_cast<std::size_t>(bill.care)] += base;
  way.paid.base = base;
  if (way.steps != nullptr) {
    const std::string used =
        tier.cap ? fmt::format("年度限额 {} 已用 {}",
                               thresholds::to_grouped_string(way.amounts->cap.rounded),
                               thresholds::to_grouped_string(account.annual))
                 : std::string("无年度限额");
    way.step("基本救助", used, base, tier.cap ? tier.cap->cite : tier.cap_cite);
  }
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

#include "app/made/bill.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace yujing::app {
namespace {

using monitor::Amount;

constexpr std::int64_t kDaySeconds = 86'400;
constexpr double kFen = 100.0;
constexpr double kCostMaxFen = 40'000'000;

// A kind of care as the generator knows it: how often, how dear (median in yuan, spread of the
// logarithm).
struct Kind {
  const char* med_type;
  std::uint32_t weight;  // of those of the person's health
  double median;
  double spread;
  bool inpatient;
};
constexpr Kind kOrdinaryKinds[] = {{"11", 4800, 130, 0.8, false}, {"41", 3500, 70, 0.7, false},
                                   {"14", 1200, 320, 0.6, false}, {"13", 230, 420, 0.6, false},
                                   {"21", 120, 5200, 0.75, true}, {"52", 40, 4600, 0.3, false},
                                   {"24", 20, 6500, 0.7, true},   {"99", 10, 150, 0.5, false}};
constexpr Kind kChronicKinds[] = {
    {"11", 2600, 150, 0.8, false},     {"41", 2400, 90, 0.7, false},
    {"140104", 3200, 360, 0.6, false}, {"140201", 1300, 410, 0.5, false},
    {"21", 420, 8200, 0.8, true},      {"23", 40, 15000, 0.7, true}};
constexpr Kind kGraveKinds[] = {{"11", 2200, 260, 0.8, false},     {"41", 1500, 180, 0.8, false},
                                {"140201", 2600, 620, 0.6, false}, {"15", 900, 5600, 0.5, false},
                                {"21", 2000, 36000, 0.6, true},    {"23", 700, 58000, 0.6, true},
                                {"22", 100, 30000, 0.6, true}};

struct Level {
  const char* hosp_lv;
  const char* charge_class;
  std::int64_t deductible;  // yuan, of a stay
  double ratio;             // the pool's share above it
};
constexpr Level kLevels[] = {{"02", "1", 1200, 0.60},
                             {"05", "2", 700, 0.68},
                             {"06", "2-county", 500, 0.74},
                             {"09", "3", 200, 0.82}};

std::span<const Kind> kinds_of(Health health) {
  switch (health) {
    case Health::kOrdinary:
      return kOrdinaryKinds;
    case Health::kChronic:
      return kChronicKinds;
    case Health::kGrave:
      return kGraveKinds;
  }
  return kOrdinaryKinds;
}

const Kind& draw_kind(Random& random, Health health) {
  const auto kinds = kinds_of(health);
  std::uint32_t all = 0;
  for (const auto& kind : kinds) {
    all += kind.weight;
  }
  auto at = random.below(all);
  for (const auto& kind : kinds) {
    if (at < kind.weight) return kind;
    at -= kind.weight;
  }
  return kinds.back();
}

const Kind& kind_of(const MadeBill& bill) {
  const auto kinds = kinds_of(bill.person.health);
  return *std::ranges::find(kinds, bill.med_type, &Kind::med_type);
}

const Level& level_of(const MadeBill& bill) {
  return *std::ranges::find(kLevels, bill.hosp_lv, &Level::hosp_lv);
}

std::int64_t share(std::int64_t fen, double ratio) {
  return static_cast<std::int64_t>(static_cast<double>(std::max<std::int64_t>(fen, 0)) * ratio);
}

// What the funds pay of `covered`, by kind of care and insurance.
void draw_funds(Random& random, MadeBill& bill, std::int64_t covered) {
  const bool employee = bill.person.employee;
  const Level& level = level_of(bill);
  if (bill.inpatient) {
    const std::int64_t deductible = std::min(covered, level.deductible * 100);
    const double referred = *bill.place_suffix == '\0' ? 0.0 : -0.1;
    bill.amount(Amount::kActPayDedc) = deductible;
    bill.amount(Amount::kHifp) =
        share(covered - deductible, level.ratio + (employee ? 0.1 : 0.0) + referred);
    // Past some point the second insurance joins in.
    const std::int64_t left = covered - bill.amount(Amount::kHifp);
    constexpr std::int64_t kSecondFromFen = 1'400'000;
    bill.amount(employee ? Amount::kHifob : Amount::kHifmi) = share(left - kSecondFromFen, 0.6);
    if (random.chance(20'000)) bill.amount(Amount::kOth) = share(left, 0.02);
  } else if (bill.med_type[0] != '4') {
    bill.amount(Amount::kHifp) =
        share(covered, bill.med_type[0] == '1' && bill.med_type[1] == '1' ? 0.5 : 0.62);
  }
  if (employee && random.chance(30'000)) {
    bill.amount(Amount::kCvlserv) = share(covered - bill.amount(Amount::kHifp), 0.2);
  }
}

// Assistance as it was paid on the spot: for most who hold a category, where care of this kind has
// it.
void draw_assistance(Random& random, MadeBill& bill, std::int64_t covered) {
  constexpr std::uint32_t kPaidOnTheSpot = 620'000;
  if (!bill.person.held || bill.med_type[0] == '4' || !random.chance(kPaidOnTheSpot)) return;
  std::int64_t left = covered;
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    left -= bill.fen[i];
  }
  bill.amount(Amount::kMaf) = share(left, 0.25 + 0.1 * static_cast<double>(random.below(3)));
}

void add_up(Random& random, MadeBill& bill) {
  std::int64_t funds = 0;
  for (std::size_t i = 0; i < thresholds::kPayers; ++i) {
    funds += bill.fen[i];
  }
  bill.amount(Amount::kFundPaySum) = funds;
  std::int64_t left = bill.amount(Amount::kMedfee) - funds;
  if (bill.inpatient && random.chance(25'000)) {
    bill.amount(Amount::kHospPart) = share(left, 0.05);
    left -= bill.amount(Amount::kHospPart);
  }
  bill.amount(Amount::kPsnPart) = left;
  std::int64_t account = 0;
  if (bill.person.employee)
    account = std::min<std::int64_t>(left, static_cast<std::int64_t>(random.below(60'000)));
  bill.amount(Amount::kAcctPay) = account;
  bill.amount(Amount::kPsnCash) = left - account;
}

void draw_place(Random& random, MadeBill& bill) {
  const bool away = bill.inpatient && (bill.med_type[1] == '3' || random.chance(60'000));
  bill.hosp_lv = kLevels[away ? 0 : 1 + random.below(3)].hosp_lv;
  bill.hospital = static_cast<std::uint32_t>(1 + random.below(40));
  if (!away) return;
  bill.place_suffix = "0102";  // the province's capital
  bill.pay_loc = '3';
  if (random.chance(500'000)) bill.filing = random.chance(300'000) ? "long_term" : "referral";
}

}  // namespace

void draw_amounts(Random& random, MadeBill& bill) {
  const Kind& kind = kind_of(bill);
  bill.fen.fill(0);
  const double cost = kind.median * std::exp(kind.spread * random.normal()) * kFen;
  const auto total = static_cast<std::int64_t>(std::clamp(cost, kFen, kCostMaxFen));
  const std::int64_t outside = share(total, 0.01 + 0.09 * random.unit());
  const std::int64_t over_limit = random.chance(150'000) ? share(total, 0.02 * random.unit()) : 0;
  const std::int64_t before = share(total, 0.02 + 0.08 * random.unit());
  const std::int64_t covered = total - outside - over_limit - before;
  bill.amount(Amount::kMedfee) = total;
  bill.amount(Amount::kFulamtOwnpay) = outside;
  bill.amount(Amount::kOverlmtSelfpay) = over_limit;
  bill.amount(Amount::kPreselfpay) = before;
  bill.amount(Amount::kInscpScp) = covered;
  draw_funds(random, bill, covered);
  draw_assistance(random, bill, covered);
  add_up(random, bill);
}

MadeBill make_made_bill(Random& random, const MadePerson& person, std::int64_t setl_time,
                        std::uint64_t id) {
  const Kind& kind = draw_kind(random, person.health);
  MadeBill bill;
  bill.id = id;
  bill.visit = id;
  bill.person = person;
  bill.setl_time = setl_time;
  bill.updt_time = setl_time + 1 + static_cast<std::int64_t>(random.below(90));
  bill.med_type = kind.med_type;
  bill.inpatient = kind.inpatient;
  bill.ends = static_cast<std::int32_t>(setl_time / kDaySeconds);
  bill.begins = bill.ends - (kind.inpatient ? static_cast<std::int32_t>(3 + random.below(14)) : 0);
  draw_place(random, bill);
  if (kind.inpatient) bill.charge_class = level_of(bill).charge_class;
  if (kind.inpatient || random.chance(300'000))
    bill.disease = static_cast<std::uint32_t>(1 + random.below(400));
  const auto dress = random.below(100);
  bill.dress = dress < 70   ? Dress::kCentreRow
               : dress < 85 ? Dress::kNationalRow
               : dress < 95 ? Dress::kSetlinfo
                            : Dress::kWholeReply;
  draw_amounts(random, bill);
  return bill;
}

MadeBill reversal_of(const MadeBill& bill, std::int64_t setl_time, std::uint64_t id) {
  MadeBill reversal = bill;
  reversal.id = id;
  reversal.reverses = bill.id;
  reversal.setl_time = setl_time;
  reversal.updt_time = setl_time + 1;
  for (auto& fen : reversal.fen) {
    fen = -fen;
  }
  return reversal;
}

}  // namespace yujing::app

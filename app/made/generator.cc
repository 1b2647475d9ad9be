#include "app/made/generator.h"

#include <algorithm>
#include <numeric>

#include "thresholds/civil_day.h"
#include "thresholds/result.h"

namespace yujing::app {
namespace {

// Shares of all lines, per million.
constexpr std::uint32_t kDuplicates = 10'000;
constexpr std::uint32_t kVoids = 300;
constexpr std::uint32_t kReversals = 20'000;
constexpr std::uint32_t kCorrections = 10'000;
constexpr std::uint32_t kIgnored = 1'000;
constexpr std::uint32_t kBroken = 500;  // of each kind
constexpr std::uint32_t kBrokenKinds = 7;
// Shares of these, per million.
constexpr std::uint32_t kLate = 30'000;             // of bills
constexpr std::uint32_t kReversalFirst = 100'000;   // of reversals
constexpr std::uint32_t kReversalUnknown = 50'000;  // of reversals
constexpr std::uint32_t kReversalByAmounts = 200'000;
constexpr std::uint32_t kCorrectionFirst = 100'000;  // of corrections
constexpr std::uint32_t kSoon = 500'000;             // of repeats: within about a second

constexpr std::size_t kMemory = 4096;
constexpr std::size_t kMemorySoon = 64;
constexpr std::uint64_t kWaitLinesMax = 2000;
constexpr std::uint64_t kLastLinesWhole =
    16;  // no broken line among the last: a cut one would be "still being written"

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kDays = 360;  // the year's bills spread over so many days
constexpr std::int64_t kOpensAt = 7 * 3600;
constexpr std::int64_t kOpenFor = 13 * 3600;

}  // namespace

std::uint64_t GeneratorCounts::refused_in_all() const {
  return std::accumulate(refused.begin(), refused.end(), std::uint64_t{0});
}

Generator::Generator(GeneratorOptions options)
    : options_(std::move(options)),
      people_(options_.cities, options_.seed, options_.year),
      writer_(people_),
      random_(options_.seed),
      zipf_(options_.persons, options_.zipf) {
  CHECK(!options_.cities.empty());
  memory_.reserve(kMemory);
}

// The stream's own time: the year goes by evenly over its lines, in opening hours.
std::int64_t Generator::now() const {
  const double share = static_cast<double>(counts_.lines) / static_cast<double>(options_.events);
  const double days = share * static_cast<double>(kDays);
  const auto day = static_cast<std::int64_t>(days);
  const auto second =
      static_cast<std::int64_t>((days - static_cast<double>(day)) * static_cast<double>(kOpenFor));
  return (thresholds::first_of_year(options_.year).days + 1 + day) * kDaySeconds + kOpensAt +
         second;
}

MadeBill Generator::new_bill() {
  // Ranks are scattered over the numbers, so that busy persons do not lie side by side.
  constexpr std::uint64_t kScatter = 2'654'435'761ULL;
  const std::uint64_t number =
      (zipf_.draw(random_) * kScatter + options_.seed % options_.persons) % options_.persons;
  MadeBill bill = make_made_bill(random_, people_.person(number), now(), ++last_id_);
  if (random_.chance(kLate)) make_late(bill);
  return bill;
}

// Half of them lay about somewhere; the others were settled late at the centre, long after the
// discharge.
void Generator::make_late(MadeBill& bill) {
  ++counts_.late;
  const auto back = static_cast<std::int32_t>(1 + random_.below(100));
  if (bill.inpatient && random_.chance(500'000)) {
    bill.begins -= back;
    bill.ends -= back;
    bill.pay_loc = '1';
    return;
  }
  const std::int64_t first =
      std::int64_t{thresholds::first_of_year(options_.year).days} * kDaySeconds + kOpensAt;
  const std::int64_t earliest = random_.chance(100'000) ? 0 : first;
  const std::int64_t earlier = std::max(earliest, bill.setl_time - back * kDaySeconds);
  const auto days = static_cast<std::int32_t>((bill.setl_time - earlier) / kDaySeconds);
  bill.setl_time -= days * kDaySeconds;
  bill.updt_time -= days * kDaySeconds;
  bill.begins -= days;
  bill.ends -= days;
}

// A bill sent lately that nothing was done to yet; null when none was found in a few tries.
Generator::Remembered* Generator::recent() {
  if (memory_.empty()) return nullptr;
  for (int tries = 0; tries < 8; ++tries) {
    const std::size_t span =
        std::min(memory_.size(), random_.chance(kSoon) ? kMemorySoon : kMemory);
    const std::size_t back = random_.below(span);
    const std::size_t newest = (counts_.bills - 1) % kMemory;
    auto& found = memory_[(newest + memory_.size() - back) % memory_.size()];
    if (!found.used) {
      found.used = true;
      return &found;
    }
  }
  return nullptr;
}

void Generator::send_bill(std::string& out) {
  const MadeBill bill = new_bill();
  writer_.append(out, bill, Fault::kNone);
  remember(bill, false);
}

// Every new bill takes the place of the oldest.
void Generator::remember(const MadeBill& bill, bool used) {
  const std::size_t at = counts_.bills % kMemory;
  ++counts_.bills;
  if (at == memory_.size()) {
    memory_.push_back({bill, used});
  } else {
    memory_[at] = {bill, used};
  }
}

void Generator::send_again(std::string& out, bool voided) {
  Remembered* const found = recent();
  if (found == nullptr) return send_bill(out);
  MadeBill bill = found->bill;
  bill.is_void = voided;
  if (voided || random_.chance(200'000)) bill.updt_time = std::max(bill.updt_time, now());
  writer_.append(out, bill, Fault::kNone);
  ++counts_.duplicates;
  if (voided) ++counts_.voided;
}

void Generator::send_correction(std::string& out) {
  if (random_.chance(kCorrectionFirst)) {
    const MadeBill earlier = new_bill();
    MadeBill later = earlier;
    draw_amounts(random_, later);
    later.updt_time += 3600;
    writer_.append(out, later, Fault::kNone);
    remember(later, true);
    return wait(earlier, true);
  }
  Remembered* const found = recent();
  if (found == nullptr) return send_bill(out);
  MadeBill bill = found->bill;
  draw_amounts(random_, bill);
  bill.updt_time = std::max(bill.updt_time + 60, now());
  writer_.append(out, bill, Fault::kNone);
  ++counts_.corrections;
}

void Generator::send_reversal(std::string& out) {
  const bool first = random_.chance(kReversalFirst);
  const bool unknown = !first && random_.chance(kReversalUnknown);
  Remembered* const found = first || unknown ? nullptr : recent();
  if (!first && !unknown && found == nullptr) return send_bill(out);
  const MadeBill bill = found != nullptr ? found->bill : new_bill();
  MadeBill reversal = reversal_of(bill, std::max(now(), bill.setl_time), ++last_id_);
  reversal.by_amounts = random_.chance(kReversalByAmounts);
  writer_.append(out, reversal, Fault::kNone);
  ++counts_.reversals;
  if (unknown) ++counts_.reversals_unknown;
  if (!first) return;
  ++counts_.reversals_first;
  wait(bill, false);
}

void Generator::wait(const MadeBill& bill, bool is_outdated) {
  waiting_.push_back({counts_.lines + 2 + random_.below(kWaitLinesMax), bill, is_outdated});
}

void Generator::send_waiting(std::string& out, std::size_t at) {
  const Waiting waiting = waiting_[at];
  waiting_[at] = waiting_.back();
  waiting_.pop_back();
  writer_.append(out, waiting.bill, Fault::kNone);
  if (waiting.is_outdated) {
    ++counts_.outdated;
    return;
  }
  remember(waiting.bill, true);
}

void Generator::send_broken(std::string& out) {
  using monitor::RefusalReason;
  static constexpr std::pair<Fault, RefusalReason> kFaults[] = {
      {Fault::kNotJson, RefusalReason::kNotJson},
      {Fault::kMissingField, RefusalReason::kMissingField},
      {Fault::kBadAmount, RefusalReason::kBadAmount},
      {Fault::kBadDate, RefusalReason::kBadDate},
      {Fault::kSumsDisagree, RefusalReason::kSumsDisagree},
      {Fault::kUnknownCity, RefusalReason::kUnknownCity}};
  const std::uint64_t kind = random_.below(kBrokenKinds);
  if (kind == std::size(kFaults)) return send_conflict(out);
  const auto& [fault, reason] = kFaults[kind];
  writer_.append(out, new_bill(), fault);
  ++counts_.refused[static_cast<std::size_t>(reason)];
}

// Other amounts under the same id, and nothing to say which is later.
void Generator::send_conflict(std::string& out) {
  Remembered* const found = recent();
  if (found == nullptr) return send_bill(out);
  MadeBill bill = found->bill;
  while (bill.fen == found->bill.fen) {
    draw_amounts(random_, bill);
  }
  writer_.append(out, bill, Fault::kNone);
  ++counts_.refused[static_cast<std::size_t>(monitor::RefusalReason::kConflict)];
}

// What falls on the share of a line drawn, among the kinds that are not simply a bill.
void Generator::send_drawn(std::string& out) {
  std::uint64_t at = random_.below(1'000'000);
  const auto falls_on = [&at](std::uint32_t share) {
    if (at < share) return true;
    at -= share;
    return false;
  };
  if (falls_on(kDuplicates)) return send_again(out, false);
  if (falls_on(kVoids)) return send_again(out, true);
  if (falls_on(kReversals)) return send_reversal(out);
  if (falls_on(kCorrections)) return send_correction(out);
  if (falls_on(kBroken * kBrokenKinds)) return send_broken(out);
  if (!falls_on(kIgnored)) return send_bill(out);
  writer_.append_pre_settlement(out, new_bill());
  ++counts_.ignored;
}

bool Generator::next(std::string& out) {
  const std::uint64_t left = options_.events - counts_.lines;
  if (left == 0) return false;
  const auto due =
      std::ranges::find_if(waiting_, [&](const Waiting& w) { return w.due <= counts_.lines; });
  if (left <= waiting_.size()) {
    send_waiting(out, 0);
  } else if (due != waiting_.end()) {
    send_waiting(out, static_cast<std::size_t>(due - waiting_.begin()));
  } else if (left <= waiting_.size() + kLastLinesWhole) {
    send_bill(out);
  } else {
    send_drawn(out);
  }
  ++counts_.lines;
  return true;
}

}  // namespace yujing::app

// fingerprint(): every member of the rules written out in one fixed way, then digested per version.
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include "thresholds/digest.h"
#include "thresholds/policy_file.h"

namespace yujing::thresholds {
namespace {

// Writes values one after the other so that different values never make the same text.
class Writer {
 public:
  void put(std::int64_t number) { text_ += fmt::format("{} ", number); }
  void put(bool flag) { put(std::int64_t{flag}); }
  void put(std::uint64_t number) { text_ += fmt::format("{} ", number); }
  void put(std::int32_t number) { put(std::int64_t{number}); }
  void put(std::uint16_t number) { put(std::uint64_t{number}); }
  void put(std::uint8_t number) { put(std::uint64_t{number}); }
  void put(Money amount) { put(amount.fen); }
  void put(Ratio ratio) { put(ratio.per_ten_thousand); }
  void put(CivilDay day) { put(day.days); }
  void put(const std::string& text) { text_ += fmt::format("{}:{} ", text.size(), text); }

  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum value) { put(static_cast<std::int64_t>(value)); }

  template <class T>
  void put(const std::vector<T>& values) {
    text_ += fmt::format("[{}] ", values.size());
    for (const auto& value : values)
      put(value);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const PrefixTable<T>& table) {
    text_ += fmt::format("[{}] ", table.entries.size());
    for (const auto& entry : table.entries)
      put_all(entry.prefix, entry.value);
  }

  void put(const Category& c) { put_all(c.code, c.name, c.certified_by, c.cite); }
  void put(const OwnCareKind& k) { put_all(k.prefix, k.kind, k.cite); }
  void put(const LocalName& l) { put_all(l.name, l.category, l.cite); }
  void put(const MonthDay& m) { put_all(m.month, m.day); }
  void put(const AmountRule& a) {
    put_all(a.kind, a.yuan, a.share, a.income.scope, a.income.population, a.income.years_before,
            a.published, a.rounding, a.switches_on, a.cite);
  }
  void put(const Deductible& d) {
    put(static_cast<const AmountRule&>(d));
    put(d.each_settlement);
  }
  void put(const Band& b) { put_all(b.from, b.ratio); }
  void put(const Allowance& a) {
    put_all(a.id, a.name, a.deductible, a.cap, a.inside_annual_cap, a.cite);
  }
  void put(const Cover& c) {
    put_all(c.care, c.diseases, c.place, c.ratio, c.bands, c.bands_of, c.cap, c.allowance, c.cite);
  }
  void put(const Floor& f) { put_all(f.care, f.share, f.cite); }
  void put(const FurtherLayer& f) {
    put_all(f.kind, f.name, f.measured_on, f.threshold, f.ratio, f.bands, f.lump, f.care, f.cap,
            f.inside_annual_cap, f.after_cap_used, f.place, f.cite);
  }
  void put(const Tier& t) {
    put_all(t.id, t.name, t.categories, t.deductible, t.cap, t.cap_cite, t.allowances, t.covers,
            t.floor, t.further, t.further_cite, t.cite);
  }
  void put(const SingleDisease::Share& s) { put_all(s.category, s.ratio, s.cite); }
  void put(const SingleDisease& s) { put_all(s.pays, s.insutype, s.care, s.shares, s.cite); }
  void put(const OutOfCatalogue::Limit& l) {
    put_all(l.hosp_charge_class, l.share_of_total, l.cite);
  }
  void put(const OutOfCatalogue::FundShare& f) { put_all(f.categories, f.ratio, f.until, f.cite); }
  void put(const OutOfCatalogue& o) {
    put_all(o.care, o.categories, o.limits, o.fund_shares, o.cite);
  }
  void put(const CriticalIllness::Schedule& s) {
    put_all(s.insutype, s.categories, s.bands, s.cite);
  }
  void put(const CriticalIllness::SpecialDrug& d) {
    put_all(d.categories, d.stated, d.ratio, d.deductible, d.cap, d.cite);
  }
  void put(const CriticalIllness& c) {
    put_all(c.insutypes, c.care, c.special_drug_care, c.base_payers, c.schedules, c.special_drugs,
            c.cite);
  }
  void put(const PremiumRule& p) {
    put_all(p.categories, p.fixed, p.share, p.amount, p.at_least, p.first_year, p.last_year,
            p.cite);
  }
  void put(const ApplicationRule& a) {
    put_all(a.category, a.months, a.start, a.end, a.papers, a.cite);
  }
  void put(const WarningRule& w) {
    put_all(w.id, w.title, w.population, w.categories, w.not_yet_assisted, w.per, w.care, w.measure,
            w.line, w.started_by, w.report_step, w.offices, w.back_into_poverty, w.cite);
  }
  void put(const Note& n) { put_all(n.text, n.cite); }
  void put(const Policy& p) {
    put_all(p.document, p.title, p.version, p.from, p.until, p.after_gap, p.in_force_cite,
            p.preselfpay_in_policy, p.preselfpay_cite, p.burden_payers, p.exclude_med_types,
            p.category_from_next_month, p.category_effect_cite, p.residence_required,
            p.residence_cite, p.referral_required, p.emergency_exempt, p.referral_cite, p.declared,
            p.tiers);
    put_all(p.application, p.single_disease, p.out_of_catalogue, p.critical_illness, p.premium,
            p.premium_stated, p.deposit_waiver, p.deposit_cite, p.warnings, p.notes);
  }

  template <class... Values>
  void put_all(const Values&... values) {
    (put(values), ...);
  }

  [[nodiscard]] std::string digested() const { return digest(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string fingerprint(const RuleBook& rules) {
  Writer national;
  national.put_all(rules.national.care_kinds, rules.national.filing_defaults);
  std::string text = fmt::format("national {}\n", national.digested());
  for (const auto& city : rules.cities) {
    for (const auto& version : city.versions) {
      Writer writer;
      writer.put_all(city.id, city.name, city.area, city.categories, city.local_names,
                     city.allowances, city.care_kinds, city.own_care_kinds, version);
      text += fmt::format("{} {}\n", version.version, writer.digested());
    }
  }
  return text;
}

}  // namespace yujing::thresholds

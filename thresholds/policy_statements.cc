#include "thresholds/policy_statements.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "thresholds/policy_phrases.h"

namespace yujing::thresholds {
namespace {

const std::string kNotStated(kNotStatedPhrase);

// What is said, and on whose word.
struct Said {
  std::string text;
  std::string cite;
  bool cited_above = false;
};

using Persons = std::vector<Statement::Person>;

// A list of statements while it grows. Statements take the section, group and persons set last.
class Statements {
 public:
  void section(std::string_view title) {
    section_ = title;
    close_group();
  }
  void open_group(std::string path, std::string name, std::string title, std::string cite,
                  Persons persons) {
    group_ = title;
    persons_ = std::move(persons);
    add(std::move(path), std::move(name), "", {std::move(title), std::move(cite)});
    list_.back().opens_group = true;
  }
  void close_group() {
    group_.clear();
    persons_.clear();
  }
  void persons(Persons persons) { persons_ = std::move(persons); }

  // A path said before gets a number behind it.
  void add(std::string path, std::string name, std::string subject, Said said) {
    const std::string first = path;
    for (int number = 2; has(path); ++number)
      path = fmt::format("{}#{}", first, number);
    list_.push_back({std::move(path), section_, group_, false, std::move(name), std::move(subject),
                     std::move(said.text), std::move(said.cite), said.cited_above, false,
                     persons_});
  }
  void add(std::string path, std::string name, Said said) {
    add(std::move(path), std::move(name), "", std::move(said));
  }

  void last_is_in_set() { list_.back().in_set = true; }

  std::vector<Statement> take() { return std::move(list_); }

 private:
  [[nodiscard]] bool has(const std::string& path) const {
    return std::any_of(list_.begin(), list_.end(),
                       [&](const Statement& each) { return each.path == path; });
  }

  std::vector<Statement> list_;
  std::string section_;
  std::string group_;
  Persons persons_;
};

// The walk over one version.
class Walk {
 public:
  Walk(const CityRules& city, const Policy& policy) : city_(city), policy_(policy) {}

  std::vector<Statement> statements() {
    heading();
    categories();
    conditions();
    tiers();
    application();
    single_disease();
    out_of_catalogue();
    critical_illness();
    premium();
    warnings();
    notes();
    return said_.take();
  }

 private:
  // One statement for each category of a set, each about the people of that category, its code put
  // behind `path`; for 0 one about everybody else.
  void for_each_category(const std::string& path, const std::string& name, CategorySet set,
                         const Said& said) {
    if (set == 0) said_.add(path + "others", name, "其他人员", said);
    for (std::size_t bit = 0; bit < city_.categories.size(); ++bit) {
      if ((set >> bit & 1U) == 0) continue;
      for_category(path, name, bit, said);
      said_.last_is_in_set();
    }
  }
  void for_category(const std::string& path, const std::string& name, std::size_t bit,
                    const Said& said) {
    const Category& category = city_.categories[bit];
    said_.persons({{category.code, category.name}});
    said_.add(path + category.code, name, category.name, said);
    said_.persons({});
  }
  [[nodiscard]] Persons persons_of(CategorySet set) const {
    Persons persons;
    for (std::size_t bit = 0; bit < city_.categories.size(); ++bit) {
      if ((set >> bit & 1U) == 0) continue;
      persons.push_back({city_.categories[bit].code, city_.categories[bit].name});
    }
    return persons;
  }
  void for_each_care(const std::string& path, const std::string& name, CareSet set,
                     const Said& said) {
    for (std::size_t kind = 0; kind < kCareKinds; ++kind) {
      if ((set >> kind & 1U) == 0) continue;
      said_.add(fmt::format("{}/{}", path, kCareKindNames[kind]), name,
                city_.names.care_kinds[kind], said);
    }
  }
  void for_each_payer(const std::string& path, const std::string& name, PayerSet set,
                      const Said& said) {
    for (std::size_t payer = 0; payer < kPayers; ++payer) {
      if ((set >> payer & 1U) == 0) continue;
      said_.add(fmt::format("{}/{}", path, kPayerNames[payer]), name, city_.names.payers[payer],
                said);
    }
  }
  void for_each_word(const std::string& path, const std::string& name,
                     const std::vector<std::string>& words, const Said& said) {
    for (const auto& word : words)
      said_.add(fmt::format("{}/{}", path, word), name, word, said);
  }

  void heading() {
    said_.add("title", "标题", {policy_.title, ""});
    said_.add("document", "文号", {policy_.document, ""});
    const std::string_view gap = policy_.after_gap ? "，此前一段时间没有规则" : "";
    said_.add("in_force", "施行",
              {fmt::format("{}{}", days_phrase(policy_.from, policy_.until), gap),
               policy_.in_force_cite});
    said_.add("version", "版本", {policy_.version, ""});
  }

  void categories() {
    said_.section("救助对象类别");
    for (std::size_t bit = 0; bit < city_.categories.size(); ++bit) {
      if ((policy_.declared >> bit & 1U) == 0) continue;
      const Category& category = city_.categories[bit];
      std::vector<std::string> offices;
      for (const auto& office : category.certified_by)
        offices.emplace_back(city_.names.office(office));
      const std::string certified =
          offices.empty() ? "认定部门" + kNotStated : joined(offices) + "认定";
      said_.add("categories/" + category.code,
                fmt::format("{}（{}）", category.name, category.code), {certified, category.cite});
    }
    for (const auto& local : city_.local_names) {
      said_.add("local_names/" + local.name, "本地名称", local.name,
                {"视为" + city_.categories[local.category].name, local.cite});
    }
  }

  void conditions() {
    said_.section("计算口径和待遇条件");
    said_.add("burden/preselfpay", "个人负担",
              {policy_.preselfpay_in_policy ? "政策范围内费用含先行自付（乙类）部分"
                                            : "政策范围内费用不含先行自付（乙类）部分",
               policy_.preselfpay_cite});
    for_each_payer("burden/payers", "扣除的支付", policy_.burden_payers,
                   {"", policy_.preselfpay_cite, true});
    for_each_word("burden/exclude_med_types", "不计入的医疗类别", policy_.exclude_med_types,
                  {"", policy_.preselfpay_cite});
    said_.persons(persons_of(policy_.tier_categories));
    if (!policy_.category_effect_cite.empty()) {
      said_.add("category_effect", "类别生效",
                {policy_.category_from_next_month ? "自纳入的次月起享受，自退出的次月起停止"
                                                  : "自认定之日起享受，至退出之日止",
                 policy_.category_effect_cite});
    }
    if (!policy_.residence_cite.empty()) {
      said_.add("residence", "户籍",
                {policy_.residence_required ? "须为本统筹区户籍" : "不限本统筹区户籍",
                 policy_.residence_cite});
    }
    said_.add("referral", "转诊", {referral(), policy_.referral_cite});
    said_.persons({});
  }

  [[nodiscard]] std::string referral() const {
    if (policy_.referral_cite.empty()) return kNotStated + "转诊条件";
    std::string text = policy_.referral_required ? "未按规定转诊的不予救助" : "不要求转诊";
    if (policy_.emergency_exempt) return text + "，急诊抢救除外";
    return policy_.referral_required ? text + "，文件未载急诊抢救除外" : text;
  }

  void tiers() {
    said_.section("救助标准（按顺序取第一个符合的档次）");
    for (const auto& each : policy_.tiers)
      tier(each);
  }

  void tier(const Tier& tier) {
    const std::string path = "tiers/" + tier.id;
    const auto persons = persons_of(tier.category_set);
    said_.open_group(path, "档次", tier.name, tier.cite, persons);
    for (const auto bit : tier.categories) {
      for_category(path + "/categories/", "类别", bit, {"", tier.cite, true});
    }
    said_.persons(persons);
    said_.add(path + "/deductible", "起付标准",
              {deductible_phrase(tier.deductible, tier.deductible.cite), tier.deductible.cite});
    said_.add(path + "/cap", "年度限额",
              {tier.cap ? amount_phrase(*tier.cap, tier.cap_cite) : "不设", tier.cap_cite});
    for (const auto& allowance : tier.allowances) {
      said_.add(fmt::format("{}/allowances/{}", path, allowance.id), "单列" + allowance.name,
                {allowance_text(allowance), allowance.cite});
    }
    for (const auto& cover : tier.covers) {
      for_each_care(path + "/cover" + conditions_of(cover), "救助比例", cover.care,
                    {cover_text(tier, cover), cover.cite});
    }
    if (tier.floor) {
      said_.add(path + "/floor", "托底", {floor_text(*tier.floor), tier.floor->cite});
    }
    if (tier.further) {
      said_.add(path + "/tilt", tier.further->name,
                {further_text(*tier.further), tier.further_cite});
    } else if (!tier.further_cite.empty()) {
      said_.add(path + "/tilt", "倾斜救助", {"不适用", tier.further_cite});
    }
  }

  static std::string allowance_text(const Allowance& allowance) {
    const std::string deductible =
        allowance.deductible ? "起付标准" + deductible_phrase(*allowance.deductible, allowance.cite)
                             : std::string("共用本档起付标准");
    const std::string cap = allowance.cap
                                ? "全年不超过" + amount_phrase(*allowance.cap, allowance.cite)
                                : std::string("不设限额");
    return fmt::format("{}，{}（{}年度限额）", deductible, cap,
                       allowance.inside_annual_cap ? "计入" : "不计入");
  }

  // Which bills an entry is for, besides their kind of care: a part of its path.
  static std::string conditions_of(const Cover& cover) {
    std::string path;
    if (!cover.diseases.empty()) path += fmt::format("-{}", fmt::join(cover.diseases, "-"));
    if (cover.place != PlaceCondition::kAnywhere) {
      path += fmt::format("-{}", kPlaceConditionNames[static_cast<std::size_t>(cover.place)]);
    }
    return path;
  }

  [[nodiscard]] std::string cover_text(const Tier& tier, const Cover& cover) const {
    std::string text;
    if (!cover.diseases.empty()) text += fmt::format("病种{}的，", joined(cover.diseases));
    if (const auto place = place_phrase(cover.place); !place.empty()) {
      text += fmt::format("{}，", place);
    }
    if (cover.bands.empty()) {
      text += to_string(cover.ratio);
    } else {
      text += cover.bands_of == Cover::BandsOf::kAboveDeductible ? "起付标准以上的部分分段："
                                                                 : "全年累计的个人负担分段：";
      text += bands_phrase(cover.bands, cover.cite);
    }
    if (cover.allowance) {
      text += fmt::format("，计入单列{}", tier.allowances[*cover.allowance].name);
    }
    if (!cover.cap) return text;
    // Kinds of care on one line share its cap.
    const bool several = (cover.care & (cover.care - 1U)) != 0;
    const std::string together =
        several ? care_phrase(city_.names, cover.care) + "合计" : std::string();
    return fmt::format("{}，{}全年不超过{}{}", text, together,
                       amount_phrase(*cover.cap, cover.cite), tier.cap ? "（计入年度限额）" : "");
  }

  [[nodiscard]] std::string floor_text(const Floor& floor) const {
    return fmt::format("省内{}综合支付比例达不到{}的，救助到{}",
                       care_phrase(city_.names, floor.care), to_string(floor.share),
                       to_string(floor.share));
  }

  [[nodiscard]] std::string further_text(const FurtherLayer& layer) const {
    std::string text;
    if (const auto place = place_phrase(layer.place); !place.empty()) {
      text += fmt::format("{}，", place);
    }
    if (layer.care != 0) text += fmt::format("{}费用，", care_phrase(city_.names, layer.care));
    if (layer.after_cap_used) text += "年度限额用完后，";
    const auto sum = sum_phrase(layer.measured_on);
    const std::string line = amount_phrase(layer.threshold, layer.cite);
    switch (layer.kind) {
      case FurtherLayer::Kind::kPoints:
        text += fmt::format("{}超过{}的，救助比例提高{}", sum, line, to_string(layer.ratio));
        break;
      case FurtherLayer::Kind::kRaisedRatio:
        text += fmt::format("{}超过{}的，基本救助的比例提高{}", sum, line, to_string(layer.ratio));
        break;
      case FurtherLayer::Kind::kSlice:
        text += slice_text(layer);
        break;
      case FurtherLayer::Kind::kLump:
        text += fmt::format("一次性支付{}，每年一次", yuan_phrase(layer.lump));
        break;
    }
    if (layer.cap) text += fmt::format("，全年不超过{}", amount_phrase(*layer.cap, layer.cite));
    return text + (layer.inside_annual_cap ? "，计入年度限额" : "，不计入年度限额");
  }

  static std::string slice_text(const FurtherLayer& layer) {
    const auto sum = sum_phrase(layer.measured_on);
    if (!layer.bands.empty()) {
      return fmt::format("{}分段救助：{}", sum, bands_phrase(layer.bands, layer.cite));
    }
    const auto& line = layer.threshold;
    const bool all = line.kind == AmountRule::Kind::kYuan && line.yuan == Money{};
    const std::string part =
        all ? std::string() : fmt::format("超过{}的部分", amount_phrase(line, layer.cite));
    return fmt::format("{}{}按{}救助", sum, part, to_string(layer.ratio));
  }

  void application() {
    said_.section("依申请救助");
    if (!policy_.application) {
      return said_.add("application", "追溯", {kNotStated + "追溯期", ""});
    }
    const auto& rule = *policy_.application;
    for_category("application/category/", "对象", rule.category, {"", rule.cite});
    said_.persons(persons_of(CategorySet{1} << rule.category));
    said_.add("application/window", "追溯",
              {fmt::format("自{}起，至{}止，每年申请一次", window_start_phrase(rule),
                           window_end_phrase(rule)),
               rule.cite});
    for_each_word("application/papers", "材料", rule.papers, {"", rule.cite, true});
    said_.persons({});
  }

  void single_disease() {
    if (!policy_.single_disease) return;
    const auto& rule = *policy_.single_disease;
    said_.section("单病种最高限额付费");
    said_.add("single_disease", "范围",
              {fmt::format("险种{}，{}；病种和限额见参考数据表，超过限额的由医疗机构承担",
                           rule.insutype, care_phrase(city_.names, rule.care)),
               rule.cite});
    said_.add("single_disease/pays", "与各档救助",
              {rule.pays == SingleDisease::Pays::kInsteadOfLayers
                   ? "符合范围的，只按单病种救助"
                   : "符合范围的，两者取个人剩余负担较少的，相同的按单病种",
               rule.cite, true});
    for (const auto& share : rule.shares) {
      for_category(
          "single_disease/shares/", "救助", share.category,
          {fmt::format("限额内费用的{}，不受年度限额限制", to_string(share.ratio)), share.cite});
    }
  }

  void out_of_catalogue() {
    if (!policy_.out_of_catalogue) return;
    const auto& control = *policy_.out_of_catalogue;
    said_.section("目录外费用控制");
    for_each_category("out_of_catalogue/categories/", "范围", control.categories,
                      {"省内" + care_phrase(city_.names, control.care), control.cite});
    said_.persons(persons_of(control.categories));
    for (const auto& limit : control.limits) {
      said_.add("out_of_catalogue/limits/" + limit.hosp_charge_class,
                fmt::format("收费类别{}", limit.hosp_charge_class),
                {fmt::format("目录外费用不超过总费用的{}，超过的由医疗机构承担",
                             to_string(limit.share_of_total)),
                 limit.cite});
    }
    said_.persons({});
    for (const auto& share : control.fund_shares) {
      for_each_category("out_of_catalogue/fund_pays/", "基金承担", share.categories,
                        {fmt::format("控制比例以内的由医疗救助基金支付{}，至{}",
                                     to_string(share.ratio), to_string(share.until)),
                         share.cite});
    }
  }

  void critical_illness() {
    if (!policy_.critical_illness) return;
    const auto& insurance = *policy_.critical_illness;
    said_.section("大病保险");
    const Said base{"政策范围内费用", insurance.cite};
    for_each_word("critical_illness/insutypes", "险种", insurance.insutypes, {"", insurance.cite});
    for_each_care("critical_illness/care", "计算基数", insurance.care, base);
    for_each_payer("critical_illness/paid_before", "先减去", insurance.base_payers,
                   {"", insurance.cite});
    for_each_care("critical_illness/special_drug_care", "另立账户", insurance.special_drug_care,
                  {"", insurance.cite});
    for (const auto& schedule : insurance.schedules) {
      for_each_category(fmt::format("critical_illness/schedules/{}-", schedule.insutype),
                        fmt::format("分段比例，险种{}", schedule.insutype), schedule.categories,
                        {bands_phrase(schedule.bands, schedule.cite), schedule.cite});
    }
    for (const auto& drug : insurance.special_drugs) {
      std::string text = fmt::format("起付{}，", yuan_phrase(drug.deductible));
      text += drug.stated ? "支付" + to_string(drug.ratio) : "比例" + kNotStated;
      if (drug.cap) text += fmt::format("，全年不超过{}", yuan_phrase(*drug.cap));
      for_each_category("critical_illness/special_drugs/", "特殊药品", drug.categories,
                        {std::move(text), drug.cite});
    }
  }

  void premium() {
    said_.section("参保资助和住院押金");
    if (!policy_.premium_stated) said_.add("premium", "参保资助", {kNotStated, ""});
    for (const auto& rule : policy_.premium) {
      std::string text = rule.fixed ? fmt::format("定额{}", yuan_phrase(rule.amount))
                                    : fmt::format("个人缴费的{}", to_string(rule.share));
      if (rule.at_least != Money{}) {
        text += fmt::format("，不低于{}", yuan_phrase(rule.at_least));
      }
      if (rule.first_year > 0) text += fmt::format("，{}年起", rule.first_year);
      if (rule.last_year < 9999) text += fmt::format("，至{}年", rule.last_year);
      for_each_category("premium/", "参保资助", rule.categories, {std::move(text), rule.cite});
    }
    if (policy_.deposit_waiver == 0) {
      return said_.add("deposit_waiver", "免除住院押金", {kNotStated, ""});
    }
    for_each_category("deposit_waiver/", "免除住院押金", policy_.deposit_waiver,
                      {"", policy_.deposit_cite});
  }

  void warnings() {
    said_.section("预警");
    if (policy_.warnings.empty()) said_.add("warnings", "预警标准", {kNotStated, ""});
    for (const auto& each : policy_.warnings)
      warning(each);
  }

  void warning(const WarningRule& rule) {
    const std::string path = "warnings/" + rule.id;
    const bool holding = rule.population == WarningRule::Population::kHolding;
    const auto persons = persons_of(holding ? rule.categories : 0);
    said_.open_group(path, "预警", fmt::format("{}（{}）", rule.title, rule.id), rule.cite,
                     persons);
    if (rule.population == WarningRule::Population::kAnyone) {
      said_.add(path + "/population", "人群", {"全部参保人", rule.cite, true});
    } else {
      for_each_category(path + "/population/", "人群", rule.categories,
                        {holding ? "" : "以外的参保人", rule.cite, true});
    }
    said_.persons(persons);
    if (rule.not_yet_assisted) {
      said_.add(path + "/not_yet_assisted", "其中",
                {"所计费用尚无医疗救助支付的", rule.cite, true});
    }
    said_.add(path + "/line", "条件", {crossing(rule), rule.cite, true});
    for (const auto& office : rule.offices) {
      said_.add(fmt::format("{}/offices/{}", path, office), "推送",
                std::string(city_.names.office(office)), {"", rule.cite, true});
    }
    if (rule.report_step) {
      said_.add(
          path + "/report_step", "重报",
          {fmt::format("金额每变动{}再报一次", yuan_phrase(*rule.report_step)), rule.cite, true});
    }
    if (rule.back_into_poverty == 0) {
      said_.add(path + "/warning_type", "类型", {"因病致贫", rule.cite, true});
    } else {
      for_each_category(path + "/warning_type/", "类型", rule.back_into_poverty,
                        {"为因病返贫，其余为因病致贫", rule.cite, true});
    }
  }

  [[nodiscard]] std::string crossing(const WarningRule& rule) const {
    std::string_view period = "全年";
    if (rule.per == WarningRule::Per::kRolling12Months) period = "连续12个月";
    if (rule.per == WarningRule::Per::kStay) period = "单次";
    const auto over = [&] {
      return fmt::format("{}{}个人负担超过{}", period, care_phrase(city_.names, rule.care),
                         amount_phrase(*rule.line, rule.cite));
    };
    switch (rule.measure) {
      case Measure::kBurdenAfterInsurance:
        return "基本医保、大病保险等报销后" + over();
      case Measure::kBurdenAfterAssistance:
        return "三重制度支付后" + over();
      case Measure::kCriticalIllnessStarted:
        break;
    }
    std::vector<std::string> payers;
    for (std::size_t payer = 0; payer < kPayers; ++payer) {
      if ((rule.started_by >> payer & 1U) != 0) payers.push_back(city_.names.payers[payer]);
    }
    return "当年有" + joined(payers) + "支付";
  }

  void notes() {
    if (policy_.notes.empty()) return;
    said_.section("其他");
    for (const auto& note : policy_.notes)
      said_.add("notes/" + note.cite, "说明", {note.text, note.cite});
  }

  const CityRules& city_;
  const Policy& policy_;
  Statements said_;
};

// The prefixes of each member of a closed set.
template <class T, class Codes, class Texts>
void add_closed_set(const std::string& path, const Codes& codes, const Texts& names,
                    const PrefixTable<T>& table, Statements& said) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::vector<std::string> prefixes;
    for (const auto& entry : table.entries) {
      if (entry.value == static_cast<T>(i)) prefixes.push_back(entry.prefix);
    }
    const std::string types = prefixes.empty() ? "" : "，医疗类别" + joined(prefixes);
    said.add(fmt::format("{}/{}", path, codes[i]), std::string(codes[i]), {names[i] + types, ""});
  }
}

void add_own_codes(const CityRules& city, Statements& said) {
  said.section("本市医疗类别编码");
  for (const auto& own : city.own_care_kinds) {
    said.add("care_kinds/" + own.prefix, "医疗类别", own.prefix,
             {city.names.care_kinds[static_cast<std::size_t>(own.kind)], own.cite});
  }
}

}  // namespace

std::vector<Statement> statements_of(const CityRules& city, const Policy& policy) {
  return Walk(city, policy).statements();
}

std::vector<Statement> own_codes_of(const CityRules& city) {
  Statements said;
  add_own_codes(city, said);
  return said.take();
}

std::vector<Statement> statements_of(const CityRules& city) {
  Statements said;
  said.add("city", "统筹区", {fmt::format("{}（{}）", city.name, city.area), ""});
  add_own_codes(city, said);
  return said.take();
}

std::vector<Statement> statements_of(const NationalCodes& national) {
  Statements said;
  said.section("全国编码");
  add_closed_set("care_kinds", kCareKindNames, national.names.care_kinds, national.care_kinds,
                 said);
  add_closed_set("filings", kFilingNames, national.names.filings, national.filing_defaults, said);
  for (std::size_t payer = 0; payer < kPayers; ++payer) {
    said.add(fmt::format("payers/{}", kPayerNames[payer]), std::string(kPayerNames[payer]),
             {national.names.payers[payer], ""});
  }
  for (const auto& office : national.names.offices)
    said.add("offices/" + office.code, office.code, {office.name, ""});
  for (const auto& [code, name] : national.names.areas)
    said.add("areas/" + code, "区划" + code, {name, ""});
  return said.take();
}

}  // namespace yujing::thresholds

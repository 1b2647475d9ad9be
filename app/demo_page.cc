#include "app/demo_page.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/progress.h"
#include "app/rules.h"
#include "thresholds/money.h"

namespace yujing::app {
namespace {

using Json = nlohmann::json;
using monitor::AlertMessage;
using thresholds::Money;

constexpr std::string_view kCleared = "cn.yujing.alert.cleared";
constexpr std::size_t kTold = 3;

Json data_of(const AlertMessage& message) { return Json::parse(message.data, nullptr, false); }

std::string text(const Json& data, const char* key) {
  const auto found = data.find(key);
  return found != data.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& part(const Json& data, const char* key) {
  static const Json kNothing = Json::object();
  const auto found = data.find(key);
  return found != data.end() && found->is_object() ? *found : kNothing;
}

// "12,345.67" of "12345.67".
std::string yuan(const std::string& amount) {
  const auto money = thresholds::parse_money(amount);
  return money ? thresholds::to_grouped_string(*money) : amount;
}

Money money_of(const Json& data, const char* section, const char* key) {
  return thresholds::parse_money(text(part(data, section), key)).value_or(Money{});
}

class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}
  void heading(const std::string& line) { out_ += fmt::format("\n{}\n", paint("1", line)); }
  void line(const std::string& line) {
    out_ += fmt::format("{}{}\n", line.empty() ? "" : "  ", line);
  }
  [[nodiscard]] std::string paint(const char* code, const std::string& words) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, words) : words;
  }
  [[nodiscard]] std::string strong(const std::string& words) const { return paint("1;33", words); }
  [[nodiscard]] std::string quiet(const std::string& words) const { return paint("2", words); }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  bool colour_;
  std::string out_;
};

std::string_view meaning(const std::string& reason) {
  if (reason == "not_json") return "cut off or not JSON at all";
  if (reason == "missing_field") return "without a field that it must have";
  if (reason == "bad_amount") return "an amount that is none, such as 12.345";
  if (reason == "bad_date") return "a day that does not exist";
  if (reason == "sums_disagree") return "its parts do not add up to its total";
  if (reason == "unknown_city") return "of an area that no city in use has";
  if (reason == "conflict") return "other amounts under the same id, neither later";
  if (reason == "too_large") return "longer than an event can be";
  return "";
}

void tell_bills(Page& page, const consumer::MonitorSummary& summary) {
  page.heading(fmt::format("{} events read", grouped(summary.lines)));
  page.line(fmt::format("{:>9}  new bills", grouped(summary.applied)));
  page.line(fmt::format("{:>9}  sent again, counted once", grouped(summary.duplicates)));
  page.line(fmt::format(
      "{:>9}  corrected by a later version ({} came with an earlier one and changed nothing)",
      grouped(summary.replaced), grouped(summary.outdated)));
  page.line(
      fmt::format("{:>9}  reversals, in whatever order they came", grouped(summary.reversals)));
  page.line(fmt::format("{:>9}  pre-settlements, ignored", grouped(summary.ignored)));
  page.heading(
      fmt::format("{} refused, each kept with its bytes and the reason", grouped(summary.refused)));
  for (const auto& [reason, n] : summary.refused_by_reason) {
    page.line(fmt::format("{:>9}  {:<14} {}", grouped(n), reason,
                          page.quiet(std::string(meaning(reason)))));
  }
}

std::string rule_title(const thresholds::CityRules& city, const std::string& id) {
  const auto* const rule = latest_rule(city, id);
  return rule == nullptr ? "" : fmt::format("{}（{}）", rule->title, rule->cite);
}

void tell_counts(Page& page, const DemoPage& about) {
  const auto counts = about.warnings.counts();
  std::uint64_t open = 0;
  for (const auto& [rule, count] : counts) {
    open += count.open;
  }
  page.heading(
      fmt::format("{} warnings open, of {} persons", grouped(open), grouped(about.persons)));
  if (about.invented_rule) {
    page.line("The document of this city states no line; the demo laid one of its own over it");
    page.line("(policies/demo-rule.yaml), as an office could.");
  }
  for (const auto& [rule, count] : counts) {
    page.line(fmt::format("{} {}", page.strong(fmt::format("{:>9}", grouped(count.open))), rule));
    page.line(fmt::format("           {}", rule_title(about.city, rule)));
    if (count.cleared != 0) {
      page.line(page.quiet(
          fmt::format("           {} more were raised and cleared again", grouped(count.cleared))));
    }
  }
}

// What the tiers would pay that would pay more than is due now.
void tell_counterfactual(Page& page, const Json& data) {
  const Money due = money_of(data, "assistance", "due");
  const auto list = data.find("counterfactual");
  if (list == data.end() || !list->is_array()) return;
  std::set<std::string> told;
  for (const auto& tier : *list) {
    const auto amount = thresholds::parse_money(text(tier, "assistance"));
    if (!amount || *amount <= due || !told.insert(text(tier, "tier")).second) continue;
    page.line(fmt::format("  {:<20}{:>12}  {}（{}）", "if certified", to_grouped_string(*amount),
                          text(tier, "tier_name"), text(tier, "cite")));
  }
}

// The articles by which a holder of the category is paid: "第十条（一）、第十一条（二）".
std::string articles(const thresholds::CityRules& city, const std::string& version,
                     const std::string& category) {
  const auto bit = city.category_bit(category);
  const auto policy = std::ranges::find(city.versions, version, &thresholds::Policy::version);
  if (!bit || policy == city.versions.end()) return "";
  for (const auto& tier : policy->tiers) {
    if ((tier.category_set >> *bit & 1U) == 0) continue;
    std::vector<std::string> cites = {tier.deductible.cite};
    for (const auto& cover : tier.covers) {
      if (std::ranges::find(cites, cover.cite) == cites.end()) cites.push_back(cover.cite);
    }
    return fmt::format("{}", fmt::join(cites, "、"));
  }
  return "";
}

// What the rule measures, and where it stands.
void tell_measure(Page& page, const Json& data) {
  const auto measure = text(data, "measure");
  const std::string_view label = measure == "burden_after_insurance"    ? "left by insurance"
                                 : measure == "burden_after_assistance" ? "left after all help"
                                                                        : "second insurance";
  const auto line = text(data, "line");
  const auto over = line.empty() ? std::string("paid in the year, so it has started")
                                 : fmt::format("the line is {}（{}）", yuan(line),
                                               text(part(data, "rule"), "cite"));
  page.line(fmt::format("  {:<20}{:>12}  {}", label, yuan(text(data, "amount")), over));
}

// The article behind what is due, or why nothing is.
std::string behind_due(const Json& data, const thresholds::CityRules& city) {
  const bool nothing = money_of(data, "assistance", "due").fen == 0;
  const auto category = text(data, "category");
  if (category.empty()) return nothing ? "no category, so no claim yet" : "by an application";
  if (nothing) return "not on these bills; `yujing explain` says why";
  return "by " + articles(city, text(part(data, "rule"), "policy_version"), category);
}

void tell_due(Page& page, const Json& data, const thresholds::CityRules& city) {
  const Json& assistance = part(data, "assistance");
  page.line(fmt::format("  {:<20}{:>12}  {}", "assistance due", yuan(text(assistance, "due")),
                        behind_due(data, city)));
  page.line(fmt::format("  {:<20}{:>12}", "paid so far", yuan(text(assistance, "paid"))));
}

void tell_warning(Page& page, const AlertMessage& message, const thresholds::CityRules& city) {
  const Json data = data_of(message);
  const Json& by = part(data, "crossed_by");
  const auto category = text(data, "category_name");
  page.line("");
  page.line(fmt::format("{}  {}", page.strong(message.psn_no), text(part(data, "rule"), "title")));
  page.line(fmt::format("  {:<20}{} · {}", "who",
                        category.empty() ? std::string("no category on record") : category,
                        text(data, "warning_type_name")));
  tell_measure(page, data);
  page.line(
      fmt::format("  {:<20}{} of {}", "crossed by", text(by, "setl_id"), text(by, "setl_time")));
  tell_due(page, data, city);
  tell_counterfactual(page, data);
  const auto until = text(data, "application_covers_until");
  if (!until.empty()) {
    page.line(fmt::format("  {:<20}{:>12}  to cover the year's first bill", "applying helps till",
                          until));
  }
}

void tell_files(Page& page, const DemoPage& about, const std::string& person) {
  page.heading("Where it all lies: " + about.folder);
  page.line("events.ndjson, persons.ndjson, decisions.ndjson   what came in (all made up)");
  page.line("alerts.ndjson, dead-letters.ndjson                what went out");
  page.line(
      "settings.yaml, reference.yaml                     how it was run; the figures are made up "
      "too");
  page.line("store/                                            the ledger");
  const std::string config = "--config " + about.folder + "/settings.yaml";
  page.heading("Try next");
  if (!person.empty())
    page.line(fmt::format("yujing explain --person {} --year {} {}", person, about.year, config));
  page.line(fmt::format("yujing export alerts {} | head -3", config));
  page.line(fmt::format("yujing policy show {} --on {}-03-01", about.city.id, about.year));
  page.line(fmt::format("yujing store verify {}", config));
  page.line("yujing run --help");
}

}  // namespace

void DemoWarnings::add(const AlertMessage& message) { last_[message.subject] = message; }

std::map<std::string, DemoWarnings::Count> DemoWarnings::counts() const {
  std::map<std::string, Count> counts;
  for (const auto& [subject, message] : last_) {
    auto& count = counts[message.rule];
    ++(message.type == kCleared ? count.cleared : count.open);
  }
  return counts;
}

std::vector<const AlertMessage*> DemoWarnings::worth_telling(std::size_t n) const {
  struct Candidate {
    const AlertMessage* message;
    Money due;
  };
  std::vector<Candidate> candidates;
  for (const auto& [subject, message] : last_) {
    if (message.type != kCleared)
      candidates.push_back({&message, money_of(data_of(message), "assistance", "due")});
  }
  std::ranges::stable_sort(candidates, std::greater{},
                           [](const Candidate& c) { return c.due.fen; });
  std::vector<const AlertMessage*> told;
  std::set<std::string> rules;
  std::set<std::string> persons;
  // One of each rule first; then a person without a category, who gets nothing yet; then the rest.
  const auto take = [&](const auto& wanted) {
    for (const auto& [message, due] : candidates) {
      if (told.size() == n) return;
      if (persons.contains(message->psn_no) || !wanted(*message, due)) continue;
      told.push_back(message);
      rules.insert(message->rule);
      persons.insert(message->psn_no);
    }
  };
  take([&](const AlertMessage& m, Money) { return !rules.contains(m.rule); });
  bool without = false;
  take([&](const AlertMessage&, Money due) {
    return due.fen == 0 && !std::exchange(without, true);
  });
  take([](const AlertMessage&, Money) { return true; });
  return told;
}

std::string demo_page(const DemoPage& about) {
  Page page(about.colour);
  page.heading(fmt::format("yujing 预警 · {} · {} made-up persons · {} · {}", about.city.name,
                           grouped(about.persons), about.year, duration_text(about.seconds)));
  tell_bills(page, about.summary);
  tell_counts(page, about);
  const auto told = about.warnings.worth_telling(kTold);
  if (!told.empty()) page.heading("Why: three of them, in short (yuan)");
  for (const auto* const message : told) {
    tell_warning(page, *message, about.city);
  }
  tell_files(page, about, told.empty() ? std::string() : told.front()->psn_no);
  return page.take();
}

}  // namespace yujing::app

// describe(): the difference of two sets of rules in Chinese, city by city and day by day.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "thresholds/policy_diff.h"
#include "thresholds/policy_phrases.h"

namespace yujing::thresholds {
namespace {

using Kind = PolicyChange::Kind;

std::string names_of(const std::vector<Statement::Person>& persons) {
  std::vector<std::string> names;
  names.reserve(persons.size());
  for (const auto& person : persons)
    names.push_back(person.name);
  return joined(names);
}

// Headings where they change, a line for each change; changes that differ in their subject alone
// share a line.
class Page {
 public:
  explicit Page(std::size_t indent) : indent_(indent) {}

  void add(const std::vector<PolicyChange>& changes) {
    for (const auto& change : changes) {
      if (first_ != nullptr && same_but_subject(*first_, change)) {
        subjects_.push_back(change.subject);
        continue;
      }
      flush();
      open(change);
      if (whole_group_ == Kind::kRemoved && !change.is_group && change.kind != Kind::kMoved) {
        continue;  // what a tier said goes with it
      }
      first_ = &change;
      if (!change.subject.empty()) subjects_.push_back(change.subject);
    }
    flush();
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  static bool same_but_subject(const PolicyChange& a, const PolicyChange& b) {
    // The value of a statement without a text is its subject.
    const auto text = [](const std::optional<std::string>& value, const PolicyChange& of) {
      return value == of.subject ? std::nullopt : value;
    };
    return !a.subject.empty() && !b.subject.empty() && a.kind == b.kind && a.section == b.section &&
           a.group_path == b.group_path && a.name == b.name &&
           text(a.before, a) == text(b.before, b) && text(a.after, a) == text(b.after, b) &&
           a.cite_before == b.cite_before && a.cite_after == b.cite_after;
  }

  void line(std::size_t indent, const std::string& text) {
    text_ += fmt::format("{:{}}{}\n", "", indent_ + indent, text);
  }

  // Writes the headings a change stands under.
  void open(const PolicyChange& change) {
    if (change.section != section_) {
      section_ = change.section;
      group_path_.clear();
      whole_group_ = Kind::kChanged;
      if (!section_.empty()) line(0, section_);
    }
    if (change.group_path == group_path_) return;
    group_path_ = change.group_path;
    whole_group_ = change.is_group ? change.kind : Kind::kChanged;
    if (group_path_.empty() || whole_group_ != Kind::kChanged) return;
    const std::string persons = names_of(change.group_persons);
    const bool said = persons.empty() || persons == change.group;
    line(2, said ? change.group : fmt::format("{}（涉及：{}）", change.group, persons));
  }

  void flush() {
    if (first_ == nullptr) return;
    const std::size_t depth = section_.empty() ? 0 : group_path_.empty() ? 2 : 4;
    if (first_->is_group && first_->kind != Kind::kChanged) {
      line(2, group_line());
    } else {
      line(depth, words());
    }
    first_ = nullptr;
    subjects_.clear();
  }

  // "增加档次（排在第2位）：孤儿〔第二条〕"
  [[nodiscard]] std::string group_line() const {
    if (first_->kind == Kind::kRemoved) {
      return fmt::format("去掉{}：{}", first_->name, cited(*first_->before, *first_->cite_before));
    }
    return fmt::format("增加{}（排在第{}位）：{}", first_->name, first_->place,
                       cited(*first_->after, *first_->cite_after));
  }

  [[nodiscard]] std::string value(const std::optional<std::string>& text,
                                  const std::optional<std::string>& cite) const {
    const bool known = whole_group_ == Kind::kAdded && first_->cited_above;
    return cited(text == first_->subject ? "" : *text, known ? "" : cite.value_or(""));
  }

  [[nodiscard]] std::string words() const {
    const PolicyChange& change = *first_;
    std::string subject = joined(subjects_);
    if (change.kind == Kind::kMoved) {
      return fmt::format("{}：从{}移到{}", subject,
                         cited(fmt::format("“{}”", *change.before), *change.cite_before),
                         cited(fmt::format("“{}”", *change.after), *change.cite_after));
    }
    if (change.kind == Kind::kReordered) {
      return fmt::format("{}：{} → {}", change.name, *change.before, *change.after);
    }
    const auto& shown = change.after ? change.after : change.before;
    if (!subject.empty() && shown != change.subject) subject += ' ';
    const std::string touched =
        change.subject.empty() && group_path_.empty() && !change.persons.empty()
            ? fmt::format("（涉及：{}）", names_of(change.persons))
            : std::string();
    return said(change, subject) + touched;
  }

  [[nodiscard]] std::string said(const PolicyChange& change, const std::string& subject) const {
    const std::string_view name = change.is_group ? "名称" : std::string_view(change.name);
    switch (change.kind) {
      case Kind::kAdded:
        return fmt::format("{}{}：{}{}", whole_group_ == Kind::kAdded ? "" : "增加 ", name, subject,
                           value(change.after, change.cite_after));
      case Kind::kRemoved:
        return fmt::format("去掉 {}：{}{}", name, subject,
                           value(change.before, change.cite_before));
      default:
        break;
    }
    if (change.before == change.after) {
      return fmt::format("{}：{}{}，出处由〔{}〕改为〔{}〕", name, subject, value(change.after, {}),
                         *change.cite_before, *change.cite_after);
    }
    return fmt::format("{}：{}{} → {}", name, subject, value(change.before, change.cite_before),
                       value(change.after, change.cite_after));
  }

  std::string text_;
  std::size_t indent_;
  std::string section_;
  std::string group_path_;
  Kind whole_group_ = Kind::kChanged;    // kAdded, kRemoved: of the tier or warning as a whole
  const PolicyChange* first_ = nullptr;  // of the line being put together
  std::vector<std::string> subjects_;    // of that line
};

std::string page(std::size_t indent, const std::vector<PolicyChange>& changes) {
  Page page(indent);
  page.add(changes);
  return page.take();
}

// "自 2026-01-01 起（jixi-2023 → jixi-2026）"
std::string heading(const PolicyPeriod& period) {
  const std::string days = "自 " + days_phrase(period.from, period.until);
  if (period.after.empty()) {
    return fmt::format("{}：去掉 {}，这些日子没有规则", days, period.before);
  }
  if (period.compared.empty()) {
    return fmt::format("{}：新增 {}，此前没有规则", days, period.after);
  }
  if (period.before.empty() && period.after == period.compared) {
    return fmt::format("{}：{} 延长到这些日子，与此前相比", days, period.after);
  }
  if (period.before.empty()) {
    return fmt::format("{}：新增 {}，与此前的 {} 相比", days, period.after, period.compared);
  }
  return period.before == period.after
             ? fmt::format("{}（{}）", days, period.after)
             : fmt::format("{}（{} → {}）", days, period.before, period.after);
}

}  // namespace

std::string describe(const RuleDifference& difference) {
  if (difference.empty()) return "没有差别。\n";
  std::string text = page(0, difference.national);
  for (const auto& city : difference.cities) {
    text += fmt::format("{}{}（{}）\n", text.empty() ? "" : "\n", city.name, city.id);
    text += page(2, city.changes);
    for (const auto& period : city.periods) {
      text += fmt::format("  {}\n", heading(period));
      if (!period.compared.empty()) text += page(4, period.changes);
    }
  }
  return text;
}

}  // namespace yujing::thresholds

// describe(): one version in Chinese for a clerk, section by section, every parameter with its
// article.
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "thresholds/policy_file.h"
#include "thresholds/policy_phrases.h"
#include "thresholds/policy_statements.h"

namespace yujing::thresholds {
namespace {

// Numbered sections with indented lines. Statements that differ in their subject alone share a
// line.
class Page {
 public:
  // Borrows the statements until it returns.
  void add(const std::vector<Statement>& statements) {
    for (const auto& statement : statements) {
      if (!merges(statement)) {
        flush();
        open(statement);
        first_ = &statement;
      }
      if (!statement.subject.empty()) subjects_.push_back(statement.subject);
    }
    flush();
  }

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  [[nodiscard]] bool merges(const Statement& next) const {
    return first_ != nullptr && !first_->subject.empty() && !next.subject.empty() &&
           next.section == first_->section && next.group == first_->group &&
           next.name == first_->name && next.text == first_->text && next.cite == first_->cite;
  }

  void open(const Statement& statement) {
    if (statement.section == section_) return;
    section_ = statement.section;
    static constexpr std::string_view kNumbers[] = {"一", "二", "三", "四", "五",   "六",
                                                    "七", "八", "九", "十", "十一", "十二"};
    text_ += fmt::format("\n{}、{}\n", kNumbers[sections_], section_);
    if (sections_ + 1 < std::size(kNumbers)) ++sections_;
    groups_ = 0;
  }

  void flush() {
    if (first_ == nullptr) return;
    const std::string subjects = joined(subjects_);
    const std::string_view between = subjects.empty() || first_->text.empty() ? "" : " ";
    const std::string said = cited(subjects + std::string(between) + first_->text,
                                   first_->cited_above ? std::string() : first_->cite);
    if (first_->opens_group) {
      text_ += fmt::format("  {}. {}\n", ++groups_, said);
    } else {
      const std::size_t indent = section_.empty() ? 0 : first_->group.empty() ? 2 : 5;
      text_ += fmt::format("{:{}}{}：{}\n", "", indent, first_->name, said);
    }
    first_ = nullptr;
    subjects_.clear();
  }

  std::string text_;
  std::string section_;
  std::size_t sections_ = 0;
  std::size_t groups_ = 0;
  const Statement* first_ = nullptr;   // of the line being put together
  std::vector<std::string> subjects_;  // of that line
};

}  // namespace

std::string describe(const CityRules& city, const Policy& policy) {
  Page page;
  page.add(statements_of(city, policy));
  page.add(own_codes_of(city));
  return fmt::format("{}\n{}", city.name, page.take());
}

}  // namespace yujing::thresholds

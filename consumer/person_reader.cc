#include "consumer/person_reader.h"

#include <fmt/format.h>

#include "thresholds/civil_day.h"

namespace yujing::consumer {
namespace {

using monitor::HeldCategory;
using monitor::PersonRecord;
using monitor::Refusal;
using monitor::RefusalReason;
using thresholds::BeijingTime;
using thresholds::CivilDay;
using Node = JsonTree::Node;

Refusal missing(std::string_view what) {
  return {RefusalReason::kMissingField,
          fmt::format("{}: correct it and send the record again", what)};
}

Refusal bad_date(std::string_view what) {
  return {
      RefusalReason::kBadDate,
      fmt::format("{} is no day of the calendar: write yyyy-MM-dd as a string and send the record "
                  "again",
                  what)};
}

std::optional<Refusal> read_time(const JsonTree& tree, const Node& object, std::string_view key,
                                 std::string_view what, std::optional<BeijingTime>& into) {
  into = std::nullopt;
  const Node* node = tree.find(object, key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != JsonKind::kString) return bad_date(what);
  if (node->text.empty()) return std::nullopt;
  into = thresholds::parse_time(node->text);
  if (!into) return bad_date(what);
  return std::nullopt;
}

std::optional<Refusal> read_category(const JsonTree& tree, const Node& entry, std::size_t number,
                                     HeldCategory& into) {
  const std::string name = fmt::format("categories[{}]", number);
  into.category = tree.text(entry, "category");
  if (into.category.empty()) return missing(name + ".category is missing or empty");
  std::optional<CivilDay> day;
  if (auto refusal = read_day(tree, entry, "from", name + ".from", day)) return refusal;
  into.from = day.value_or(thresholds::kNoStart);
  if (auto refusal = read_day(tree, entry, "until", name + ".until", day)) return refusal;
  into.until = day.value_or(thresholds::kNoEnd);
  into.certified_by = tree.text(entry, "certified_by");
  if (into.until < into.from) {
    return Refusal{
        RefusalReason::kBadDate,
        fmt::format("{}: `until` is before `from`: correct the dates and send the record "
                    "again",
                    name)};
  }
  return std::nullopt;
}

std::optional<Refusal> read_categories(const JsonTree& tree, const Node& object,
                                       std::vector<HeldCategory>& into) {
  into.clear();
  const Node* list = tree.find(object, "categories");
  if (list == nullptr) return std::nullopt;
  if (list->kind != JsonKind::kArray) return missing("`categories` is no list");
  for (const Node& entry : tree.members(*list)) {
    const std::size_t number = into.size();
    if (auto refusal = read_category(tree, entry, number, into.emplace_back())) return refusal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> read_day(const JsonTree& tree, const Node& object, std::string_view key,
                                std::string_view what, std::optional<CivilDay>& into) {
  std::optional<BeijingTime> time;
  auto refusal = read_time(tree, object, key, what, time);
  into = time ? std::optional(day_of(*time)) : std::nullopt;
  return refusal;
}

std::optional<Refusal> read_application(const JsonTree& tree, const Node& object,
                                        std::vector<CivilDay>& into) {
  std::optional<CivilDay> day;
  if (auto refusal = read_day(tree, object, "date", "the `date` of an application", day)) {
    return refusal;
  }
  if (!day) return missing("an application has no `date`");
  into.push_back(*day);
  return std::nullopt;
}

std::optional<Refusal> read_applications(const JsonTree& tree, const Node& object,
                                         std::vector<CivilDay>& into) {
  const Node* list = tree.find(object, "applications");
  if (list == nullptr) return std::nullopt;
  if (list->kind != JsonKind::kArray) return missing("`applications` is no list");
  for (const Node& entry : tree.members(*list)) {
    if (auto refusal = read_application(tree, entry, into)) return refusal;
  }
  return std::nullopt;
}

std::optional<Refusal> read_person(const JsonTree& tree, const Node& object, PersonRecord& into) {
  into.psn_no = tree.text(object, "psn_no");
  into.insu_admdvs = tree.text(object, "insu_admdvs");
  into.hukou_admdvs = tree.text(object, "hukou_admdvs");
  into.household_id = tree.text(object, "household_id");
  if (auto refusal = read_categories(tree, object, into.categories)) return refusal;
  into.applications.clear();
  if (auto refusal = read_applications(tree, object, into.applications)) return refusal;
  std::optional<BeijingTime> time;
  if (auto refusal = read_time(tree, object, "updt_time", "updt_time", time)) return refusal;
  into.updt_time = time.value_or(monitor::kNoTime);
  return std::nullopt;
}

}  // namespace yujing::consumer

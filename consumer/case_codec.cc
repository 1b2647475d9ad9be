#include "consumer/case_codec.h"

#include <utility>

#include <fmt/format.h>

#include "consumer/case_reference.h"
#include "consumer/person_reader.h"

namespace yujing::consumer {
namespace {

using monitor::Delivery;
using monitor::Refusal;
using monitor::RefusalReason;
using thresholds::CivilDay;
using Node = JsonTree::Node;

// What goes wrong in a part of a case, before it has the case's id.
struct Problem {
  std::string code;
  std::string message;
};
using MaybeProblem = std::optional<Problem>;

Problem problem(RefusalReason reason, std::string message) {
  return {std::string(name_of(reason)), std::move(message)};
}
Problem missing(std::string message) {
  return problem(RefusalReason::kMissingField, std::move(message));
}
MaybeProblem from(std::optional<Refusal> refusal, std::string_view part) {
  if (!refusal) return std::nullopt;
  return problem(refusal->reason, fmt::format("{}: {}", part, refusal->message));
}

MaybeProblem read_people(const JsonTree& tree, PayoutCase& into) {
  const Node& root = tree.root();
  if (const Node* person = tree.find(root, "person")) {
    if (person->kind != JsonKind::kObject) return missing("`person` is no object: correct it");
    if (auto refusal = read_person(tree, *person, into.person)) return from(refusal, "person");
  } else {
    return missing("`person` is missing: say whose settlements these are");
  }
  auto& applications = into.person.applications;
  if (const Node* application = tree.find(root, "application")) {
    if (application->kind != JsonKind::kObject) {
      return missing("`application` is no object: write {\"date\":\"yyyy-MM-dd\"}");
    }
    if (auto refusal = read_application(tree, *application, applications)) {
      return from(refusal, "application");
    }
  }
  return from(read_applications(tree, root, applications), "applications");
}

MaybeProblem read_premium(const JsonTree& tree, PayoutCase& into) {
  const Node* premium = tree.find(tree.root(), "premium");
  if (premium == nullptr) return std::nullopt;
  const std::string_view year = tree.text(*premium, "year");
  if (year.empty()) return missing("premium.year is missing: write the premium year as a number");
  PremiumQuestion question;
  for (const char c : year) {
    if (c < '0' || c > '9' || year.size() != 4) {
      return problem(RefusalReason::kBadDate,
                     "premium.year is no year: write it as a number, yyyy");
    }
    question.year = question.year * 10 + (c - '0');
  }
  std::optional<CivilDay> on;
  if (auto refusal = read_day(tree, *premium, "on", "premium.on", on))
    return from(refusal, "premium");
  if (!on) return missing("premium.on is missing: write the day to be answered for");
  question.on = *on;
  into.premium = question;
  return std::nullopt;
}

MaybeProblem read_reference(const JsonTree& tree, PayoutCase& into) {
  const Node* node = tree.find(tree.root(), "reference");
  if (node == nullptr) return std::nullopt;
  auto reference = read_case_reference(tree, *node, into.city->code);
  if (!reference) return Problem{"bad_reference", std::move(reference.error())};
  into.reference = std::move(*reference);
  return std::nullopt;
}

MaybeProblem read_city(const JsonTree& tree, const thresholds::RuleBook& rules, PayoutCase& into) {
  const std::string_view id = tree.text(tree.root(), "city");
  if (id.empty())
    return missing("`city` is missing: name one of the policies' cities, such as jixi");
  into.city = rules.by_id(id);
  if (into.city != nullptr) return std::nullopt;
  std::string known;
  for (const auto& city : rules.cities) {
    if (!known.empty()) known += ", ";
    known += city.id;
  }
  return problem(RefusalReason::kUnknownCity,
                 fmt::format("`city` names no city with a policy; there are: {}", known));
}

MaybeProblem read_settlements(const JsonTree& tree, SettlementCodec& codec, PayoutCase& into) {
  const Node* list = tree.find(tree.root(), "settlements");
  if (list == nullptr) return missing("`settlements` is missing: list the bills of the case");
  if (list->kind != JsonKind::kArray) return missing("`settlements` is no list: list the bills");
  for (const Node& element : tree.members(*list)) {
    const std::string name = fmt::format("settlements[{}]", into.deliveries.size());
    if (element.kind != JsonKind::kObject) return missing(name + " is no object: correct it");
    Delivery& delivery = into.deliveries.emplace_back();
    if (auto outcome = codec.decode(element.raw, delivery)) {
      auto* refusal = std::get_if<Refusal>(&*outcome);
      // Without setl_id the codec refuses here, it never ignores.
      if (refusal == nullptr) return missing(name + ": setl_id is missing or empty");
      return problem(refusal->reason, fmt::format("{}: {}", name, refusal->message));
    }
    // All bills of a case are its person's, whether they say so or not.
    if (!into.person.psn_no.empty()) delivery.settlement.psn_no = into.person.psn_no;
  }
  return std::nullopt;
}

}  // namespace

CaseCodec::CaseCodec(const thresholds::RuleBook& rules)
    : rules_(rules),
      settlements_(CodecOptions{.cities = {}, .psn_no_optional = true, .setl_id_required = true}) {}

tl::expected<PayoutCase, CaseError> CaseCodec::decode(std::string_view bytes) {
  if (const auto fault = tree_.parse(bytes)) {
    return tl::unexpected(
        CaseError{"null", std::string(name_of(RefusalReason::kNotJson)),
                  fmt::format("the case cannot be read as JSON: {}; write one JSON object a line",
                              fault->message)});
  }
  PayoutCase result;
  if (const Node* id = tree_.find(tree_.root(), "case_id")) result.case_id_json = id->raw;
  auto problem = read_city(tree_, rules_, result);
  if (!problem) problem = read_people(tree_, result);
  if (!problem) problem = read_settlements(tree_, settlements_, result);
  if (!problem) problem = read_premium(tree_, result);
  if (!problem) problem = read_reference(tree_, result);
  if (problem) {
    return tl::unexpected(CaseError{std::move(result.case_id_json), std::move(problem->code),
                                    std::move(problem->message)});
  }
  return result;
}

}  // namespace yujing::consumer

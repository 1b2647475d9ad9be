#include "consumer/refolding.h"

#include <optional>
#include <utility>
#include <vector>

#include "thresholds/policy_file.h"

namespace yujing::consumer {

using monitor::Store;
using thresholds::Result;

namespace {

constexpr std::size_t kPersonsMax = 2048;  // of a batch

constexpr std::string_view kRefoldNote = "refolding";  // fingerprint, newline, last person done

}  // namespace

Result<Refolding> Refolding::begin(Store& store, std::string fingerprint) {
  Refolding refolding;
  refolding.fingerprint_ = std::move(fingerprint);
  const std::string& now = refolding.fingerprint_;
  Result<std::optional<std::string>> known = store.note(kRulesNote);
  if (!known) return tl::unexpected(std::move(known.error()));
  Result<std::optional<std::string>> begun = store.note(kRefoldNote);
  if (!begun) return tl::unexpected(std::move(begun.error()));
  // A kill may have left a part of the persons folded for rules that were taken back since.
  if (*known == now && begun->value_or("").empty()) return refolding;
  refolding.step_ = *known ? Step::kPersons : Step::kFirstNote;
  if (*begun && (*begun)->starts_with(now + "\n"))
    refolding.after_ = (*begun)->substr(now.size() + 1);
  return refolding;
}

Result<bool> Refolding::next(Store& store, monitor::Engine& engine) {
  if (step_ == Step::kDone) return false;
  std::vector<std::string> persons;
  if (step_ == Step::kPersons) {
    Result<void> listed = store.persons(after_, [&](const monitor::PersonState& state) {
      persons.push_back(state.psn_no);
      return persons.size() < kPersonsMax;
    });
    if (!listed) return tl::unexpected(std::move(listed.error()));
  }
  for (const std::string& psn_no : persons) {
    Result<void> folded = engine.refold(psn_no);
    if (!folded) return tl::unexpected(std::move(folded.error()));
  }
  if (persons.empty()) {
    store.put_note(kRulesNote, fingerprint_);
    if (step_ == Step::kPersons) store.put_note(kRefoldNote, "");
    step_ = Step::kDone;
    return true;
  }
  after_ = persons.back();
  done_ += persons.size();
  store.put_note(kRefoldNote, fingerprint_ + "\n" + after_);
  return true;
}

std::string rules_fingerprint(const thresholds::RuleBook& rules,
                              const thresholds::Reference& reference) {
  return thresholds::fingerprint(rules) + "/" + reference.fingerprint();
}

}  // namespace yujing::consumer

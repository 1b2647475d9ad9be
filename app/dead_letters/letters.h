// The dead letters as the commands see them: numbered, and chosen by what was asked.
//
// Where they lie follows from the settings: a file, of which as much counts as the store says, so
// that what a running monitor is about to write is not taken for done; or a topic, of which counts
// what is committed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/dead_letters/commands.h"
#include "app/store_view.h"
#include "consumer/dead_letter.h"
#include "thresholds/result.h"

namespace yujing::app {

struct Letter {
  // From 1, and always the same: of the line; of a message, offset × partitions + partition + 1.
  std::uint64_t number = 0;
  consumer::DeadLetter letter;
  std::string closed;  // why its bytes could not be opened; "": they are in `letter`
  // Whether the ledger has a settlement of that person and id by now; nullopt where the refused
  // line does not tell, or it always has (a conflict).
  std::optional<bool> in_ledger;
};

// kUsage when a reason is none.
[[nodiscard]] thresholds::Result<void> check_selection(const LetterSelection& selection);

// Shows the selected letters to `visit`, until it says false: in the order of the file, or
// partition by partition. Errors: kConfiguration when the file is not there, kInput when a line of
// it is no dead letter; those of consumer::read_topic.
[[nodiscard]] thresholds::Result<void> read_letters(
    const Settings& settings, const StoreView& stores, const LetterSelection& selection,
    const std::function<thresholds::Result<bool>(const Letter&)>& visit);

}  // namespace yujing::app

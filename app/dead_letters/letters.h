// The dead letters as the commands see them: numbered, and chosen by what was asked.
//
// Where they lie follows from the settings: today a file, of which as much counts as the store
// says, so that what a running monitor is about to write is not taken for done.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "app/dead_letters/commands.h"
#include "consumer/dead_letter.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::app {

struct Letter {
  std::uint64_t number = 0;  // from 1; of the line, which never changes
  consumer::DeadLetter letter;
  // Whether the ledger has a settlement of that person and id by now; nullopt where the refused
  // line does not tell, or it always has (a conflict).
  std::optional<bool> in_ledger;
};

// kUsage when a reason is none.
[[nodiscard]] thresholds::Result<void> check_selection(const LetterSelection& selection);

// Shows the selected letters to `visit`, in order, until it says false. Errors: kConfiguration when
// the file is not there, kInput when a line of it is no dead letter.
[[nodiscard]] thresholds::Result<void> read_letters(
    const Settings& settings, monitor::Store& store, const LetterSelection& selection,
    const std::function<thresholds::Result<bool>(const Letter&)>& visit);

}  // namespace yujing::app

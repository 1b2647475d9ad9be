// Makes a stream of settlement events: skewed over persons, in the order of a year, with
// duplicates, reversals (some before what they cancel), corrections, late bills and every kind of
// broken one. The same options make the same bytes. Single-threaded.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "app/made/event.h"
#include "app/made/person.h"
#include "app/made/random.h"
#include "monitor/refusal.h"

namespace yujing::app {

struct GeneratorOptions {
  std::uint64_t persons = 0;
  std::uint64_t events = 0;  // lines in all, of every kind
  std::uint64_t seed = 0;
  double zipf = 0.99;
  std::int32_t year = 0;
  std::vector<MadeCity> cities;
};

// What was made: what a monitor must find in it.
struct GeneratorCounts {
  std::uint64_t lines = 0;
  std::uint64_t bills = 0;       // new ones, each once
  std::uint64_t duplicates = 0;  // sent again, void ones included
  std::uint64_t voided = 0;
  std::uint64_t corrections = 0;  // later versions of a bill sent before
  std::uint64_t outdated = 0;     // earlier versions of a bill sent before
  std::uint64_t reversals = 0;
  std::uint64_t reversals_first = 0;    // before what they cancel
  std::uint64_t reversals_unknown = 0;  // of nothing that ever comes
  std::uint64_t late = 0;
  std::uint64_t ignored = 0;  // pre-settlements
  std::array<std::uint64_t, monitor::kRefusalReasons> refused{};
  [[nodiscard]] std::uint64_t refused_in_all() const;
};

class Generator {
 public:
  explicit Generator(GeneratorOptions options);
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  // Appends one line to `out`; false when all are made.
  bool next(std::string& out);
  // Of the last line made: whose bill it is.
  [[nodiscard]] const MadePerson& last_person() const { return writer_.last_person(); }
  [[nodiscard]] const GeneratorCounts& counts() const { return counts_; }
  [[nodiscard]] const MadePeople& people() const { return people_; }
  [[nodiscard]] const GeneratorOptions& options() const { return options_; }

 private:
  struct Waiting {
    std::uint64_t due = 0;  // line number
    MadeBill bill;
    bool is_outdated = false;
  };
  struct Remembered {
    MadeBill bill;
    bool used = false;  // repeated, corrected, reversed or contradicted: each bill at most once
  };

  [[nodiscard]] std::int64_t now() const;
  [[nodiscard]] MadeBill new_bill();
  void make_late(MadeBill& bill);
  [[nodiscard]] Remembered* recent();
  void send_drawn(std::string& out);
  void send_bill(std::string& out);
  void send_again(std::string& out, bool voided);
  void send_correction(std::string& out);
  void send_reversal(std::string& out);
  void send_broken(std::string& out);
  void send_conflict(std::string& out);
  void send_waiting(std::string& out, std::size_t at);
  void remember(const MadeBill& bill, bool used);
  void wait(const MadeBill& bill, bool is_outdated);

  GeneratorOptions options_;
  MadePeople people_;
  EventWriter writer_;
  Random random_;
  Zipf zipf_;
  GeneratorCounts counts_;
  std::vector<Remembered> memory_;
  std::vector<Waiting> waiting_;
  std::uint64_t last_id_ = 0;
};

}  // namespace yujing::app

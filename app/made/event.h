// A made-up bill as the bytes of its event, in one of the accepted dresses; or spoilt on purpose in
// one of the ways in which events are refused.
#pragma once

#include <cstdint>
#include <string>

#include "app/made/bill.h"

namespace yujing::app {

enum class Fault : std::uint8_t {
  kNone,
  kNotJson,
  kMissingField,
  kBadAmount,
  kBadDate,
  kSumsDisagree,
  kUnknownCity
};

// Not thread-safe: keeps the text of the last day written.
class EventWriter {
 public:
  explicit EventWriter(const MadePeople& people) : people_(people) {}

  // Appends one line with its end.
  void append(std::string& out, const MadeBill& bill, Fault fault);
  // Appends a pre-settlement: the same shape without setl_id.
  void append_pre_settlement(std::string& out, const MadeBill& bill);
  // Whose bill was appended last, whatever its line says.
  [[nodiscard]] const MadePerson& last_person() const { return last_person_; }

 private:
  struct Names;  // how a dress spells the fields that have several spellings
  void flat(const MadeBill& bill, Fault fault);
  void whole_reply(const MadeBill& bill, Fault fault);
  void person(const MadeBill& bill, Fault fault);
  void times(const MadeBill& bill, Fault fault);
  void amounts(const MadeBill& bill, Fault fault, const Names& names);
  void context(const MadeBill& bill, Fault fault);
  void details(const MadeBill& bill);
  void id(char letter, std::uint64_t number);
  void fen(const char* key, std::int64_t fen, bool quoted);
  void day(std::int32_t day);
  void time(std::int64_t seconds);
  void place(const MadeBill& bill);

  const MadePeople& people_;
  std::string* out_ = nullptr;  // while appending
  MadePerson last_person_;
  std::int32_t day_known_ = -1;
  char day_text_[10] = {};
};

}  // namespace yujing::app

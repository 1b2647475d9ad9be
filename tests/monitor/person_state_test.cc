#include "monitor/person_state.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/monitor/generators.h"
#include "tests/monitor/support.h"

namespace yujing::monitor {
namespace {

// Into `state`, whatever it holds.
thresholds::Result<PersonState> decoded(std::string_view psn_no, std::string_view bytes,
                                        PersonState state = {}) {
  const thresholds::Result<void> read = decode_person_state(psn_no, bytes, state);
  if (!read) return tl::unexpected(read.error());
  return state;
}

RC_GTEST_PROP(PersonState, AStateIsReadAsItWasWritten, ()) {
  const PersonState state = any_person_state();
  std::string bytes;
  encode(state, bytes);
  const thresholds::Result<PersonState> read = decoded("P1", bytes, any_person_state());
  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == state);
}

// Nothing that is read can hold more elements than it has bytes.
std::size_t elements(const PersonState& state) {
  std::size_t count = state.years.size();
  for (const CityYear& year : state.years) {
    count += year.alerts.size() + year.account.warnings.crossings.size();
  }
  for (const auto* record : {&state.person, &state.decision}) {
    if (*record) count += (*record)->categories.size() + (*record)->applications.size();
  }
  return count;
}

RC_GTEST_PROP(PersonState, DamagedBytesAreReadToAnEnd, ()) {
  std::string bytes;
  encode(any_person_state(), bytes);
  damage(bytes);
  const thresholds::Result<PersonState> read = decoded("P1", bytes);
  if (read) {
    RC_ASSERT(elements(*read) <= bytes.size());
  } else {
    RC_ASSERT(read.error().code == thresholds::ErrorCode::kInput);
    RC_ASSERT(read.error().message.find("store verify") != std::string::npos);
  }
}

RC_GTEST_PROP(PersonState, ACutStateIsAnError, ()) {
  std::string bytes;
  encode(any_person_state(), bytes);
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
  RC_ASSERT(!decoded("P1", bytes).has_value());
}

RC_GTEST_PROP(PersonState, AnyBytesAreReadToAnEnd, (const std::string& bytes)) {
  const thresholds::Result<PersonState> read = decoded("P1", bytes);
  if (read) RC_ASSERT(elements(*read) <= bytes.size());
}

TEST(PersonState, AListThatSaysItIsHugeReservesNothing) {
  std::string bytes;
  for (int i = 0; i < 3; ++i)
    bytes.push_back('\0');  // no records, no marks
  for (const char c : {'\xFF', '\xFF', '\xFF', '\xFF', '\x7F'})
    bytes.push_back(c);  // 2^35 years
  EXPECT_FALSE(decoded("P1", bytes).has_value());
}

TEST(PersonState, UnknownFlagsAreAnError) {
  EXPECT_TRUE(decoded("P1", std::string("\x0C\x00\x00\x00", 4)).has_value());
  EXPECT_FALSE(decoded("P1", std::string("\x40\x00\x00\x00", 4)).has_value());
}

TEST(PersonState, TheErrorNamesNobody) {
  const thresholds::Result<PersonState> read = decoded("P0815", "\xFF");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().message.find("P0815"), std::string::npos);
}

TEST(PersonState, YearsAreKeptByCityAndYear) {
  PersonState state;
  state.year_of(3706, 2026).account.totals.settlements = 1;
  state.year_of(2303, 2027).account.totals.settlements = 2;
  state.year_of(2303, 2026).account.totals.settlements = 3;
  EXPECT_EQ(state.year_of(3706, 2026).account.totals.settlements, 1);
  ASSERT_EQ(state.years.size(), 3U);
  EXPECT_EQ(state.years[0].year, 2026);
  EXPECT_EQ(state.years[0].city, 2303);
  EXPECT_EQ(state.years[2].city, 3706);
  EXPECT_EQ(state.find(2303, 2025), nullptr);
  EXPECT_EQ(state.find(2303, 2027)->account.totals.settlements, 2);
}

}  // namespace
}  // namespace yujing::monitor

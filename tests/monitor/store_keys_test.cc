#include "monitor/store_keys.h"

#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace yujing::monitor {
namespace {

// Texts that are near each other and full of the bytes that keys use themselves.
std::string text() {
  return *rc::gen::container<std::string>(
      rc::gen::element('\0', '\x01', '\x02', 'a', 'b', '\xFE', '\xFF'));
}

std::uint32_t seq() {
  return *rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 300),
                         rc::gen::element<std::uint32_t>(253, 254, 255, 256, 65'536, 0xFFFFFFFE),
                         rc::gen::arbitrary<std::uint32_t>());
}

EntryKey any_key() {
  EntryKey key;
  key.psn_no = text();
  key.setl_id = text();
  key.seq = seq();
  return key;
}

std::string bytes_of(const EntryKey& key) { return entry_key(key.psn_no, key.setl_id, key.seq); }

RC_GTEST_PROP(StoreKeys, AKeyIsReadAsItWasWritten, ()) {
  const EntryKey key = any_key();
  const EntryKey read = split_entry_key(bytes_of(key));
  RC_ASSERT(read.psn_no == key.psn_no);
  RC_ASSERT(read.setl_id == key.setl_id);
  RC_ASSERT(read.seq == key.seq);
  RC_ASSERT(person_part(bytes_of(key)) == person_key(key.psn_no).size());
  RC_ASSERT(split_person_key(person_key(key.psn_no)) == key.psn_no);
}

RC_GTEST_PROP(StoreKeys, BytesLieInTheOrderOfPersonSettlementAndEntry, ()) {
  const EntryKey a = any_key();
  EntryKey b = any_key();
  // Most pairs share something.
  if (*rc::gen::arbitrary<bool>()) b.psn_no = a.psn_no;
  if (*rc::gen::arbitrary<bool>()) b.setl_id = a.setl_id;
  const auto order = [](const EntryKey& key) { return std::tie(key.psn_no, key.setl_id, key.seq); };
  RC_ASSERT((bytes_of(a) < bytes_of(b)) == (order(a) < order(b)));
  RC_ASSERT((bytes_of(a) == bytes_of(b)) == (order(a) == order(b)));
  RC_ASSERT((person_key(a.psn_no) < person_key(b.psn_no)) == (a.psn_no < b.psn_no));
}

RC_GTEST_PROP(StoreKeys, APrefixFindsItsOwnAndNobodyElses, ()) {
  const EntryKey a = any_key();
  const EntryKey b = any_key();
  RC_ASSERT(bytes_of(a).starts_with(person_key(a.psn_no)));
  RC_ASSERT(bytes_of(b).starts_with(person_key(a.psn_no)) == (a.psn_no == b.psn_no));
  RC_ASSERT((past_person(a.psn_no) <= bytes_of(b)) == (a.psn_no < b.psn_no));
}

RC_GTEST_PROP(StoreKeys, ReversalsAreFoundByTheirTarget, ()) {
  const std::string psn_no = text();
  const std::string target = text();
  const std::string other = text();
  const std::string setl_id = text();
  const std::string key = reversals_prefix(psn_no, '\0', target) + setl_id;
  RC_ASSERT(key.starts_with(reversals_prefix(psn_no, '\0', other)) == (target == other));
  RC_ASSERT(!key.starts_with(reversals_prefix(psn_no, '\1', target)));
  const ReversalParts parts = split_reversal_key(key);
  RC_ASSERT(parts.kind == '\0');
  RC_ASSERT(parts.target == target);
  RC_ASSERT(parts.setl_id == setl_id);
}

RC_GTEST_PROP(StoreKeys, AKeyIsKnownForOneAndOneCutOrLengthenedIsNot, ()) {
  const std::string entry = bytes_of(any_key());
  const std::string person = person_key(text());
  const std::string reversal = reversals_prefix(text(), *rc::gen::element('\0', '\1'), text());
  const auto cut = [](const std::string& key) { return key.substr(0, key.size() - 1); };
  RC_ASSERT(is_entry_key(entry));
  RC_ASSERT(!is_entry_key(cut(entry)));
  RC_ASSERT(!is_entry_key(entry + "x"));
  RC_ASSERT(is_person_key(person));
  RC_ASSERT(!is_person_key(cut(person)));
  RC_ASSERT(!is_person_key(person + "x"));
  RC_ASSERT(is_reversal_key(reversal + text()));
  RC_ASSERT(!is_reversal_key(cut(reversal)));
}

TEST(StoreKeys, AUsualKeyIsTheTextsAndFiveBytes) {
  EXPECT_EQ(entry_key("P1", "S1", 0), std::string("P1\0\1S1\0\1\0", 9));
  EXPECT_EQ(entry_key("P1", "S1", 255), std::string("P1\0\1S1\0\1\xFF\0\0\0\xFF", 13));
}

}  // namespace
}  // namespace yujing::monitor

// Stored values of any bytes: decoded or called damaged, never more; what is decoded is encoded and
// decoded to the same again. The first byte says which kind of value the rest is.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "monitor/ledger.h"
#include "monitor/person_state.h"
#include "monitor/statistics.h"
#include "thresholds/result.h"

using namespace yujing;
using namespace yujing::monitor;

namespace {

void read_entry(std::string_view bytes, std::uint32_t seq) {
  const auto entry = decode_entry("P1", "S1", seq, bytes);
  if (!entry) return;
  std::string kept;
  encode(*entry, kept);
  const auto again = decode_entry("P1", "S1", seq, kept);
  CHECK(again.has_value());
  CHECK(*again == *entry);
  LedgerItem item;
  fold(item, *entry);
}

void read_person(std::string_view bytes) {
  PersonState state;
  if (!decode_person_state("P1", bytes, state)) return;
  std::string kept;
  encode(state, kept);
  static PersonState again;  // of what was read before nothing may be left over
  CHECK(decode_person_state("P1", kept, again).has_value());
  CHECK(again == state);
}

void read_statistics(std::string_view bytes) {
  const Statistics statistics = decode_statistics(bytes);
  CHECK(decode_statistics(encode_statistics(statistics)) == statistics);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'e':
      read_entry(bytes, 0);
      break;
    case 'f':
      read_entry(bytes, 1);
      break;
    case 'p':
      read_person(bytes);
      break;
    case 's':
      read_statistics(bytes);
      break;
    default:
      break;
  }
  return 0;
}

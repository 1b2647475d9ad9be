#include "monitor/store_keys.h"

#include "thresholds/result.h"

namespace yujing::monitor {

namespace {

// A text, then a terminator that sorts before every continuation: 0x00 within a text is written 00
// FF, the end 00 01.
void put_component(std::string& key, std::string_view text) {
  for (std::size_t zero = text.find('\0'); zero != text.npos; zero = text.find('\0')) {
    key.append(text.substr(0, zero + 1));
    key.push_back('\xFF');
    text.remove_prefix(zero + 1);
  }
  key.append(text);
  key.push_back('\0');
  key.push_back('\x01');
}

std::string take_component(std::string_view& rest) {
  std::string text;
  while (rest.size() >= 2) {
    const char c = rest[0];
    if (c != '\0') {
      text.push_back(c);
      rest.remove_prefix(1);
      continue;
    }
    const bool end = rest[1] == '\x01';
    rest.remove_prefix(2);
    if (end) return text;
    text.push_back('\0');
  }
  return text;
}

// Takes a component off the front of `rest`; false: there is no whole one.
bool skip_component(std::string_view& rest) {
  while (true) {
    const std::size_t zero = rest.find('\0');
    if (zero == rest.npos || zero + 1 == rest.size()) return false;
    const char after = rest[zero + 1];
    rest.remove_prefix(zero + 2);
    if (after == '\x01') return true;
    if (after != '\xFF') return false;
  }
}

// Up to 254 one byte, then 0xFF and four bytes, most significant first.
constexpr unsigned kLongSeq = 0xFF;

std::uint32_t read_seq(std::string_view bytes) {
  CHECK(bytes.size() == 1 || bytes.size() == 5);
  if (bytes.size() == 1) return static_cast<unsigned char>(bytes[0]);
  std::uint32_t seq = 0;
  for (std::size_t i = 1; i < 5; ++i)
    seq = seq << 8 | static_cast<unsigned char>(bytes[i]);
  return seq;
}

}  // namespace

std::string person_key(std::string_view psn_no) {
  std::string key;
  key.reserve(psn_no.size() + 2);
  put_component(key, psn_no);
  return key;
}

std::string past_person(std::string_view psn_no) {
  std::string key = person_key(psn_no);
  key.back() = '\x02';  // the end of a component sorts before all that goes on
  return key;
}

std::string split_person_key(std::string_view key) { return take_component(key); }

std::size_t person_part(std::string_view key) {
  std::size_t zero = key.find('\0');
  while (key[zero + 1] != '\x01')
    zero = key.find('\0', zero + 1);
  return zero + 2;
}

void append_entry_key(std::string& key, std::string_view psn_no, std::string_view setl_id,
                      std::uint32_t seq) {
  put_component(key, psn_no);
  put_component(key, setl_id);
  if (seq < kLongSeq) {
    key.push_back(static_cast<char>(seq));
  } else {
    key.push_back(static_cast<char>(kLongSeq));
    for (unsigned shift = 32; shift > 0; shift -= 8)
      key.push_back(static_cast<char>(seq >> (shift - 8) & 0xFF));
  }
}

std::string entry_key(std::string_view psn_no, std::string_view setl_id, std::uint32_t seq) {
  std::string key;
  append_entry_key(key, psn_no, setl_id, seq);
  return key;
}

EntryKey split_entry_key(std::string_view key) {
  EntryKey parts;
  parts.psn_no = take_component(key);
  parts.setl_id = take_component(key);
  parts.seq = read_seq(key);
  return parts;
}

std::string reversals_prefix(std::string_view psn_no, char kind, std::string_view target) {
  std::string key;
  put_component(key, psn_no);
  key.push_back(kind);
  put_component(key, target);
  return key;
}

ReversalParts split_reversal_key(std::string_view key) {
  take_component(key);
  CHECK(!key.empty());
  ReversalParts parts;
  parts.kind = key.front();
  key.remove_prefix(1);
  parts.target = take_component(key);
  parts.setl_id = key;
  return parts;
}

bool is_person_key(std::string_view key) { return skip_component(key) && key.empty(); }

bool is_entry_key(std::string_view key) {
  if (!skip_component(key) || !skip_component(key) || key.empty()) return false;
  const bool is_long = static_cast<unsigned char>(key.front()) == kLongSeq;
  return key.size() == (is_long ? 5U : 1U);
}

bool is_reversal_key(std::string_view key) {
  if (!skip_component(key) || key.empty() || key.front() < 0 || key.front() > 1) return false;
  key.remove_prefix(1);
  return skip_component(key);
}

}  // namespace yujing::monitor

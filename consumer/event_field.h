// The fields of a settlement event that are read, under every name they come with.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "monitor/settlement.h"

namespace yujing::consumer {

// The amounts first, in the order of monitor::Amount; then the texts, in the order of
// monitor::Text.
enum class Field : std::uint8_t {
  kFirstAmount = 0,
  kFirstText = monitor::kAmounts,
  kPsnNo = monitor::kAmounts + monitor::kTexts,
  kSetlId,
  kValiFlag,
  kSetlTime,
  kBegndate,
  kEnddate,
  kUpdtTime,
};
inline constexpr std::size_t kFields = static_cast<std::size_t>(Field::kUpdtTime) + 1;

[[nodiscard]] constexpr Field field_of(monitor::Amount amount) {
  return static_cast<Field>(static_cast<std::size_t>(amount));
}
[[nodiscard]] constexpr Field field_of(monitor::Text text) {
  return static_cast<Field>(monitor::kAmounts + static_cast<std::size_t>(text));
}

// A name is a number: below kFields the national name of that field, then other spellings (of one
// field the one that wins comes first), then the two nodes.
using NameId = std::uint8_t;

struct Spelling {
  std::string_view name;
  Field field;
};
inline constexpr std::array<Spelling, 8> kSpellings = {{
    {"psn_pay", field_of(monitor::Amount::kPsnPart)},
    {"cash_payamt", field_of(monitor::Amount::kPsnCash)},
    {"cashPayamt", field_of(monitor::Amount::kPsnCash)},
    {"inscp_amt", field_of(monitor::Amount::kInscpScp)},
    {"othfund_pay", field_of(monitor::Amount::kOth)},
    {"ownpay_hosp_part", field_of(monitor::Amount::kHospPart)},
    {"insuplc_admdvs", field_of(monitor::Text::kInsuAdmdvs)},
    {"insu_optins", field_of(monitor::Text::kInsuAdmdvs)},
}};

inline constexpr NameId kValueNames = kFields + kSpellings.size();
inline constexpr NameId kSetlinfoName = kValueNames;
inline constexpr NameId kOutputName = kValueNames + 1;
inline constexpr std::size_t kNames = kValueNames + 2;
inline constexpr NameId kNoName = 255;

inline constexpr std::array<std::string_view, kNames> kNameTexts = [] {
  std::array<std::string_view, kNames> names{};
  std::size_t next = 0;
  for (const auto name : monitor::kAmountNames)
    names[next++] = name;
  for (const auto name : monitor::kTextNames)
    names[next++] = name;
  for (const std::string_view name :
       {"psn_no", "setl_id", "vali_flag", "setl_time", "begndate", "enddate", "updt_time"}) {
    names[next++] = name;
  }
  for (const auto& spelling : kSpellings)
    names[next++] = spelling.name;
  names[next++] = "setlinfo";
  names[next++] = "output";
  return names;
}();

[[nodiscard]] constexpr std::string_view name_of(Field field) {
  return kNameTexts[static_cast<std::size_t>(field)];
}

// Finds names by their first bytes, which no two of them share, through a hash without collisions
// that is searched for when compiling.
class NameTable {
 public:
  consteval NameTable() {
    while (!fill())
      multiplier_ = multiplier_ * 6364136223846793005U + 1442695040888963407U;
  }

  // kNoName for what is no name of ours.
  [[nodiscard]] NameId find(std::string_view key) const {
    if (key.size() < kNameBytesMin) return kNoName;
    const NameId id = slots_[slot(head(key.data(), key.size()))];
    return id != kNoName && same(kNameTexts[id], key) ? id : kNoName;
  }

 private:
  static constexpr std::size_t kNameBytesMin = 6;  // psn_no, filing, output
  static constexpr unsigned kSlotBits = 8;

  // Eight bytes at a time, the last of which may overlap: less than a call of the library.
  [[nodiscard]] static bool same(std::string_view name, std::string_view key) {
    if (name.size() != key.size()) return false;
    if (head(name.data(), name.size()) != head(key.data(), key.size())) return false;
    for (std::size_t at = 8; at < name.size(); at += 8) {
      const std::size_t from = std::min(at, name.size() - 8);
      if (eight(name.data() + from) != eight(key.data() + from)) return false;
    }
    return true;
  }

  static std::uint64_t eight(const char* bytes) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes, 8);
    return eight;
  }

  // The first four bytes and the last four of the first eight.
  static std::uint64_t head(const char* key, std::size_t size) {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    std::memcpy(&first, key, 4);
    std::memcpy(&second, key + (size < 8 ? size - 4 : 4), 4);
    return std::uint64_t{second} << 32U | first;
  }
  static constexpr std::uint64_t head_of(std::string_view name) {
    const auto four = [&](std::size_t from) {
      std::uint64_t bytes = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        bytes |= std::uint64_t{static_cast<unsigned char>(name[from + i])} << (8 * i);
      }
      return bytes;
    };
    return four(name.size() < 8 ? name.size() - 4 : 4) << 32U | four(0);
  }
  [[nodiscard]] constexpr std::size_t slot(std::uint64_t head) const {
    return static_cast<std::size_t>((head * multiplier_) >> (64U - kSlotBits));
  }
  constexpr bool fill() {
    for (auto& entry : slots_)
      entry = kNoName;
    for (std::size_t id = 0; id < kNames; ++id) {
      auto& entry = slots_[slot(head_of(kNameTexts[id]))];
      if (entry != kNoName) return false;
      entry = static_cast<NameId>(id);
    }
    return true;
  }

  std::uint64_t multiplier_ = 0x9E3779B97F4A7C15U;
  std::array<NameId, 1U << kSlotBits> slots_{};
};

inline constexpr NameTable kNameTable;

}  // namespace yujing::consumer

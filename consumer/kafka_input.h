// The three topics that are read, their messages as they come, and positions in them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consumer/kafka_options.h"

namespace yujing::consumer {

enum class KafkaInput : std::uint8_t { kSettlements, kPersons, kDecisions };
inline constexpr std::size_t kKafkaInputs = 3;
inline constexpr std::array<KafkaInput, kKafkaInputs> kAllKafkaInputs = {
    KafkaInput::kSettlements, KafkaInput::kPersons, KafkaInput::kDecisions};

[[nodiscard]] inline const std::string& topic_of(const KafkaOptions& options, KafkaInput input) {
  switch (input) {
    case KafkaInput::kSettlements:
      return options.settlements;
    case KafkaInput::kPersons:
      return options.persons;
    case KafkaInput::kDecisions:
      return options.decisions;
  }
  return options.settlements;
}

// An offset of each input, of one partition: usually the next to be read.
class KafkaPositions {
 public:
  [[nodiscard]] std::int64_t& operator[](KafkaInput input) {
    return offsets_[static_cast<std::size_t>(input)];
  }
  [[nodiscard]] std::int64_t operator[](KafkaInput input) const {
    return offsets_[static_cast<std::size_t>(input)];
  }
  bool operator==(const KafkaPositions&) const = default;

 private:
  std::array<std::int64_t, kKafkaInputs> offsets_{};
};

// Where one partition of an input is, or is to be, read from.
struct KafkaPlace {
  KafkaInput input = KafkaInput::kSettlements;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

using KafkaHeaderTexts = std::vector<std::pair<std::string, std::string>>;  // name, bytes

// A message as it came, or word that there is none beyond `place.offset` for now.
struct KafkaArrival {
  KafkaPlace place;
  bool is_end = false;
  std::int64_t timestamp_ms = 0;          // since 1970; 0: not known
  std::optional<std::string_view> key;    // nullopt: null
  std::optional<std::string_view> value;  // nullopt: null
  std::size_t number = 0;                 // of the poll, to ask for its headers
};

}  // namespace yujing::consumer

// Reads maps of a YAML tree strictly: every key is known, every value has its type, everything
// wrong is said with its line and what would be right.
//
// Readers never stop at a problem: they add it to `Problems` and hand back a stand-in, so that one
// pass finds all. A result counts only when Problems stayed empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "thresholds/civil_day.h"
#include "thresholds/money.h"
#include "thresholds/yaml_tree.h"

namespace yujing::thresholds {

inline constexpr Ratio kWhole{10'000};  // 100%

// A word of the format and its meaning.
template <class T>
using Choice = std::pair<std::string_view, T>;

// "a, b, c"
[[nodiscard]] std::string listed(const std::vector<std::string>& words);

// Values. Each adds a problem and hands back nullopt (or "") where the node is something else.
// `what` names the value in the message: "deductible of dibao".
[[nodiscard]] std::string read_text(const YamlNode& node, std::string_view what,
                                    Problems& problems);
// A name for programs: small letters, digits, '-' and '_'.
[[nodiscard]] std::string read_code(const YamlNode& node, std::string_view what,
                                    Problems& problems);
[[nodiscard]] std::optional<Money> read_money(const YamlNode& node, std::string_view what,
                                              Problems& problems);
[[nodiscard]] std::optional<Ratio> read_ratio(const YamlNode& node, std::string_view what,
                                              Ratio at_most, Problems& problems);
[[nodiscard]] std::optional<CivilDay> read_day(const YamlNode& node, std::string_view what,
                                               Problems& problems);
[[nodiscard]] std::optional<std::int32_t> read_number(const YamlNode& node, std::string_view what,
                                                      std::int32_t min, std::int32_t max,
                                                      Problems& problems);
[[nodiscard]] std::optional<bool> read_flag(const YamlNode& node, std::string_view what,
                                            Problems& problems);
// The items of a list; a problem and none where the node is no list or an empty one.
[[nodiscard]] const std::vector<YamlNode>& read_list(const YamlNode& node, std::string_view what,
                                                     Problems& problems);

// One map. Whoever reads it asks for every key it may hold; on destruction the keys nobody asked
// for are problems. `what` names the map in messages: "tier dibao".
class MapReader {
 public:
  MapReader(const YamlNode& node, std::string what, Problems& problems);
  ~MapReader();
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;

  [[nodiscard]] const YamlNode& node() const { return node_; }
  [[nodiscard]] const std::string& what() const { return what_; }
  void rename(std::string what) { what_ = std::move(what); }

  // The value under `key`, null when absent or when it has no value (the latter is a problem).
  [[nodiscard]] const YamlNode* find(std::string_view key);
  // The same, and absence is a problem.
  [[nodiscard]] const YamlNode* require(std::string_view key);

  // Required values, with a stand-in after a problem.
  [[nodiscard]] std::string text(std::string_view key);
  [[nodiscard]] std::string code(std::string_view key);
  [[nodiscard]] Money money(std::string_view key);
  [[nodiscard]] Ratio ratio(std::string_view key, Ratio at_most = kWhole);
  [[nodiscard]] CivilDay day(std::string_view key);
  [[nodiscard]] bool flag(std::string_view key);
  // Values that may be absent.
  [[nodiscard]] std::string text_or(std::string_view key, std::string fallback);
  [[nodiscard]] std::int32_t number_or(std::string_view key, std::int32_t fallback,
                                       std::int32_t min, std::int32_t max);

  template <class T>
  [[nodiscard]] T choice(std::string_view key, std::initializer_list<Choice<T>> choices) {
    const YamlNode* value = require(key);
    return value == nullptr ? choices.begin()->second : pick(key, *value, choices);
  }
  template <class T>
  [[nodiscard]] T choice_or(std::string_view key, T fallback,
                            std::initializer_list<Choice<T>> choices) {
    const YamlNode* value = find(key);
    return value == nullptr ? fallback : pick(key, *value, choices);
  }

  // The name of a value for messages: "deductible of tier dibao".
  [[nodiscard]] std::string name_of(std::string_view key) const;

 private:
  template <class T>
  T pick(std::string_view key, const YamlNode& value, std::initializer_list<Choice<T>> choices) {
    std::vector<std::string> words;
    for (const auto& [word, meaning] : choices) {
      if (value.kind == YamlNode::Kind::kScalar && value.text == word) return meaning;
      words.emplace_back(word);
    }
    problems_.add(value, fmt::format("{} cannot be `{}`", name_of(key), value.text), listed(words));
    return choices.begin()->second;
  }

  const YamlNode& node_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string> asked_;
};

}  // namespace yujing::thresholds

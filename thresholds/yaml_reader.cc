#include "thresholds/yaml_reader.h"

#include <algorithm>
#include <charconv>

namespace yujing::thresholds {
namespace {

std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kScalar:
      return fmt::format("`{}`", node.text);
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
    case YamlNode::Kind::kEmpty:
      break;
  }
  return "empty";
}

void refuse(const YamlNode& node, std::string_view what, const std::string& allowed,
            Problems& problems) {
  problems.add(node, fmt::format("{} is {}", what, shown(node)), allowed);
}

bool is_text(const YamlNode& node) {
  return node.kind == YamlNode::Kind::kScalar && !node.text.empty();
}

}  // namespace

std::string listed(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string read_text(const YamlNode& node, std::string_view what, Problems& problems) {
  if (is_text(node)) return node.text;
  refuse(node, what, "a text", problems);
  return {};
}

std::string read_code(const YamlNode& node, std::string_view what, Problems& problems) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (is_text(node) && node.text.find_first_not_of(kLetters) == std::string::npos) {
    return node.text;
  }
  refuse(node, what, "small letters, digits, - and _, such as jixi-2026", problems);
  return {};
}

std::optional<Money> read_money(const YamlNode& node, std::string_view what, Problems& problems) {
  const auto amount = is_text(node) ? parse_money(node.text) : std::nullopt;
  if (amount && amount->fen >= 0) return amount;
  refuse(node, what, "yuan such as \"2500\" or \"2500.50\", not below 0", problems);
  return std::nullopt;
}

std::optional<Ratio> read_ratio(const YamlNode& node, std::string_view what, Ratio at_most,
                                Problems& problems) {
  if (is_text(node) && node.text.back() == '%') {
    // A percentage has at most two decimals, as an amount has.
    const auto percent = parse_money(std::string_view(node.text).substr(0, node.text.size() - 1));
    if (percent && percent->fen >= 0 && percent->fen <= at_most.per_ten_thousand) {
      return Ratio{static_cast<std::int32_t>(percent->fen)};
    }
  }
  refuse(node, what, fmt::format("a share such as 70% or 12.5%, from 0% to {}", to_string(at_most)),
         problems);
  return std::nullopt;
}

std::optional<CivilDay> read_day(const YamlNode& node, std::string_view what, Problems& problems) {
  const auto day = is_text(node) ? parse_day(node.text) : std::nullopt;
  if (!day) refuse(node, what, "a day such as 2026-01-31", problems);
  return day;
}

std::optional<std::int32_t> read_number(const YamlNode& node, std::string_view what,
                                        std::int32_t min, std::int32_t max, Problems& problems) {
  if (is_text(node)) {
    std::int32_t number = 0;
    const char* end = node.text.data() + node.text.size();
    const auto parsed = std::from_chars(node.text.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end && number >= min && number <= max) {
      return number;
    }
  }
  refuse(node, what, fmt::format("a whole number from {} to {}", min, max), problems);
  return std::nullopt;
}

std::optional<bool> read_flag(const YamlNode& node, std::string_view what, Problems& problems) {
  if (is_text(node) && node.text == "true") return true;
  if (is_text(node) && node.text == "false") return false;
  refuse(node, what, "true, false", problems);
  return std::nullopt;
}

const std::vector<YamlNode>& read_list(const YamlNode& node, std::string_view what,
                                       Problems& problems) {
  if (node.kind != YamlNode::Kind::kList || node.items.empty()) {
    static const std::vector<YamlNode> kNone;
    problems.add(node,
                 fmt::format("{} is {}", what,
                             node.kind == YamlNode::Kind::kList ? "an empty list" : shown(node)),
                 "a list with at least one entry");
    return kNone;
  }
  return node.items;
}

MapReader::MapReader(const YamlNode& node, std::string what, Problems& problems)
    : node_(node), what_(std::move(what)), problems_(problems) {
  if (node.kind != YamlNode::Kind::kMap) {
    problems.add(node, fmt::format("{} is {}", what_, shown(node)), "a map of `key: value`");
  }
}

MapReader::~MapReader() {
  for (const auto& member : node_.members) {
    if (std::find(asked_.begin(), asked_.end(), member.key) != asked_.end()) continue;
    problems_.add(member.value.file, member.line,
                  fmt::format("unknown key `{}` in {}", member.key, what_), listed(asked_));
  }
}

const YamlNode* MapReader::find(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  const YamlNode* value = node_.find(key);
  if (value != nullptr && value->kind == YamlNode::Kind::kEmpty) {
    problems_.add(*value, fmt::format("{} has no value", name_of(key)),
                  "a value, or leave the key out");
    return nullptr;
  }
  return value;
}

const YamlNode* MapReader::require(std::string_view key) {
  const YamlNode* value = find(key);
  if (value == nullptr && node_.kind == YamlNode::Kind::kMap && node_.find(key) == nullptr) {
    problems_.add(node_, fmt::format("{} is missing", name_of(key)));
  }
  return value;
}

std::string MapReader::text(std::string_view key) {
  const YamlNode* value = require(key);
  return value == nullptr ? std::string() : read_text(*value, name_of(key), problems_);
}

std::string MapReader::code(std::string_view key) {
  const YamlNode* value = require(key);
  return value == nullptr ? std::string() : read_code(*value, name_of(key), problems_);
}

Money MapReader::money(std::string_view key) {
  const YamlNode* value = require(key);
  if (value == nullptr) return {};
  return read_money(*value, name_of(key), problems_).value_or(Money{});
}

Ratio MapReader::ratio(std::string_view key, Ratio at_most) {
  const YamlNode* value = require(key);
  if (value == nullptr) return {};
  return read_ratio(*value, name_of(key), at_most, problems_).value_or(Ratio{});
}

CivilDay MapReader::day(std::string_view key) {
  const YamlNode* value = require(key);
  if (value == nullptr) return {};
  return read_day(*value, name_of(key), problems_).value_or(CivilDay{});
}

bool MapReader::flag(std::string_view key) {
  const YamlNode* value = require(key);
  return value != nullptr && read_flag(*value, name_of(key), problems_).value_or(false);
}

std::string MapReader::text_or(std::string_view key, std::string fallback) {
  const YamlNode* value = find(key);
  return value == nullptr ? std::move(fallback) : read_text(*value, name_of(key), problems_);
}

std::int32_t MapReader::number_or(std::string_view key, std::int32_t fallback, std::int32_t min,
                                  std::int32_t max) {
  const YamlNode* value = find(key);
  if (value == nullptr) return fallback;
  return read_number(*value, name_of(key), min, max, problems_).value_or(fallback);
}

std::string MapReader::name_of(std::string_view key) const {
  return fmt::format("`{}` of {}", key, what_);
}

}  // namespace yujing::thresholds

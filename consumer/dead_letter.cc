#include "consumer/dead_letter.h"

#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "consumer/json_tree.h"
#include "monitor/seal.h"

namespace yujing::consumer {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoDigit = 64;

constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  for (auto& digit : digits)
    digit = kNoDigit;
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

// How many bytes of valid UTF-8 make the character `text` begins with; 0 when it begins with none.
std::size_t character_size(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return static_cast<unsigned char>(text[i]);
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return 0;
  std::uint32_t code = first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? 0 : size;
}

// A path can hold any bytes: what is no UTF-8 becomes the replacement character.
void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (size == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c < 0x20) {
      out += fmt::format("\\u{:04x}", c);
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  out += '"';
}

}  // namespace

std::string dead_letter_line(const monitor::Refusal& refusal, std::string_view position,
                             std::string_view bytes) {
  std::string line = "{\"reason\":";
  append_json_string(line, name_of(refusal.reason));
  line += ",\"message\":";
  append_json_string(line, refusal.message);
  line += ",\"position\":";
  append_json_string(line, position);
  line += ",\"bytes\":\"";
  line += base64(bytes);
  line += "\"}";
  return line;
}

std::optional<DeadLetter> read_dead_letter(std::string_view line) {
  JsonTree tree;
  if (tree.parse(line)) return std::nullopt;
  const JsonTree::Node& root = tree.root();
  DeadLetter letter;
  letter.reason = tree.text(root, "reason");
  letter.message = tree.text(root, "message");
  letter.position = tree.text(root, "position");
  const JsonTree::Node* const encoded = tree.find(root, "bytes");
  if (letter.reason.empty() || letter.position.empty() || encoded == nullptr) return std::nullopt;
  auto bytes = from_base64(encoded->text);
  if (!bytes) return std::nullopt;
  letter.bytes = std::move(*bytes);
  // A line of the persons or decisions file has no byte in its position.
  letter.is_event = letter.position.ends_with(')');
  return letter;
}

std::string readable(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t size = character_size(bytes);
    const auto c = static_cast<unsigned char>(bytes.front());
    // C0, DEL and, in two bytes, C1.
    if (c < 0x20 || c == 0x7F) {
      text += fmt::format("\\x{:02x}", c);
    } else if (size == 2 && c == 0xC2 && static_cast<unsigned char>(bytes[1]) < 0xA0) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes[1]));
    } else {
      text += size == 0 ? std::string_view("\xEF\xBF\xBD") : bytes.substr(0, size);
    }
    bytes.remove_prefix(size == 0 ? 1 : size);
  }
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) -> std::uint32_t {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U;
    };
    const std::uint32_t group = byte(0) << 16U | byte(1) << 8U | byte(2);
    text += kAlphabet[group >> 18U & 63U];
    text += kAlphabet[group >> 12U & 63U];
    text += i + 1 < bytes.size() ? kAlphabet[group >> 6U & 63U] : '=';
    text += i + 2 < bytes.size() ? kAlphabet[group & 63U] : '=';
  }
  return text;
}

// Accepts exactly what base64() writes: padded, without blanks, unused bits 0.
std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::size_t digits = 4;
    if (i + 4 == text.size()) {
      if (text[i + 3] == '=') digits = text[i + 2] == '=' ? 2 : 3;
    }
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::uint8_t digit =
          k < digits ? kDigits[static_cast<unsigned char>(text[i + k])] : std::uint8_t{0};
      if (digit == kNoDigit) return std::nullopt;
      group = group << 6U | digit;
    }
    bytes += static_cast<char>(group >> 16U & 255U);
    if (digits > 2) bytes += static_cast<char>(group >> 8U & 255U);
    if (digits > 3) bytes += static_cast<char>(group & 255U);
    const std::uint32_t unused = digits == 2 ? group & 0xFFFFU : digits == 3 ? group & 0xFFU : 0;
    if (unused != 0) return std::nullopt;
  }
  return bytes;
}

std::string dead_letter_context(std::string_view topic, std::int64_t partition,
                                std::int64_t offset) {
  return monitor::seal_context(
      {"dead letter", topic, fmt::to_string(partition), fmt::to_string(offset)});
}

}  // namespace yujing::consumer

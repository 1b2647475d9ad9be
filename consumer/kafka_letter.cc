#include "consumer/kafka_letter.h"

#include <charconv>

#include <fmt/format.h>

namespace yujing::consumer {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::string_view kOurs = "yujing_dlt_";

std::optional<std::string_view> find(const LetterHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key.starts_with(kOurs) && std::string_view(key).substr(kOurs.size()) == name) return value;
  }
  return std::nullopt;
}

template <class Number>
bool read_number(const LetterHeaders& headers, std::string_view name, Number& number) {
  const auto text = find(headers, name).value_or("");
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && failed == std::errc() && end == text.data() + text.size();
}

std::string context_of(const LetterOrigin& origin) {
  return dead_letter_context(origin.topic, origin.partition, origin.offset);
}

}  // namespace

void add_letter_headers(LetterHeaders& headers, const LetterOrigin& origin,
                        const monitor::Refusal& refusal) {
  std::erase_if(headers, [](const auto& header) { return header.first.starts_with(kOurs); });
  const auto say = [&](std::string_view name, std::string value) {
    headers.emplace_back(std::string(kOurs) += name, std::move(value));
  };
  say("topic", origin.topic);
  say("partition", fmt::to_string(origin.partition));
  say("offset", fmt::to_string(origin.offset));
  say("timestamp", fmt::to_string(origin.timestamp_ms));
  say("reason", std::string(name_of(refusal.reason)));
  say("message", refusal.message);
}

std::string letter_value(std::string_view bytes, const LetterOrigin& origin,
                         const monitor::Seal* seal) {
  return seal == nullptr ? std::string(bytes) : seal->seal(bytes, context_of(origin));
}

Result<TopicLetter> read_letter(std::optional<std::string_view> value, const LetterHeaders& headers,
                                const monitor::Seal* seal) {
  TopicLetter read;
  auto& origin = read.origin;
  const auto topic = find(headers, "topic");
  const auto reason = find(headers, "reason");
  const auto message = find(headers, "message");
  if (!topic || !reason || !message || !read_number(headers, "partition", origin.partition) ||
      !read_number(headers, "offset", origin.offset) ||
      !read_number(headers, "timestamp", origin.timestamp_ms)) {
    return fail(ErrorCode::kInput,
                "is no dead letter as yujing writes them: headers yujing_dlt_… are missing");
  }
  origin.topic = *topic;
  read.letter.reason = *reason;
  read.letter.message = *message;
  read.letter.position =
      fmt::format("{} partition {} offset {}", origin.topic, origin.partition, origin.offset);
  for (const auto& header : headers) {
    if (!header.first.starts_with(kOurs)) read.others.push_back(header);
  }
  const auto bytes = value.value_or("");
  if (!monitor::Seal::is_sealed(bytes)) {
    read.letter.bytes = bytes;
    return read;
  }
  if (seal == nullptr) {
    read.closed = "this value is sealed; name the key file as `seal.key_file`";
    return read;
  }
  auto opened = seal->open(bytes, context_of(origin));
  if (opened) {
    read.letter.bytes = std::move(*opened);
  } else {
    read.closed = opened.error().message;
  }
  return read;
}

}  // namespace yujing::consumer

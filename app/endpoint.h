// Where a server listens: HOST:PORT or [IPV6]:PORT, as text and in parts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace yujing::app {

struct Endpoint {
  std::string host;        // without brackets
  std::uint16_t port = 0;  // 0: any free one
  bool operator==(const Endpoint&) const = default;
};

// nullopt when `text` is no such pair: a host may not be empty, the port is 0 to 65535.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);
// "127.0.0.1:9464", "[::1]:9464".
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

}  // namespace yujing::app

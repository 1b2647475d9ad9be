#include "app/endpoint.h"

#include <gtest/gtest.h>

namespace yujing::app {
namespace {

TEST(Endpoint, IsHostAndPort) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:9464"), (Endpoint{"127.0.0.1", 9464}));
  EXPECT_EQ(parse_endpoint("localhost:0"), (Endpoint{"localhost", 0}));
  EXPECT_EQ(parse_endpoint("[::1]:65535"), (Endpoint{"::1", 65535}));
}

TEST(Endpoint, IsNothingElse) {
  for (const auto* const text :
       {"", ":", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:94 64", "::1:9464", "[]:1", "[::1]", "[::1]9464"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Endpoint, IsWrittenAsItIsRead) {
  for (const auto* const text : {"127.0.0.1:9464", "[::1]:0"})
    EXPECT_EQ(to_string(*parse_endpoint(text)), text);
}

}  // namespace
}  // namespace yujing::app

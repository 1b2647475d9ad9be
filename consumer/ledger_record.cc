#include "consumer/ledger_record.h"

#include <fmt/format.h>

namespace yujing::consumer {

using thresholds::ErrorCode;
using thresholds::fail;

namespace {

// The first byte of a value: what follows are bytes of the store's format 2, as they are.
constexpr char kPlain = 2;

}  // namespace

std::optional<std::string_view> ledger_value(const monitor::StoreWrite& write, std::string& bytes) {
  if (!write.value) return std::nullopt;
  bytes.assign(1, kPlain).append(*write.value);
  return bytes;
}

thresholds::Result<monitor::StoreWrite> read_ledger_record(std::optional<std::string_view> key,
                                                           std::optional<std::string_view> value) {
  if (!key || key->empty())
    return fail(ErrorCode::kInput, "a record without a key, which is none of a ledger");
  if (!value) return monitor::StoreWrite{*key, std::nullopt};
  if (value->empty())
    return fail(ErrorCode::kInput, "a record with an empty value, which is none of a ledger");
  if (value->front() != kPlain) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("a record of kind {}, this program knows kind {}; use the program that "
                            "wrote it",
                            static_cast<unsigned char>(value->front()), static_cast<int>(kPlain)));
  }
  return monitor::StoreWrite{*key, value->substr(1)};
}

}  // namespace yujing::consumer

// A record of the ledger topic: one key of a store and what lies under it. Bytes: FORMAT.md of
// monitor/, "Ledger topic". Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// Notes of a store that is kept by a ledger topic. On the topic with every transaction: "CLUSTER
// PARTITION SETTLEMENTS PERSONS DECISIONS", the offsets next to be read.
inline constexpr std::string_view kKafkaPositionNote = "kafka/position";
// Known to the store alone: the offset of the ledger topic it stands for, in decimal.
inline constexpr std::string_view kKafkaLedgerNote = "kafka/ledger";

// The value of the record whose key is `write.key`; nullopt: null. Valid as long as `bytes`, which
// it may use, is not changed.
[[nodiscard]] std::optional<std::string_view> ledger_value(const monitor::StoreWrite& write,
                                                           std::string& bytes);

// What a record says; it points into the record. kInput: it is none of ours; kConfiguration: a
// newer program wrote it. The message leaves it to the caller to say where the record lies.
[[nodiscard]] thresholds::Result<monitor::StoreWrite> read_ledger_record(
    std::optional<std::string_view> key, std::optional<std::string_view> value);

}  // namespace yujing::consumer

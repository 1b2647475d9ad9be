// The Kafka of the settings with its secret: what a command needs to connect.
#pragma once

#include <optional>

#include "app/settings.h"
#include "consumer/kafka_options.h"
#include "monitor/seal.h"
#include "thresholds/result.h"

namespace yujing::app {

// kConfiguration where the settings name no Kafka, a certificate or key cannot be read, or the
// user's password is not to be had: from YUJING_KAFKA_PASSWORD, else from `kafka.password_file`.
[[nodiscard]] thresholds::Result<consumer::KafkaOptions> kafka_options(
    const Settings& settings, const Environment& environment = process_environment);

// The keys of `seal.key_file`; nullopt where none is named. Errors as of monitor::Seal::read.
[[nodiscard]] thresholds::Result<std::optional<monitor::Seal>> sealing_keys(
    const Settings& settings);

}  // namespace yujing::app

// The part of the command line for Kafka: topics create, topics check, keys new.
#pragma once

#include <functional>

#include "app/kafka/commands.h"

namespace CLI {
class App;
}

namespace yujing::app {

struct KafkaCommandOptions {
  TopicsOptions topics;
  NewKeyOptions key;
};

// `options` and `action`, which is set by the command that was given, have to live as long as `app`
// parses.
void add_kafka_commands(CLI::App& app, KafkaCommandOptions& options,
                        std::function<thresholds::Result<void>(Talk&)>& action);

}  // namespace yujing::app

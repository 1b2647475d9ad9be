#include "consumer/kafka_handle.h"

#include <array>

#include <fmt/format.h>

namespace yujing::consumer {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::size_t kErrorTextMax = 512;

KafkaListener& listener_of(void* opaque) { return *static_cast<KafkaListener*>(opaque); }

void log(const rd_kafka_t* handle, int level, const char* /*facility*/, const char* text) {
  listener_of(rd_kafka_opaque(handle)).on_log(level, text);
}

void error(rd_kafka_t* /*handle*/, int code, const char* reason, void* opaque) {
  listener_of(opaque).on_error(static_cast<rd_kafka_resp_err_t>(code), reason);
}

void delivered(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message, void* opaque) {
  listener_of(opaque).on_delivery(*message);
}

void rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t what,
               rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  listener_of(opaque).on_rebalance(*handle, what, *partitions);
}

Result<KafkaHandle> make_handle(rd_kafka_type_t type, KafkaConf conf, KafkaListener& listener) {
  rd_kafka_conf_set_opaque(conf.get(), &listener);
  rd_kafka_conf_set_log_cb(conf.get(), log);
  rd_kafka_conf_set_error_cb(conf.get(), error);
  std::array<char, kErrorTextMax> text{};
  KafkaHandle handle(rd_kafka_new(type, conf.get(), text.data(), text.size()));
  if (!handle) {
    return fail(ErrorCode::kConfiguration,
                fmt::format("Kafka cannot be used with these settings: {}; look at `kafka.ca`, "
                            "`kafka.certificate` and `kafka.key`",
                            text.data()));
  }
  static_cast<void>(conf.release());  // the handle has it now
  return handle;
}

}  // namespace

void KafkaListener::on_delivery(const rd_kafka_message_t& /*message*/) {}

void KafkaListener::on_rebalance(rd_kafka_t& consumer, rd_kafka_resp_err_t what,
                                 rd_kafka_topic_partition_list_t& partitions) {
  const bool given = what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
  reassign(consumer, given ? &partitions : nullptr);
}

Result<KafkaConf> base_conf(const KafkaOptions& options) {
  KafkaConf conf(rd_kafka_conf_new());
  auto done = set(*conf, {{"bootstrap.servers", options.brokers},
                          {"client.id", "yujing"},
                          {"socket.nagle.disable", "true"},
                          {"socket.keepalive.enable", "true"},
                          {"log.connection.close", "false"},  // idle connections come and go
                          {"reconnect.backoff.max.ms", "2000"}});
  if (done && options.security != KafkaOptions::Security::kPlaintext) {
    done = set(*conf,
               {{"security.protocol", "ssl"}, {"ssl.endpoint.identification.algorithm", "https"}});
    const KafkaProperty files[] = {{"ssl.ca.location", options.ca},
                                   {"ssl.certificate.location", options.certificate},
                                   {"ssl.key.location", options.key}};
    for (const auto& file : files) {
      if (done && !file.second.empty()) done = set(*conf, {file});
    }
  }
  if (done && options.security == KafkaOptions::Security::kScram) {
    done = set(*conf, {{"security.protocol", "sasl_ssl"},
                       {"sasl.mechanism", "SCRAM-SHA-512"},
                       {"sasl.username", options.user},
                       {"sasl.password", options.password}});
  }
  if (!done) return tl::unexpected(done.error());
  return conf;
}

Result<void> set(rd_kafka_conf_t& conf, std::initializer_list<KafkaProperty> properties) {
  std::array<char, kErrorTextMax> text{};
  for (const auto& [name, value] : properties) {
    const auto done = rd_kafka_conf_set(&conf, std::string(name).c_str(),
                                        std::string(value).c_str(), text.data(), text.size());
    if (done != RD_KAFKA_CONF_OK) {
      return fail(ErrorCode::kInternal, fmt::format("librdkafka {} does not take {}: {}; report it",
                                                    rd_kafka_version_str(), name, text.data()));
    }
  }
  return {};
}

Result<KafkaHandle> make_consumer(KafkaConf conf, KafkaListener& listener) {
  rd_kafka_conf_set_rebalance_cb(conf.get(), rebalance);
  auto handle = make_handle(RD_KAFKA_CONSUMER, std::move(conf), listener);
  if (handle) rd_kafka_poll_set_consumer(handle->get());
  return handle;
}

Result<KafkaHandle> make_producer(KafkaConf conf, KafkaListener& listener) {
  rd_kafka_conf_set_dr_msg_cb(conf.get(), delivered);
  return make_handle(RD_KAFKA_PRODUCER, std::move(conf), listener);
}

rd_kafka_resp_err_t reassign(rd_kafka_t& consumer, const rd_kafka_topic_partition_list_t* places) {
  const rd_kafka_resp_err_t done = rd_kafka_assign(&consumer, places);
  // The library stops partitions in two steps of its main thread, and stops one whose second step
  // is to come again. A question waits behind the steps that were to come when it was asked.
  for (int step = 0; step < 2; ++step) {
    rd_kafka_topic_partition_list_t* answer = nullptr;
    rd_kafka_assignment(&consumer, &answer);
    const KafkaPartitions owned(answer);
  }
  return done;
}

std::vector<std::pair<std::string, std::string>> headers_of(const rd_kafka_message_t& message) {
  std::vector<std::pair<std::string, std::string>> found;
  rd_kafka_headers_t* headers = nullptr;  // of the message
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return found;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0;
       rd_kafka_header_get_all(headers, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    found.emplace_back(name,
                       value == nullptr ? "" : std::string(static_cast<const char*>(value), size));
  }
  return found;
}

std::string text_of(rd_kafka_resp_err_t code) {
  return fmt::format("{} ({})", rd_kafka_err2str(code), rd_kafka_err2name(code));
}

}  // namespace yujing::consumer

#include "consumer/kafka_sender.h"

#include <chrono>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "consumer/kafka_fault.h"
#include "consumer/kafka_handle.h"
#include "consumer/kafka_probe.h"
#include "consumer/kafka_trouble.h"

namespace yujing::consumer {

using thresholds::Error;
using thresholds::Result;

namespace {

constexpr int kPollMs = 100;
constexpr int kTransactionMs = 30'000;  // for one call
constexpr auto kRetryPause = std::chrono::milliseconds(50);

}  // namespace

struct KafkaSender::Impl final : KafkaListener {
  Impl(const KafkaOptions& how, std::string as) : options(how), name(std::move(as)) {}

  void on_log(int /*level*/, std::string_view /*text*/) override {}
  void on_error(rd_kafka_resp_err_t code, std::string_view reason) override {
    if (action_of(code, {}) == FaultAction::kStop) keep(code, "", reason);
  }
  void on_delivery(const rd_kafka_message_t& message) override {
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      ++delivered;
    } else {
      keep(message.err, rd_kafka_topic_name(message.rkt), "");
    }
  }
  // The first says why; what follows follows from it.
  void keep(int code, std::string_view topic, std::string_view said) {
    if (trouble) return;
    const auto where =
        topic.empty() ? options.brokers : fmt::format("{}, topic {}", options.brokers, topic);
    trouble = fault_error(code, where, "sending", said);
  }
  [[nodiscard]] Result<void> result() const {
    if (trouble) return tl::unexpected(*trouble);
    return {};
  }
  // A call about the transaction, made again while Kafka says that it may be.
  template <class Call>
  Result<void> transaction(const char* doing, Call call) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(kTransactionMs);
    while (true) {
      const KafkaError error(call());
      if (!error) return {};
      KafkaTrouble answer = trouble_of(*error, options.brokers, doing);
      if (is_fence(answer)) {
        return fail(thresholds::ErrorCode::kUnavailable,
                    fmt::format("Kafka at {}: another command sent at the same time as `{}`, so "
                                "this one sent nothing; give it again",
                                options.brokers, name));
      }
      const bool again =
          answer.action == FaultAction::kRetry && std::chrono::steady_clock::now() < until;
      if (!again) return tl::unexpected(std::move(answer.error));
      std::this_thread::sleep_for(kRetryPause);
    }
  }

  const KafkaOptions options;
  const std::string name;  // "": not alone, and without a transaction
  std::uint64_t delivered = 0;
  std::optional<Error> trouble;
  KafkaHandle handle;  // last: it tells of its end to this object
};

KafkaSender::KafkaSender(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KafkaSender::KafkaSender(KafkaSender&&) noexcept = default;
KafkaSender& KafkaSender::operator=(KafkaSender&&) noexcept = default;
KafkaSender::~KafkaSender() = default;

Result<KafkaSender> KafkaSender::open(const KafkaOptions& options) { return make(options, ""); }

Result<KafkaSender> KafkaSender::open_alone(const KafkaOptions& options, const std::string& name) {
  auto sender = make(options, name);
  if (!sender) return sender;
  const Impl& impl = *sender->impl_;
  auto done = impl.transaction("waiting for the transactional id", [&] {
    return rd_kafka_init_transactions(impl.handle.get(), kTransactionMs);
  });
  if (done) {
    done = impl.transaction("beginning a transaction",
                            [&] { return rd_kafka_begin_transaction(impl.handle.get()); });
  }
  if (!done) return tl::unexpected(std::move(done.error()));
  return sender;
}

Result<KafkaSender> KafkaSender::make(const KafkaOptions& options, std::string name) {
  if (const auto probe = KafkaProbe::open(options, kConnectPatience); !probe)
    return tl::unexpected(probe.error());
  auto conf = base_conf(options);
  if (!conf) return tl::unexpected(conf.error());
  auto done = set(**conf, {{"enable.idempotence", "true"},
                           {"partitioner", "murmur2_random"},
                           {"compression.type", "lz4"},
                           {"linger.ms", "5"},
                           {"message.max.bytes", "67108864"},  // the topic decides
                           {"delivery.timeout.ms", "60000"}});
  if (done && !name.empty()) done = set(**conf, {{"transactional.id", name}});
  if (!done) return tl::unexpected(done.error());
  auto impl = std::make_unique<Impl>(options, std::move(name));
  auto handle = make_producer(std::move(*conf), *impl);
  if (!handle) return tl::unexpected(handle.error());
  impl->handle = std::move(*handle);
  return KafkaSender(std::move(impl));
}

Result<void> KafkaSender::send(const std::string& topic, std::optional<std::string_view> key,
                               std::optional<std::string_view> value) {
  const auto bytes = [](const std::optional<std::string_view>& text) {
    const char* const from = !text ? nullptr : text->empty() ? "" : text->data();
    return const_cast<char*>(from);  // copied, not written
  };
  while (true) {
    rd_kafka_poll(impl_->handle.get(), 0);
    if (auto done = impl_->result(); !done) return done;
    const auto code = rd_kafka_producev(impl_->handle.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                                        RD_KAFKA_V_KEY(bytes(key), (key ? key->size() : 0)),
                                        RD_KAFKA_V_VALUE(bytes(value), (value ? value->size() : 0)),
                                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      impl_->keep(code, topic, "");
      return impl_->result();
    }
    rd_kafka_poll(impl_->handle.get(), kPollMs);
  }
}

Result<std::uint64_t> KafkaSender::finish() {
  // Each message ends by itself, delivered or with an error, within the delivery timeout.
  while (rd_kafka_outq_len(impl_->handle.get()) > 0)
    rd_kafka_flush(impl_->handle.get(), kPollMs);
  auto done = impl_->result();
  if (done && !impl_->name.empty()) {
    done = impl_->transaction("committing", [&] {
      return rd_kafka_commit_transaction(impl_->handle.get(), kTransactionMs);
    });
  }
  if (!done) return tl::unexpected(done.error());
  return impl_->delivered;
}

}  // namespace yujing::consumer

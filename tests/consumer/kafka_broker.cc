#include "tests/consumer/kafka_broker.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace yujing::tests {

using consumer::KafkaError;
using consumer::KafkaHandle;
using consumer::KafkaOptions;

namespace {

constexpr int kCallMs = 60'000;
constexpr std::string_view kScript = YUJING_SOURCE_DIR "/deploy/kafka/kafka.sh";

void stop_unless(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "the test's Kafka: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

void must(rd_kafka_error_t* raw, const char* what) {
  const KafkaError error(raw);
  stop_unless(
      error == nullptr,
      error == nullptr ? "" : std::string(what) + ": " + rd_kafka_error_string(error.get()));
}

// What the command says on standard output.
std::string said_by(const std::string& command) {
  std::FILE* const out = popen(command.c_str(), "r");
  stop_unless(out != nullptr, command);
  std::string text;
  std::array<char, 256> part{};
  while (std::fgets(part.data(), static_cast<int>(part.size()), out) != nullptr)
    text += part.data();
  stop_unless(pclose(out) == 0, command + " failed");
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

class Silent final : public consumer::KafkaListener {
  void on_log(int /*level*/, std::string_view /*text*/) override {}
  void on_error(rd_kafka_resp_err_t /*code*/, std::string_view /*reason*/) override {}
};
Silent silent;

KafkaHandle make_producer(const KafkaOptions& options,
                          std::initializer_list<consumer::KafkaProperty> more) {
  auto conf = consumer::base_conf(options);
  stop_unless(conf.has_value(), "no configuration");
  stop_unless(consumer::set(**conf, more).has_value(), "no such property");
  auto handle = consumer::make_producer(std::move(*conf), silent);
  stop_unless(handle.has_value(), "no producer");
  return std::move(*handle);
}

// Waits for the answer to an admin request.
consumer::KafkaEvent answer(const consumer::KafkaQueue& queue, const char* what) {
  consumer::KafkaEvent event(rd_kafka_queue_poll(queue.get(), kCallMs));
  stop_unless(event != nullptr && rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_NO_ERROR,
              what);
  return event;
}

}  // namespace

KafkaBroker::KafkaBroker() {
  const std::string options = " --dir " + folder_.path("broker");
  said_by(std::string(kScript) + " start --port 0" + options);
  brokers_ = said_by(std::string(kScript) + " brokers" + options);
}

KafkaBroker::~KafkaBroker() {
  said_by(std::string(kScript) + " stop --dir " + folder_.path("broker"));
}

KafkaOptions KafkaBroker::options(const std::string& ledger) const {
  KafkaOptions options;
  options.brokers = brokers_;
  options.ledger = ledger;
  return options;
}

void KafkaBroker::make_topic(const std::string& name, int partitions,
                             const char* cleanup_policy) const {
  const KafkaHandle handle = make_producer(options(name), {});
  const consumer::KafkaQueue queue(rd_kafka_queue_new(handle.get()));
  std::array<char, 256> said{};
  const consumer::KafkaOwner<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy> topic(
      rd_kafka_NewTopic_new(name.c_str(), partitions, 1, said.data(), said.size()));
  rd_kafka_NewTopic_set_config(topic.get(), "cleanup.policy", cleanup_policy);
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  rd_kafka_CreateTopics(handle.get(), topics, 1, nullptr, queue.get());
  const consumer::KafkaEvent event = answer(queue, "making a topic");
  std::size_t count = 0;
  const rd_kafka_topic_result_t* const* const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  stop_unless(count == 1 && rd_kafka_topic_result_error(results[0]) == RD_KAFKA_RESP_ERR_NO_ERROR,
              "making topic " + name);
}

void KafkaBroker::delete_records(const std::string& topic, std::int32_t partition,
                                 std::int64_t offset) const {
  const KafkaHandle handle = make_producer(options(topic), {});
  const consumer::KafkaQueue queue(rd_kafka_queue_new(handle.get()));
  const consumer::KafkaPartitions before(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(before.get(), topic.c_str(), partition)->offset = offset;
  const consumer::KafkaOwner<rd_kafka_DeleteRecords_t, rd_kafka_DeleteRecords_destroy> request(
      rd_kafka_DeleteRecords_new(before.get()));
  rd_kafka_DeleteRecords_t* requests[] = {request.get()};
  rd_kafka_DeleteRecords(handle.get(), requests, 1, nullptr, queue.get());
  const consumer::KafkaEvent event = answer(queue, "deleting records");
  const rd_kafka_topic_partition_list_t* const deleted =
      rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(event.get()));
  stop_unless(deleted->cnt == 1 && deleted->elems[0].err == RD_KAFKA_RESP_ERR_NO_ERROR,
              "deleting records");
}

LedgerWriter::LedgerWriter(const KafkaOptions& options, const std::string& transactional_id)
    : handle_(make_producer(options, {{"transactional.id", transactional_id}})),
      topic_(options.ledger) {
  must(rd_kafka_init_transactions(handle_.get(), kCallMs), "transactional id");
}

void LedgerWriter::begin() { must(rd_kafka_begin_transaction(handle_.get()), "begin"); }

void LedgerWriter::put(std::int32_t partition, std::optional<std::string_view> key,
                       std::optional<std::string_view> value) {
  const auto address = [](std::optional<std::string_view> bytes) {
    return bytes ? const_cast<char*>(bytes->data()) : nullptr;
  };
  const auto size = [](std::optional<std::string_view> bytes) { return bytes ? bytes->size() : 0; };
  const rd_kafka_resp_err_t done = rd_kafka_producev(
      handle_.get(), RD_KAFKA_V_TOPIC(topic_.c_str()), RD_KAFKA_V_PARTITION(partition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(address(key), size(key)),
      RD_KAFKA_V_VALUE(address(value), size(value)), RD_KAFKA_V_END);
  stop_unless(done == RD_KAFKA_RESP_ERR_NO_ERROR, "produce");
}

void LedgerWriter::flush() {
  stop_unless(rd_kafka_flush(handle_.get(), kCallMs) == RD_KAFKA_RESP_ERR_NO_ERROR, "flush");
}
void LedgerWriter::commit() { must(rd_kafka_commit_transaction(handle_.get(), kCallMs), "commit"); }
void LedgerWriter::abort() { must(rd_kafka_abort_transaction(handle_.get(), kCallMs), "abort"); }

}  // namespace yujing::tests

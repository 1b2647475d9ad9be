#include "app/kafka/decision_topic.h"

#include <fmt/format.h>

#include "app/decision_file.h"
#include "consumer/kafka_reader.h"
#include "consumer/kafka_sender.h"

namespace yujing::app {

using consumer::KafkaSender;
using consumer::TopicMessage;
using monitor::PersonRecord;
using thresholds::Result;

Result<PersonRecord> send_decision(const consumer::KafkaOptions& options,
                                   const PersonRecord& decision) {
  // Opened before the look at what is there, so that of two at once the later adds to the earlier,
  // or one of them is refused.
  auto sender = KafkaSender::open_alone(options, options.group + "-decide");
  if (!sender) return tl::unexpected(std::move(sender.error()));
  PersonRecord before;
  before.psn_no = decision.psn_no;
  auto done = consumer::read_topic(options, options.decisions, {},
                                   [&](const TopicMessage& message) -> Result<bool> {
                                     take_decision(message.value.value_or(""), before);
                                     return true;
                                   });
  if (!done) return tl::unexpected(std::move(done.error()));
  auto merged = merge_decision(before, decision, "topic " + options.decisions);
  if (!merged) return merged;
  std::string line = decision_line(*merged);
  line.pop_back();  // the end of the line
  done = sender->send(options.decisions, merged->psn_no, line);
  if (!done) return tl::unexpected(std::move(done.error()));
  const auto sent = sender->finish();
  if (!sent) return tl::unexpected(sent.error());
  return merged;
}

}  // namespace yujing::app

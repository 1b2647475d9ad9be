// yujing topics create, yujing topics check: the topics as they must be.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "app/json_text.h"
#include "app/kafka/commands.h"
#include "app/kafka/link.h"
#include "app/output.h"
#include "consumer/kafka_admin.h"

namespace yujing::app {
namespace {

using consumer::KafkaOptions;
using consumer::KafkaProbe;
using consumer::TopicFacts;
using consumer::TopicMisfit;
using consumer::TopicRole;
using consumer::TopicTable;
using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

struct Report {
  TopicTable topics;
  std::vector<TopicRole> made;
  std::vector<TopicMisfit> misfits;
};

bool is_made(const Report& report, TopicRole role) {
  return std::ranges::find(report.made, role) != report.made.end();
}

std::string policy(const TopicFacts& topic) {
  const auto found = topic.config.find("cleanup.policy");
  return found == topic.config.end() ? "" : found->second;
}

std::string report_json(const KafkaOptions& options, const Report& report) {
  std::string list = "[";
  for (const auto& [role, topic] : report.topics) {
    if (list.size() > 1) list += ',';
    std::string misfits = "[";
    for (const auto& misfit : report.misfits) {
      if (misfit.role != role) continue;
      if (misfits.size() > 1) misfits += ',';
      append_json(misfits, misfit.message);
    }
    JsonLine line(list);
    line.text("topic", topic_name(options, role));
    line.text("for", to_string(role));
    line.truth("exists", topic.exists);
    line.truth("created", is_made(report, role));
    line.number("partitions", topic.partitions);
    line.number("replication", topic.replication);
    line.text("cleanup_policy", policy(topic));
    line.raw("misfits", misfits + "]");
    line.end();
  }
  std::string text;
  JsonLine line(text);
  line.truth("fits", report.misfits.empty());
  line.raw("topics", list + "]");
  line.end_line();
  return text;
}

std::string report_text(const KafkaOptions& options, const Report& report) {
  std::string text;
  for (const auto& [role, topic] : report.topics) {
    const bool fits = std::ranges::none_of(
        report.misfits, [role = role](const TopicMisfit& misfit) { return misfit.role == role; });
    text += fmt::format("{:<12}  {:<28}", to_string(role), topic_name(options, role));
    if (topic.exists) {
      text +=
          fmt::format("  {:>4} partitions  {:>2} {:<6}  {:<8}", topic.partitions, topic.replication,
                      topic.replication == 1 ? "copy" : "copies", policy(topic));
    }
    text += fmt::format("  {}{}\n", is_made(report, role) ? "made, " : "",
                        fits ? "fits" : "does not fit");
  }
  for (const auto& misfit : report.misfits)
    text += misfit.message + "\n";
  return text;
}

Result<Report> look(const KafkaOptions& options, bool create) {
  const auto probe = KafkaProbe::open(options, consumer::kConnectPatience);
  if (!probe) return tl::unexpected(probe.error());
  Report report;
  auto topics = read_topics(*probe, options, consumer::TopicDepth::kAll);
  if (!topics) return tl::unexpected(topics.error());
  if (create) {
    auto made = make_topics(*probe, options, *topics);
    if (!made) return tl::unexpected(made.error());
    report.made = std::move(*made);
    topics = read_topics(*probe, options, consumer::TopicDepth::kAll);
    if (!topics) return tl::unexpected(topics.error());
  }
  report.topics = std::move(*topics);
  report.misfits = topic_misfits(options, report.topics);
  return report;
}

}  // namespace

Result<void> look_at_topics(const TopicsOptions& options, Talk& /*talk*/) {
  const auto settings = load_settings(options.settings);
  if (!settings) return tl::unexpected(settings.error());
  const auto kafka = kafka_options(*settings);
  if (!kafka) return tl::unexpected(kafka.error());
  const auto report = look(*kafka, options.create);
  if (!report) return tl::unexpected(report.error());
  if (auto done = print(options.json ? report_json(*kafka, *report) : report_text(*kafka, *report));
      !done) {
    return done;
  }
  if (report->misfits.empty()) return {};
  return fail(
      ErrorCode::kCheckFailed,
      fmt::format("Kafka at {}: {} of the topics' settings {} not fit; they are listed above",
                  kafka->brokers, report->misfits.size(),
                  report->misfits.size() == 1 ? "does" : "do"));
}

}  // namespace yujing::app

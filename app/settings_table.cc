#include "app/settings_table.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/endpoint.h"

namespace yujing::app {
namespace {

using Kind = SettingsKey::Kind;
using For = SettingsRow::For;
using Security = consumer::KafkaOptions::Security;
using S = Settings;
using V = SettingsValues;
using Fault = std::optional<std::string>;

// The number `text` stands for, nullopt when it is none.
std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <std::uint32_t min, std::uint32_t max>
Fault is_number(const std::string& value) {
  const auto found = number(value);
  if (found && *found >= min && *found <= max) return std::nullopt;
  return fmt::format("cannot be `{}`; allowed: a whole number from {} to {}", value, min, max);
}

Fault is_one_of(const std::string& value, std::initializer_list<std::string_view> words) {
  if (std::ranges::find(words, value) != words.end()) return std::nullopt;
  return fmt::format("cannot be `{}`; allowed: {}", value, fmt::join(words, ", "));
}

Fault is_kind(const std::string& value) { return is_one_of(value, {"file", "kafka"}); }
Fault is_switch(const std::string& value) { return is_one_of(value, {"true", "false"}); }
Fault is_security(const std::string& value) {
  return is_one_of(value, {"plaintext", "tls", "scram"});
}

Fault is_brokers(const std::string& value) {
  for (const auto& broker : split_list(value)) {
    const auto endpoint = parse_endpoint(broker);
    if (!endpoint || endpoint->port == 0) {
      return fmt::format(
          "cannot be `{}`; allowed: HOST:PORT, several with commas between, such as "
          "127.0.0.1:9092",
          value);
    }
  }
  return std::nullopt;
}

Fault is_listen(const std::string& value) {
  if (value == "off" || parse_endpoint(value)) return std::nullopt;
  return fmt::format("cannot be `{}`; allowed: HOST:PORT such as 127.0.0.1:9464 or [::1]:0, or off",
                     value);
}

std::chrono::milliseconds milliseconds(const V& values) {
  return std::chrono::milliseconds(*number(values.front()));
}

bool is_kafka(const S& settings) { return settings.stream == Stream::kKafka; }

}  // namespace

// What Kafka takes as a topic; groups and instances are held to the same.
std::optional<std::string> name_fault(const std::string& value) {
  constexpr std::size_t kLengthMax = 249;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  if (value.size() <= kLengthMax && value != "." && value != ".." &&
      std::ranges::all_of(value, fits))
    return std::nullopt;
  return fmt::format("cannot be `{}`; allowed: letters, digits, `.`, `_` and `-`, at most {}",
                     value, kLengthMax);
}

const std::vector<SettingsRow>& settings_rows() {
  static const std::vector<SettingsRow> kRows = {
      {{"cities", Kind::kWords, "--city", "Cities in use, such as jixi"},
       For::kBoth,
       [](S& s, const V& v) { s.cities = v; }},
      {{"policies", Kind::kPaths, "--policies", "Policy folders; `shipped` are the program's own"},
       For::kBoth,
       [](S& s, const V& v) { s.policies = v; }},
      {{"reference", Kind::kPath, "--reference", "Reference figures: incomes, premiums, limits"},
       For::kBoth,
       [](S& s, const V& v) { s.reference = v.front(); }},
      {{"store", Kind::kPath, "--store", "Folder of the ledger"},
       For::kBoth,
       [](S& s, const V& v) { s.store = v.front(); }},
      {{"store_memtable_kib", Kind::kWord, "", "Changes the store keeps in memory, in KiB"},
       For::kBoth,
       [](S& s, const V& v) { s.store_memtable_kib = *number(v.front()); },
       is_number<64, 1 << 20>},

      {{"batch_events", Kind::kWord, "", "Events per commit at most"},
       For::kFiles,
       [](S& s, const V& v) { s.batch_events = *number(v.front()); },
       is_number<1, 1'000'000>},

      // The stream itself is set before all rows; see load_settings.
      {{"source.kind", Kind::kWord, "", "Where events come from: file, kafka"},
       For::kBoth,
       [](S&, const V&) {},
       is_kind},
      {{"source.path", Kind::kPath, "--events", "Settlement events, NDJSON; - is standard input"},
       For::kFiles,
       [](S& s, const V& v) { s.source.path = v.front(); }},
      {{"source.persons", Kind::kPathOrTopic, "--persons", "Person records, NDJSON"},
       For::kBoth,
       [](S& s, const V& v) { (is_kafka(s) ? s.kafka.persons : s.source.persons) = v.front(); }},
      {{"source.decisions", Kind::kPathOrTopic, "--decisions", "Own decisions, NDJSON"},
       For::kBoth,
       [](S& s, const V& v) {
         (is_kafka(s) ? s.kafka.decisions : s.source.decisions) = v.front();
       }},
      {{"source.follow", Kind::kSwitch, "--follow", "Wait for more at the end of the events"},
       For::kFiles,
       [](S& s, const V& v) { s.source.follow = v.front() == "true"; },
       is_switch},
      {{"source.brokers", Kind::kWord, "", "Kafka: HOST:PORT, several with commas between"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.brokers = v.front(); },
       is_brokers},
      {{"source.group", Kind::kWord, "", "Consumer group"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.group = v.front(); },
       name_fault},
      {{"source.settlements", Kind::kWord, "", "Topic of the settlement events"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.settlements = v.front(); },
       name_fault},

      {{"alerts.kind", Kind::kWord, "", "Where alerts go: file, kafka"},
       For::kBoth,
       [](S&, const V&) {},
       is_kind},
      {{"alerts.path", Kind::kPath, "--alerts", "Alerts out"},
       For::kFiles,
       [](S& s, const V& v) { s.alerts.path = v.front(); }},
      {{"alerts.dead_letters", Kind::kPathOrTopic, "--dead-letters", "Refused events out"},
       For::kBoth,
       [](S& s, const V& v) {
         (is_kafka(s) ? s.kafka.dead_letters : s.alerts.dead_letters) = v.front();
       }},
      {{"alerts.topic", Kind::kWord, "", "Topic of the alerts"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.alerts = v.front(); },
       name_fault},

      {{"metrics.listen", Kind::kWord, "--metrics",
        "HOST:PORT of /metrics; port 0 any; `off` none"},
       For::kBoth,
       [](S& s, const V& v) {
         s.metrics.listen = v.front();
         s.metrics.asked = true;
       },
       is_listen},
      {{"metrics.lists", Kind::kPath, "",
        "Folder of the monthly lists, to show when they were made"},
       For::kBoth,
       [](S& s, const V& v) { s.metrics.lists = v.front(); }},

      {{"kafka.ledger", Kind::kWord, "", "Topic of the ledger"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.ledger = v.front(); },
       name_fault},
      {{"kafka.security", Kind::kWord, "", "plaintext, tls or scram"},
       For::kKafka,
       [](S& s, const V& v) {
         s.kafka.security = v.front() == "tls"     ? Security::kTls
                            : v.front() == "scram" ? Security::kScram
                                                   : Security::kPlaintext;
       },
       is_security},
      {{"kafka.allow_plaintext", Kind::kSwitch, "", "Plain text also to other machines"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.allow_plaintext = v.front() == "true"; },
       is_switch},
      {{"kafka.ca", Kind::kPath, "", "Certificate authority of the brokers, PEM"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.ca = v.front(); }},
      {{"kafka.certificate", Kind::kPath, "", "Our certificate, PEM"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.certificate = v.front(); }},
      {{"kafka.key", Kind::kPath, "", "Key of our certificate, PEM"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.key = v.front(); }},
      {{"kafka.user", Kind::kWord, "", "SCRAM user"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.user = v.front(); }},
      {{"kafka.password_file", Kind::kPath, "", "File with the user's password"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka_password_file = v.front(); }},
      {{"kafka.instance", Kind::kWord, "", "Name of this member of the group"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.instance = v.front(); },
       name_fault},
      {{"kafka.commit_ms", Kind::kWord, "", "Time between commits"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.commit_every = milliseconds(v); },
       is_number<5, 10'000>},
      {{"kafka.session_timeout_ms", Kind::kWord, "", "A silent member loses its partitions after"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.session_timeout = milliseconds(v); },
       is_number<1'000, 1'800'000>},
      {{"kafka.transaction_timeout_ms", Kind::kWord, "",
        "A silent member's commit is undone after"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.transaction_timeout = milliseconds(v); },
       is_number<1'000, 900'000>},
      {{"kafka.partitions", Kind::kWord, "", "Partitions that `topics create` makes"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.partitions = static_cast<int>(*number(v.front())); },
       is_number<1, 4'096>},
      {{"kafka.replication", Kind::kWord, "", "Copies of each that `topics create` makes"},
       For::kKafka,
       [](S& s, const V& v) { s.kafka.replication = static_cast<int>(*number(v.front())); },
       is_number<1, 16>},

      {{"kafka.refusal_window", Kind::kWord, "",
        "Events of a partition among which refused ones count"},
       For::kKafka,
       [](S& s, const V& v) { s.refusals.window = *number(v.front()); },
       is_number<1, 100'000'000>},
      {{"kafka.refusal_percent", Kind::kWord, "",
        "More refused ones among them stop the partition"},
       For::kKafka,
       [](S& s, const V& v) { s.refusals.percent = *number(v.front()); },
       is_number<0, 100>},

      {{"seal.key_file", Kind::kPath, "", "Keys that seal names, numbers and refused events"},
       For::kBoth,
       [](S& s, const V& v) { s.seal.key_file = v.front(); }},
  };
  return kRows;
}

}  // namespace yujing::app

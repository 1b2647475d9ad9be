#include "app/settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/consumer/temporary_folder.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using tests::TemporaryFolder;
using thresholds::ErrorCode;

const std::string kBroken = YUJING_SOURCE_DIR "/tests/app/broken_settings/";

std::optional<std::string> nothing_set(const std::string&) { return std::nullopt; }

Environment only(const std::string& name, const std::string& value) {
  return
      [=](const std::string& asked) { return asked == name ? std::optional(value) : std::nullopt; };
}

TEST(Settings, OfAFileAreReadWithPathsFromItsFolder) {
  const TemporaryFolder folder;
  const auto file = folder.write("settings.yaml", R"(
cities: [jixi, yantai]
policies: rules
reference: /etc/yujing/reference.yaml
store: ./ledger
store_memtable_kib: 256
source: {kind: file, path: events.ndjson, persons: in/persons.ndjson, follow: true}
alerts: {kind: file, path: out/alerts.ndjson, dead_letters: out/dead.ndjson}
metrics: {listen: "[::1]:0"}
)");
  const auto settings = load_settings({file, {}}, nothing_set);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_THAT(settings->cities, ElementsAre("jixi", "yantai"));
  EXPECT_THAT(settings->policies, ElementsAre(folder.path("rules")));
  EXPECT_EQ(settings->reference, "/etc/yujing/reference.yaml");
  EXPECT_EQ(settings->store, folder.path("ledger"));
  EXPECT_EQ(settings->store_memtable_kib, 256U);
  EXPECT_EQ(settings->source.path, folder.path("events.ndjson"));
  EXPECT_EQ(settings->source.persons, folder.path("in/persons.ndjson"));
  EXPECT_EQ(settings->source.decisions, "");
  EXPECT_TRUE(settings->source.follow);
  EXPECT_EQ(settings->alerts.path, folder.path("out/alerts.ndjson"));
  EXPECT_EQ(settings->alerts.dead_letters, folder.path("out/dead.ndjson"));
  EXPECT_EQ(settings->metrics.listen, "[::1]:0");
  EXPECT_TRUE(settings->metrics.asked);
}

TEST(Settings, OfKafkaNameTopicsWhereFilesWouldBe) {
  const TemporaryFolder folder;
  const auto file = folder.write("settings.yaml", R"(
cities: [jixi]
source: {kind: kafka, brokers: "kafka1:9093,kafka2:9093", group: jixi, settlements: s, persons: p, decisions: d}
alerts: {kind: kafka, topic: a, dead_letters: l}
kafka: {ledger: g, security: scram, ca: tls/ca.pem, user: yujing, password_file: password, instance: one,
        commit_ms: 50, session_timeout_ms: 45000, transaction_timeout_ms: 20000, partitions: 16, replication: 3}
seal: {key_file: seal.keys}
)");
  const auto settings = load_settings({file, {}}, nothing_set);
  ASSERT_TRUE(settings) << settings.error().message;
  const auto& kafka = settings->kafka;
  EXPECT_EQ(settings->stream, Stream::kKafka);
  EXPECT_THAT((std::vector{kafka.brokers, kafka.group, kafka.instance}),
              ElementsAre("kafka1:9093,kafka2:9093", "jixi", "one"));
  EXPECT_THAT((std::vector{kafka.settlements, kafka.persons, kafka.decisions, kafka.alerts,
                           kafka.dead_letters, kafka.ledger}),
              ElementsAre("s", "p", "d", "a", "l", "g"));
  EXPECT_EQ(kafka.security, consumer::KafkaOptions::Security::kScram);
  EXPECT_EQ(kafka.ca, folder.path("tls/ca.pem"));
  EXPECT_EQ(kafka.user, "yujing");
  EXPECT_EQ(kafka.password, "");
  EXPECT_EQ(settings->kafka_password_file, folder.path("password"));
  EXPECT_EQ(kafka.commit_every.count(), 50);
  EXPECT_EQ(kafka.session_timeout.count(), 45'000);
  EXPECT_EQ(kafka.transaction_timeout.count(), 20'000);
  EXPECT_EQ(kafka.partitions, 16);
  EXPECT_EQ(kafka.replication, 3);
  EXPECT_EQ(settings->seal.key_file, folder.path("seal.keys"));
}

TEST(Settings, OfKafkaNeedNothingButTheBrokers) {
  const auto settings = load_settings(
      {"", {{"source.kind", {"kafka"}}, {"source.brokers", {"localhost:9092,[::1]:9092"}}}},
      nothing_set);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->kafka.settlements, "yujing.settlements");
  EXPECT_EQ(settings->kafka.ledger, "yujing.ledger");
}

TEST(Settings, LetPlainTextOutWhereItIsAskedFor) {
  const TemporaryFolder folder;
  const auto file = folder.write("settings.yaml",
                                 "source: {kind: kafka, brokers: \"kafka.example:9092\"}\n"
                                 "kafka: {allow_plaintext: true}\n");
  const auto settings = load_settings({file, {}}, nothing_set);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->kafka.allow_plaintext);
}

TEST(Settings, HaveDefaultsForWhatIsNotSaid) {
  const TemporaryFolder folder;
  const auto file = folder.write("settings.yaml", "cities: [jixi]\n");
  const auto settings = load_settings({file, {}}, nothing_set);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->store, folder.path("var"));
  EXPECT_EQ(settings->store_memtable_kib, 65536U);
  EXPECT_EQ(settings->alerts.path, folder.path("alerts.ndjson"));
  EXPECT_EQ(settings->alerts.dead_letters, folder.path("dead-letters.ndjson"));
  EXPECT_EQ(settings->metrics.listen, "127.0.0.1:9464");
  EXPECT_FALSE(settings->metrics.asked);
  EXPECT_FALSE(settings->source.follow);
  EXPECT_TRUE(settings->policies.empty());
}

TEST(Settings, OfTheEnvironmentWinOverTheFileAndFlagsOverBoth) {
  const TemporaryFolder folder;
  const auto file = folder.write("settings.yaml", "cities: [jixi]\nstore: of-file\n");
  const auto of_environment = load_settings({file, {}}, only("YUJING_STORE", "of-environment"));
  ASSERT_TRUE(of_environment);
  EXPECT_EQ(of_environment->store, "of-environment") << "counts from the working folder";
  const auto of_flag =
      load_settings({file, {{"store", {"of-flag"}}}}, only("YUJING_STORE", "of-environment"));
  ASSERT_TRUE(of_flag);
  EXPECT_EQ(of_flag->store, "of-flag");
}

TEST(Settings, OfTheEnvironmentAreNamedAfterTheKeysPath) {
  EXPECT_EQ(environment_name("source.path"), "YUJING_SOURCE_PATH");
  EXPECT_EQ(environment_name("alerts.dead_letters"), "YUJING_ALERTS_DEAD_LETTERS");
  const auto settings = load_settings({}, only("YUJING_CITIES", "jixi,yantai"));
  ASSERT_TRUE(settings);
  EXPECT_THAT(settings->cities, ElementsAre("jixi", "yantai"));
}

TEST(Settings, SetToNothingInTheEnvironmentAreNotSet) {
  const auto settings = load_settings({}, only("YUJING_STORE", ""));
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->store, "var");
}

TEST(Settings, WrongInTheEnvironmentOrInAFlagSayWhere) {
  const auto variable = load_settings({}, only("YUJING_METRICS_LISTEN", "nowhere"));
  ASSERT_FALSE(variable);
  EXPECT_EQ(variable.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(variable.error().message, StartsWith("YUJING_METRICS_LISTEN cannot be `nowhere`"));
  const auto flag = load_settings({"", {{"metrics.listen", {":"}}}}, nothing_set);
  ASSERT_FALSE(flag);
  EXPECT_THAT(flag.error().message, StartsWith("--metrics cannot be `:`"));
}

TEST(Settings, KeepTheWordsThatAreNoPaths) {
  const TemporaryFolder folder;
  const auto file =
      folder.write("settings.yaml", "policies: [shipped, mine]\nsource: {path: \"-\"}\n");
  const auto settings = load_settings({file, {}}, nothing_set);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_THAT(settings->policies, ElementsAre("shipped", folder.path("mine")));
  EXPECT_EQ(settings->source.path, "-");
}

TEST(Settings, MayNotNameOneFileTwice) {
  const TemporaryFolder folder;
  const auto file =
      folder.write("settings.yaml", "source: {path: a.ndjson}\nalerts: {path: ./x/../a.ndjson}\n");
  const auto settings = load_settings({file, {}}, nothing_set);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(settings.error().message,
              HasSubstr("`source.path` and `alerts.path` are the same file"));
}

TEST(Settings, FileThatIsNotThereIsNamed) {
  const auto settings = load_settings({"/nowhere/settings.yaml", {}}, nothing_set);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(settings.error().message, HasSubstr("/nowhere/settings.yaml"));
  EXPECT_THAT(settings.error().message, HasSubstr("--config"));
}

TEST(Settings, SeveralFaultsAreSaidTogether) {
  const TemporaryFolder folder;
  const auto file = folder.write("settings.yaml", "citys: [jixi]\nstroe: ./var\n");
  const auto settings = load_settings({file, {}}, nothing_set);
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("settings.yaml:1: unknown key `citys`"));
  EXPECT_THAT(settings.error().message, HasSubstr("settings.yaml:2: unknown key `stroe`"));
}

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kBroken))
    names.push_back(entry.path().stem());
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

// Every file of broken_settings/ is wrong in one way. Its first line says what the message has to
// hold:
// "# expect LINE: words | words | …".
class BrokenSettings : public ::testing::TestWithParam<std::string> {};

TEST_P(BrokenSettings, AreRefusedWithFileLineAndWhatIsAllowed) {
  const std::string path = kBroken + GetParam() + ".yaml";
  std::ifstream file(path);
  std::string first;
  std::getline(file, first);
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(first, parts, std::regex("# expect (\\d+): (.+)"))) << first;
  const auto settings = load_settings({path, {}}, nothing_set);
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(settings.error().message, StartsWith(path + ":" + parts.str(1) + ": "));
  std::string words = parts.str(2);
  while (!words.empty()) {
    const auto end = words.find(" | ");
    EXPECT_THAT(settings.error().message, HasSubstr(words.substr(0, end)));
    words = end == std::string::npos ? "" : words.substr(end + 3);
  }
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenSettings, ::testing::ValuesIn(broken_files()), test_name);

}  // namespace
}  // namespace yujing::app

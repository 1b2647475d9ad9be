#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/kafka/link.h"
#include "tests/consumer/temporary_folder.h"

namespace yujing::app {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using tests::TemporaryFolder;
using thresholds::ErrorCode;

std::optional<std::string> nothing_set(const std::string&) { return std::nullopt; }

Settings scram_settings(const std::string& password_file) {
  Settings settings;
  settings.file = "settings.yaml";
  settings.stream = Stream::kKafka;
  settings.kafka.security = consumer::KafkaOptions::Security::kScram;
  settings.kafka.user = "watcher";
  settings.kafka_password_file = password_file;
  return settings;
}

std::string password_file(const TemporaryFolder& folder, const std::string& text) {
  auto path = folder.write("password", text);
  fs::permissions(path, fs::perms::owner_read);
  return path;
}

TEST(KafkaLink, TakesThePasswordFromItsFileWithoutTheEndOfTheLine) {
  const TemporaryFolder folder;
  const auto options =
      kafka_options(scram_settings(password_file(folder, "two words\n")), nothing_set);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->password, "two words");
}

TEST(KafkaLink, TakesThePasswordOfTheEnvironmentFirst) {
  const auto of_environment = [](const std::string& name) {
    return name == "YUJING_KAFKA_PASSWORD" ? std::optional<std::string>("of the environment")
                                           : std::nullopt;
  };
  const auto options = kafka_options(scram_settings("/nowhere/password"), of_environment);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->password, "of the environment");
}

TEST(KafkaLink, RefusesAPasswordThatIsNotThereOrThatOthersMayRead) {
  const TemporaryFolder folder;
  const auto refused = [](const std::string& file) {
    const auto options = kafka_options(scram_settings(file), nothing_set);
    EXPECT_FALSE(options);
    if (options) return std::string();
    EXPECT_EQ(options.error().code, ErrorCode::kConfiguration);
    return options.error().message;
  };
  EXPECT_THAT(refused(""), HasSubstr("no password for `kafka.user` watcher; name a file"));
  EXPECT_THAT(refused(folder.path("missing")), HasSubstr("missing: cannot be read: No such file"));
  const auto path = password_file(folder, "\n");
  EXPECT_THAT(refused(path), HasSubstr("holds no password"));
  fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
  EXPECT_THAT(refused(path), HasSubstr("mode 0440"));
  EXPECT_THAT(refused(path), HasSubstr("chmod 400 " + path));
}

TEST(KafkaLink, NamesTheCertificateThatCannotBeRead) {
  Settings settings;
  settings.file = "settings.yaml";
  settings.stream = Stream::kKafka;
  settings.kafka.security = consumer::KafkaOptions::Security::kTls;
  settings.kafka.ca = "/nowhere/ca.pem";
  const auto options = kafka_options(settings, nothing_set);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code, ErrorCode::kConfiguration);
  EXPECT_EQ(options.error().message,
            "settings.yaml: `kafka.ca` /nowhere/ca.pem cannot be read: No such file or directory");
}

TEST(KafkaLink, IsNotAskedForWhereFilesAre) {
  const auto options = kafka_options({}, nothing_set);
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(options.error().message, HasSubstr("`source.kind` is `file`"));
}

}  // namespace
}  // namespace yujing::app

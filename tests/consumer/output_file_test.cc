#include "consumer/output_file.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/consumer/temporary_folder.h"

namespace yujing::consumer {
namespace {

using testing::HasSubstr;
using tests::TemporaryFolder;
using thresholds::ErrorCode;

OutputFile opened(const std::string& path, std::uint64_t length) {
  auto file = OutputFile::open(path, length);
  EXPECT_TRUE(file) << file.error().message;
  return std::move(*file);
}

TEST(OutputFile, WritesLinesWhenFlushed) {
  const TemporaryFolder folder;
  auto file = opened(folder.path("alerts.ndjson"), 0);
  file.add("one");
  file.add("");
  EXPECT_EQ(folder.read("alerts.ndjson"), "");
  EXPECT_EQ(file.length(), 0U);
  ASSERT_TRUE(file.flush());
  EXPECT_EQ(folder.read("alerts.ndjson"), "one\n\n");
  EXPECT_EQ(file.length(), 5U);
  ASSERT_TRUE(file.flush());
  file.add("病");
  ASSERT_TRUE(file.flush());
  EXPECT_EQ(folder.read("alerts.ndjson"), "one\n\n病\n");
  EXPECT_EQ(file.length(), 9U);
}

TEST(OutputFile, MakesItsFolderAndIsReadByTheOwnerAndGroupOnly) {
  const TemporaryFolder folder;
  auto file = opened(folder.path("a/b/alerts.ndjson"), 0);
  file.add("x");
  ASSERT_TRUE(file.flush());
  EXPECT_EQ(folder.read("a/b/alerts.ndjson"), "x\n");
  struct stat status {};
  ASSERT_EQ(::stat(folder.path("a/b/alerts.ndjson").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0007U, 0U);
}

TEST(OutputFile, CutsBackToTheRecordedLengthAndGoesOnThere) {
  const TemporaryFolder folder;
  folder.write("alerts.ndjson", "one\ntwo\nthr");
  auto file = opened(folder.path("alerts.ndjson"), 4);
  EXPECT_EQ(folder.read("alerts.ndjson"), "one\n");
  EXPECT_EQ(file.length(), 4U);
  file.add("2");
  ASSERT_TRUE(file.flush());
  EXPECT_EQ(folder.read("alerts.ndjson"), "one\n2\n");
}

TEST(OutputFile, StartsAnewAtLengthZero) {
  const TemporaryFolder folder;
  folder.write("alerts.ndjson", "left over\n");
  opened(folder.path("alerts.ndjson"), 0);
  EXPECT_EQ(folder.read("alerts.ndjson"), "");
}

TEST(OutputFile, RefusesAFileShorterThanWhatWasSent) {
  const TemporaryFolder folder;
  folder.write("alerts.ndjson", "one\n");
  const auto file = OutputFile::open(folder.path("alerts.ndjson"), 5);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kInput);
  EXPECT_THAT(file.error().message, HasSubstr("alerts.ndjson holds 4 bytes, but 5 were written"));
  EXPECT_THAT(file.error().message, HasSubstr("Put it back"));
  EXPECT_EQ(folder.read("alerts.ndjson"), "one\n");
}

TEST(OutputFile, RefusesAFileThatIsGoneAndMakesNone) {
  const TemporaryFolder folder;
  const auto file = OutputFile::open(folder.path("alerts.ndjson"), 5);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kInput);
  EXPECT_THAT(file.error().message, HasSubstr("holds 0 bytes"));
  EXPECT_FALSE(std::filesystem::exists(folder.path("alerts.ndjson")));
}

TEST(OutputFile, NamesThePathThatCannotBeOpened) {
  const TemporaryFolder folder;
  folder.write("file", "");
  const auto below_a_file = OutputFile::open(folder.path("file/alerts.ndjson"), 0);
  ASSERT_FALSE(below_a_file);
  EXPECT_EQ(below_a_file.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(below_a_file.error().message, HasSubstr("file/alerts.ndjson cannot be opened"));
  EXPECT_FALSE(OutputFile::open(folder.path(""), 0));
  const auto device = OutputFile::open("/dev/null", 0);
  ASSERT_FALSE(device);
  EXPECT_THAT(device.error().message, HasSubstr("/dev/null is no ordinary file"));
}

// A limit on the size of files stands in for a full disk: the kernel takes a part, then no more.
class SizeLimit {
 public:
  explicit SizeLimit(rlim_t bytes) {
    before_ = ::signal(SIGXFSZ, SIG_IGN);
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &limit_), 0);
    const rlimit lower{bytes, limit_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &lower), 0);
  }
  ~SizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }
  SizeLimit(const SizeLimit&) = delete;
  SizeLimit& operator=(const SizeLimit&) = delete;

 private:
  rlimit limit_{};
  void (*before_)(int) = nullptr;
};

TEST(OutputFile, KeepsWhatAFullDiskDidNotTake) {
  const TemporaryFolder folder;
  auto file = opened(folder.path("alerts.ndjson"), 0);
  file.add("one");
  ASSERT_TRUE(file.flush());
  file.add("two");
  file.add("three");
  {
    const SizeLimit limit(6);
    const auto full = file.flush();
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(full.error().message, HasSubstr("alerts.ndjson cannot be written"));
    EXPECT_THAT(full.error().message, HasSubstr("make room"));
  }
  EXPECT_EQ(file.length(), 4U);
  EXPECT_EQ(folder.read("alerts.ndjson"), "one\ntw");
  ASSERT_TRUE(file.flush());
  EXPECT_EQ(folder.read("alerts.ndjson"), "one\ntwo\nthree\n");
  EXPECT_EQ(file.length(), 14U);
}

TEST(OutputFile, CanBeMoved) {
  const TemporaryFolder folder;
  auto first = opened(folder.path("a"), 0);
  first.add("x");
  OutputFile second(std::move(first));
  auto third = opened(folder.path("b"), 0);
  third = std::move(second);
  ASSERT_TRUE(third.flush());
  EXPECT_EQ(folder.read("a"), "x\n");
}

}  // namespace
}  // namespace yujing::consumer

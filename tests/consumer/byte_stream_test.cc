// Gzip and pipes, as a line source meets them.
#include "consumer/byte_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consumer/line_source.h"
#include "tests/consumer/temporary_folder.h"

namespace yujing::consumer {
namespace {

using testing::HasSubstr;
using tests::gzip;
using tests::TemporaryFolder;
using thresholds::ErrorCode;
using thresholds::Result;

constexpr std::string_view kText = "{\"a\":1}\n{\"b\":\"病\"}\nend";

Result<std::string> read_all(const std::string& path, std::size_t piece = 7) {
  auto stream = ByteStream::open(path);
  if (!stream) return tl::unexpected(stream.error());
  std::string text;
  std::string buffer(piece, '\0');
  while (true) {
    const auto count = (*stream)->read(buffer.data(), buffer.size());
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return text;
    text.append(buffer, 0, *count);
  }
}

TEST(ByteStream, ReadsGzipWhateverItsName) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_all(folder.write("events.ndjson", gzip(kText))), std::string(kText));
  EXPECT_EQ(read_all(folder.write("events.gz", kText)), std::string(kText));
  EXPECT_EQ(read_all(folder.write("empty.gz", gzip(""))), "");
  EXPECT_EQ(read_all(folder.write("short", "\x1F")), "\x1F");
}

TEST(ByteStream, ReadsGzipMembersOneAfterTheOther) {
  const TemporaryFolder folder;
  for (std::size_t split = 0; split <= kText.size(); ++split) {
    const auto packed = gzip(kText.substr(0, split)) + gzip(kText.substr(split));
    EXPECT_EQ(read_all(folder.write("events", packed)), std::string(kText)) << split;
    EXPECT_EQ(read_all(folder.write("events", packed + std::string(600, '\0'))),
              std::string(kText));
  }
}

TEST(ByteStream, SaysThatAGzipFileIsDamaged) {
  const TemporaryFolder folder;
  const std::string packed = gzip(kText);
  for (std::size_t size = 2; size < packed.size(); ++size) {
    const auto cut = read_all(folder.write("events.gz", packed.substr(0, size)));
    ASSERT_FALSE(cut) << size;
    EXPECT_EQ(cut.error().code, ErrorCode::kInput);
    EXPECT_THAT(cut.error().message, HasSubstr("events.gz is a damaged gzip file"));
  }
  for (std::size_t at = 10; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] ^= 0x55;
    const auto read = read_all(folder.write("events.gz", damaged));
    EXPECT_TRUE(!read || *read == kText) << at;
  }
  EXPECT_FALSE(read_all(folder.write("events.gz", packed + "more")));
}

TEST(ByteStream, GivesWhatStandsBeforeTheDamage) {
  const TemporaryFolder folder;
  auto stream =
      ByteStream::open(folder.write("events.gz", gzip(kText) + gzip("more").substr(0, 11)));
  ASSERT_TRUE(stream);
  std::string buffer(1000, '\0');
  const auto first = (*stream)->read(buffer.data(), buffer.size());
  ASSERT_TRUE(first);
  EXPECT_EQ(buffer.substr(0, *first), kText);
  Result<std::size_t> next = 1;
  while (next && *next > 0)
    next = (*stream)->read(buffer.data(), buffer.size());
  EXPECT_FALSE(next);
}

// Standard input for a while: a pipe that somebody writes `content` into.
class Piped {
 public:
  explicit Piped(std::string content) : before_(::dup(STDIN_FILENO)) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    ::close(ends[0]);
    writer_ = std::thread([content = std::move(content), to = ends[1]] {
      for (std::size_t at = 0; at < content.size();) {
        const auto count =
            ::write(to, content.data() + at, std::min<std::size_t>(content.size() - at, 5000));
        if (count <= 0) break;
        at += static_cast<std::size_t>(count);
      }
      ::close(to);
    });
  }
  ~Piped() {
    writer_.join();
    ::dup2(before_, STDIN_FILENO);
    ::close(before_);
  }
  Piped(const Piped&) = delete;
  Piped& operator=(const Piped&) = delete;

 private:
  int before_;
  std::thread writer_;
};

TEST(ByteStream, ReadsStandardInputPlainOrGzip) {
  for (const std::string& content : {std::string(kText), gzip(kText)}) {
    const Piped piped(content);
    EXPECT_EQ(read_all("-"), std::string(kText));
  }
}

TEST(ByteStream, ResumesStandardInputByReadingOver) {
  std::string content;
  for (int i = 0; i < 20'000; ++i)
    content += "{\"n\":" + std::to_string(i) + "}\n";
  content += "{\"unfinished\":";
  FilePosition stands;
  LineSource::Line line;
  {
    const Piped piped(content);
    auto source = LineSource::open({.path = "-"});
    ASSERT_TRUE(source);
    for (int i = 0; i < 15'000; ++i)
      ASSERT_TRUE(source->next(line));
    stands = source->position();
    EXPECT_EQ(source->size(), 0U);
    while (*source->next(line) == LineSource::Next::kLine) {
    }
    // A pipe that ended will not grow: its last line is handed over as it is.
    EXPECT_EQ(source->position().line, 20'001U);
    EXPECT_EQ(source->unfinished(), 0U);
  }
  {
    const Piped piped(content);
    auto source = LineSource::open({.path = "-", .from = stands, .follow = true});
    ASSERT_TRUE(source) << source.error().message;
    ASSERT_TRUE(source->next(line));
    EXPECT_EQ(line.bytes, "{\"n\":15000}");
    EXPECT_EQ(line.number, 15'001U);
    while (*source->next(line) == LineSource::Next::kLine) {
    }
    EXPECT_EQ(*source->next(line), LineSource::Next::kEnd);
  }
  {
    const Piped piped("x" + content);
    EXPECT_FALSE(LineSource::open({.path = "-", .from = stands}));
    std::string rest(1'000'000, '\0');
    while (::read(STDIN_FILENO, rest.data(), rest.size()) > 0) {
    }
  }
}

TEST(ByteStream, ReadsANamedPipeLikeStandardInput) {
  const TemporaryFolder folder;
  const auto path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { folder.append("pipe", kText); });
  const auto text = read_all(path);
  writer.join();
  EXPECT_EQ(text, std::string(kText));
}

}  // namespace
}  // namespace yujing::consumer

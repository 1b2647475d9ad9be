#include "consumer/line_source.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/consumer/temporary_folder.h"

namespace yujing::consumer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::gzip;
using tests::TemporaryFolder;
using thresholds::ErrorCode;
using Next = LineSource::Next;

struct Seen {
  std::string bytes;
  std::uint64_t offset = 0;
  std::uint64_t number = 0;
  std::uint64_t cut_from = 0;  // full size of a line that was cut; 0 where it was not
  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.number << " at " << seen.offset << ": " << seen.bytes.substr(0, 60)
             << (seen.cut_from != 0 ? " cut from " + std::to_string(seen.cut_from) : "");
}

LineSource opened(LineSourceOptions options) {
  auto source = LineSource::open(std::move(options));
  EXPECT_TRUE(source) << source.error().message;
  return std::move(*source);
}

Seen seen(const LineSource::Line& line) {
  EXPECT_TRUE(line.cut || line.full_size == line.bytes.size());
  return {std::string(line.bytes), line.offset, line.number, line.cut ? line.full_size : 0};
}

// Reads up to `at_most` lines, or to the end; `last` is why it stopped.
std::vector<Seen> read_some(LineSource& source, std::size_t at_most = 1'000'000,
                            Next last = Next::kEnd) {
  std::vector<Seen> lines;
  LineSource::Line line;
  while (lines.size() < at_most) {
    const auto next = source.next(line);
    EXPECT_TRUE(next) << next.error().message;
    if (!next || *next != Next::kLine) {
      EXPECT_TRUE(next && *next == last);
      break;
    }
    lines.push_back(seen(line));
  }
  return lines;
}

std::vector<Seen> read_all(LineSourceOptions options) {
  auto source = opened(std::move(options));
  return read_some(source);
}

std::vector<std::string> texts(const std::vector<Seen>& lines) {
  std::vector<std::string> found;
  found.reserve(lines.size());
  for (const auto& line : lines)
    found.push_back(line.bytes);
  return found;
}

TEST(LineSource, ReadsLinesWithWhereTheyStand) {
  const TemporaryFolder folder;
  const auto path = folder.write("events", "{\"a\":1}\n\n  \r\nb\r\n\r\rc\r\nlast\n");
  EXPECT_THAT(read_all({.path = path}),
              ElementsAre(Seen{"{\"a\":1}", 0, 1}, Seen{"", 8, 2}, Seen{"  ", 9, 3},
                          Seen{"b", 13, 4}, Seen{"\r\rc", 16, 5}, Seen{"last", 21, 6}));
}

TEST(LineSource, ReadsAnEmptyFile) {
  const TemporaryFolder folder;
  auto source = opened({.path = folder.write("events", "")});
  EXPECT_TRUE(read_some(source).empty());
  EXPECT_EQ(source.position().offset, 0U);
  EXPECT_EQ(source.unfinished(), 0U);
}

TEST(LineSource, HandsOverALastLineThatIsWholeOrNoObject) {
  const TemporaryFolder folder;
  for (const std::string last :
       {"{\"a\":{\"b\":\"}\"}}", "{}  ", " {\"a\":1}", "hello", "[1,", "\"x", "}", "{\"a\":1} x"}) {
    auto source = opened({.path = folder.write("events", "first\n" + last)});
    EXPECT_THAT(texts(read_some(source)), ElementsAre("first", last));
    EXPECT_EQ(source.unfinished(), 0U);
    EXPECT_EQ(source.position().offset, 6 + last.size());
    EXPECT_EQ(source.position().line, 2U);
  }
}

TEST(LineSource, LeavesALastObjectThatIsStillBeingWritten) {
  const TemporaryFolder folder;
  for (const std::string last :
       {"{", "  {\"a\":1", "{\"a\":{\"b\":1}", "{\"a\":\"}", "{\"a\":\"\\\"}", "\t{\"a\":[1]\r"}) {
    auto source = opened({.path = folder.write("events", "first\n" + last)});
    EXPECT_THAT(texts(read_some(source)), ElementsAre("first"));
    EXPECT_EQ(source.unfinished(), last.size());
    const FilePosition stands = source.position();
    EXPECT_EQ(stands.offset, 6U);
    folder.append("events", "}\"}}\nmore\n");
    EXPECT_THAT(texts(read_all({.path = folder.path("events"), .from = stands})),
                ElementsAre(last + "}\"}}", "more"));
  }
}

TEST(LineSource, LooksBehindAByteOrderMarkForAnUnfinishedObject) {
  const TemporaryFolder folder;
  auto source = opened({.path = folder.write("events", "\xEF\xBB\xBF{\"a\":1")});
  EXPECT_TRUE(read_some(source).empty());
  EXPECT_EQ(source.unfinished(), 9U);
}

TEST(LineSource, GoesOnWithTheSameNumbersWhenTheNewlineComesLate) {
  const TemporaryFolder folder;
  for (const std::string newline : {"\n", "\r\n"}) {
    const auto path = folder.write("events", "{\"a\":1}");
    auto source = opened({.path = path});
    ASSERT_EQ(read_some(source).size(), 1U);
    const auto stands = source.position();
    folder.append("events", newline + "{\"b\":2}\n");
    const std::vector<Seen> expected = {{"{\"b\":2}", 7 + newline.size(), 2}};
    EXPECT_EQ(read_some(source), expected);
    EXPECT_EQ(read_all({.path = path, .from = stands}), expected);
  }
}

TEST(LineSource, ReadsOnAtTheEndOfAFileThatGrew) {
  const TemporaryFolder folder;
  auto source = opened({.path = folder.write("events", "a\n")});
  EXPECT_THAT(texts(read_some(source)), ElementsAre("a"));
  folder.append("events", "b\n");
  EXPECT_THAT(texts(read_some(source)), ElementsAre("b"));
}

std::string many_lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "{\"n\":" + std::to_string(i) + ",\"x\":\"" + std::string(i * 7 % 90, 'x') + "\"}\n";
  }
  return text;
}

TEST(LineSource, ResumesAfterEveryLineOfAPlainOrGzipFile) {
  const TemporaryFolder folder;
  const std::string content = many_lines(40) + "\n\r\nend";
  const auto plain = folder.write("events", content);
  const auto packed =
      folder.write("events.gz", gzip(content.substr(0, 777)) + gzip(content.substr(777)));
  const auto all = read_all({.path = plain});
  ASSERT_EQ(all.size(), 43U);
  for (const auto& path : {plain, packed}) {
    for (std::size_t count = 0; count <= all.size(); ++count) {
      auto source = opened({.path = path});
      auto lines = read_some(source, count);
      const auto stands = source.position();
      EXPECT_EQ(stands.line, count);
      auto resumed = opened({.path = path, .from = stands});
      EXPECT_EQ(resumed.position().offset, stands.offset);
      EXPECT_EQ(resumed.position().fingerprint, stands.fingerprint);
      const auto rest = read_some(resumed);
      lines.insert(lines.end(), rest.begin(), rest.end());
      ASSERT_EQ(lines, all) << path << " after " << count;
    }
  }
}

TEST(LineSource, ResumesFarBehindTheFingerprint) {
  const TemporaryFolder folder;
  const std::string content = many_lines(30'000);  // more than a read buffer
  const auto plain = folder.write("events", content);
  const auto packed = folder.write("events.gz", gzip(content));
  const auto all = read_all({.path = plain});
  ASSERT_EQ(all.size(), 30'000U);
  for (const auto& path : {plain, packed}) {
    EXPECT_EQ(read_all({.path = path}), all);
    auto source = opened({.path = path});
    read_some(source, 20'000);
    auto resumed = opened({.path = path, .from = source.position()});
    EXPECT_EQ(read_some(resumed), std::vector<Seen>(all.begin() + 20'000, all.end()));
    EXPECT_EQ(resumed.position().line, 30'000U);
  }
}

TEST(LineSource, NoticesAnotherFileInTheOldOnesPlace) {
  const TemporaryFolder folder;
  const std::string content = many_lines(10);
  auto source = opened({.path = folder.write("events", content)});
  read_some(source, 5);
  const auto stands = source.position();
  std::string other = content;
  other[stands.offset - 2] ^= 1;
  std::string grown = content + "more\n";
  grown[stands.offset] = 'y';  // behind the position anything may change
  for (const bool packed : {false, true}) {
    const auto put = [&](const std::string& text) {
      return folder.write("events", packed ? gzip(text) : text);
    };
    const auto replaced = LineSource::open({.path = put(other), .from = stands});
    ASSERT_FALSE(replaced);
    EXPECT_EQ(replaced.error().code, ErrorCode::kInput);
    EXPECT_THAT(replaced.error().message, HasSubstr("events was replaced"));
    EXPECT_THAT(replaced.error().message, HasSubstr("empty store"));
    const auto cut =
        LineSource::open({.path = put(content.substr(0, stands.offset - 1)), .from = stands});
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, ErrorCode::kInput);
    EXPECT_THAT(cut.error().message, HasSubstr("events was cut"));
    EXPECT_THAT(cut.error().message, HasSubstr(std::to_string(stands.offset - 1) + " bytes"));
    EXPECT_TRUE(LineSource::open({.path = put(grown), .from = stands}));
    EXPECT_TRUE(LineSource::open({.path = put(content.substr(0, stands.offset)), .from = stands}));
  }
}

TEST(LineSource, FollowsAFileThroughEverySplit) {
  const TemporaryFolder folder;
  const std::string content = "{\"a\":{\"b\":\"}{\\\"\"}}\r\n\nplain\n{\"c\":\"病\"}\n";
  const auto all = read_all({.path = folder.write("whole", content)});
  ASSERT_EQ(all.size(), 4U);
  for (std::size_t split = 0; split <= content.size(); ++split) {
    auto source =
        opened({.path = folder.write("events", content.substr(0, split)), .follow = true});
    auto lines = read_some(source, 100, Next::kNothingYet);
    EXPECT_TRUE(read_some(source, 100, Next::kNothingYet).empty());
    folder.append("events", content.substr(split));
    const auto rest = read_some(source, 100, Next::kNothingYet);
    lines.insert(lines.end(), rest.begin(), rest.end());
    EXPECT_EQ(lines, all) << "split at " << split;
  }
}

RC_GTEST_PROP(LineSource, FollowsAFileThatGrowsInAnyPieces, ()) {
  const TemporaryFolder folder;
  const auto piece =
      rc::gen::element<std::string>("{\"a\":1}", "{\"a\":", "\"}\"}", "\n", "\r\n", "x", "\r", "{",
                                    "}", " ", "{\"long\":\"0123456789\"}\n");
  const auto pieces = *rc::gen::container<std::vector<std::string>>(piece);
  const auto most = *rc::gen::element<std::uint64_t>(8, 1000);
  std::string content;
  for (const auto& part : pieces)
    content += part;
  content += "\n";
  const auto all = read_all({.path = folder.write("whole", content), .line_bytes_max = most});
  auto source =
      opened({.path = folder.write("events", ""), .follow = true, .line_bytes_max = most});
  std::vector<Seen> lines;
  FilePosition stands;
  for (std::size_t i = 0; i <= pieces.size(); ++i) {
    folder.append("events", i < pieces.size() ? pieces[i] : "\n");
    const auto more = read_some(source, 1000, Next::kNothingYet);
    lines.insert(lines.end(), more.begin(), more.end());
    stands = source.position();
  }
  // An object can be handed over before its line goes on; nothing is lost or told twice even then.
  std::string told;
  std::string expected;
  for (const auto& line : lines)
    told += line.cut_from == 0 ? line.bytes : "";
  for (const auto& line : all)
    expected += line.cut_from == 0 ? line.bytes : "";
  if (most == 1000) {
    std::erase(told, '\r');
    std::erase(expected, '\r');
    RC_ASSERT(told == expected);
  }
  RC_ASSERT(stands.offset <= content.size());
  RC_ASSERT(stands.offset + 1 >= content.size());
}

TEST(LineSource, WaitsForTheEndOfALineWhileFollowing) {
  const TemporaryFolder folder;
  auto source = opened({.path = folder.write("events", "half"), .follow = true});
  EXPECT_TRUE(read_some(source, 9, Next::kNothingYet).empty());
  EXPECT_EQ(source.unfinished(), 4U);
  folder.append("events", " line\n{\"a\":1}");
  EXPECT_THAT(texts(read_some(source, 9, Next::kNothingYet)),
              ElementsAre("half line", "{\"a\":1}"));
  EXPECT_EQ(source.unfinished(), 0U);
}

TEST(LineSource, NoticesThatTheFileItFollowsWasCut) {
  const TemporaryFolder folder;
  auto source = opened({.path = folder.write("events", "one\ntwo\n"), .follow = true});
  EXPECT_EQ(read_some(source, 9, Next::kNothingYet).size(), 2U);
  folder.write("events", "x\n");
  LineSource::Line line;
  const auto next = source.next(line);
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, ErrorCode::kInput);
  EXPECT_THAT(next.error().message, HasSubstr("events was cut: it has 2 bytes, but 8 were read"));
}

TEST(LineSource, CutsLinesThatAreTooLong) {
  const TemporaryFolder folder;
  const std::string content = "0123456789\n01234567890\n0123456789\r\n01234567890\r\n\nend\n";
  for (const bool packed : {false, true}) {
    const auto path = folder.write("events", packed ? gzip(content) : content);
    EXPECT_THAT(read_all({.path = path, .line_bytes_max = 10}),
                ElementsAre(Seen{"0123456789", 0, 1}, Seen{"0123456789", 11, 2, 11},
                            Seen{"0123456789", 23, 3}, Seen{"0123456789", 35, 4, 11},
                            Seen{"", 48, 5}, Seen{"end", 49, 6}));
  }
}

TEST(LineSource, CutsLinesLargerThanItsMemory) {
  const TemporaryFolder folder;
  constexpr std::uint64_t kMost = 1'500'000;
  for (const std::size_t size : {kMost - 1, kMost, kMost + 1, kMost * 2, kMost * 9}) {
    for (const std::string newline : {"\n", "\r\n", ""}) {
      const std::string large = std::string(size - 1, 'a') + "b";
      std::string content = "first\n";
      content.append(large).append(newline).append("next\n");
      auto source = opened({.path = folder.write("events", content), .line_bytes_max = kMost});
      const auto lines = read_some(source);
      const std::size_t full = newline.empty() ? size + 4 : size;
      ASSERT_EQ(lines.size(), newline.empty() ? 2U : 3U);
      EXPECT_EQ(lines[1].bytes.size(), std::min<std::uint64_t>(full, kMost));
      EXPECT_EQ(lines[1].cut_from, full > kMost ? full : 0) << size;
      EXPECT_EQ(source.position().offset, 6 + size + newline.size() + 5);
      if (!newline.empty()) {
        EXPECT_EQ(lines[2].bytes, "next");
      }
    }
  }
}

TEST(LineSource, LeavesAnUnfinishedObjectThatIsTooLong) {
  const TemporaryFolder folder;
  const std::string large = "{\"a\":\"" + std::string(4'000'000, 'a');
  auto source = opened({.path = folder.write("events", "x\n" + large), .line_bytes_max = 1000});
  EXPECT_THAT(texts(read_some(source)), ElementsAre("x"));
  EXPECT_EQ(source.unfinished(), large.size());
  EXPECT_EQ(source.position().offset, 2U);
  folder.append("events", "\"}\nnext\n");
  const auto rest = read_some(source);
  ASSERT_EQ(rest.size(), 2U);
  EXPECT_EQ(rest[0].cut_from, large.size() + 2);
  EXPECT_EQ(rest[0].bytes, large.substr(0, 1000));
  EXPECT_EQ(rest[1].bytes, "next");
}

TEST(LineSource, KnowsHowFarItIs) {
  const TemporaryFolder folder;
  auto source = opened({.path = folder.write("events", "one\ntwo\n")});
  EXPECT_EQ(source.size(), 8U);
  EXPECT_EQ(source.consumed(), 0U);
  read_some(source, 1);
  EXPECT_EQ(source.consumed(), 4U);
  const std::string packed = gzip(many_lines(1000));
  auto other = opened({.path = folder.write("events.gz", packed)});
  EXPECT_EQ(other.size(), packed.size());
  read_some(other);
  EXPECT_EQ(other.consumed(), packed.size());
}

TEST(LineSource, SaysWhatCannotBeOpened) {
  const TemporaryFolder folder;
  const auto missing = LineSource::open({.path = folder.path("none.ndjson")});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(missing.error().message, HasSubstr("none.ndjson cannot be opened"));
  EXPECT_THAT(missing.error().message, HasSubstr("check the path"));
  const auto a_folder = LineSource::open({.path = folder.path("")});
  ASSERT_FALSE(a_folder);
  EXPECT_EQ(a_folder.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(a_folder.error().message, HasSubstr("is a folder"));
}

TEST(LineSource, CanBeMoved) {
  const TemporaryFolder folder;
  auto first = opened({.path = folder.write("events", "a\nb\n")});
  read_some(first, 1);
  LineSource second(std::move(first));
  EXPECT_THAT(texts(read_some(second)), ElementsAre("b"));
}

}  // namespace
}  // namespace yujing::consumer

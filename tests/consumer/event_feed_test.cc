#include "consumer/event_feed.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/consumer/temporary_folder.h"

namespace yujing::consumer {
namespace {

using testing::HasSubstr;
using tests::gzip;
using tests::TemporaryFolder;
using thresholds::ErrorCode;
using Next = LineSource::Next;
using Kind = FedEvent::Kind;

// More events than all blocks hold.
constexpr std::size_t kManyLines = 3 * EventFeed::kBlocks * EventFeed::kBlockEvents + 17;
const std::atomic<bool> kGoOn = false;

std::string bill(std::size_t number) {
  return fmt::format(
      R"({{"setl_id":"S{}","psn_no":"P1","setl_time":"2026-03-01 10:00:00","med_type":"11","medfee_sumamt":"{}.00"}})",
      number, number);
}

// One line of every kind in turn.
std::string line(std::size_t number) {
  switch (number % 5) {
    case 0:
      return "";
    case 1:
      return fmt::format(R"({{"psn_no":"P{}"}})", number);
    case 2:
      return fmt::format("no JSON {}", number);
    default:
      return bill(number);
  }
}

CodecOptions one_city() { return {.cities = {2303}}; }

EventFeed opened(LineSourceOptions options) {
  auto feed = EventFeed::open(std::move(options), one_city());
  EXPECT_TRUE(feed) << feed.error().message;
  return std::move(*feed);
}

Next expect_next(EventFeed& feed, const std::atomic<bool>& stop = kGoOn) {
  const auto next = feed.next(stop);
  EXPECT_TRUE(next) << next.error().message;
  return *next;
}

// A named pipe with somebody who could write into it, and does not.
struct SilentPipe {
  explicit SilentPipe(std::string at) : path(std::move(at)) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    EXPECT_GE(fd, 0);
  }
  ~SilentPipe() { ::close(fd); }
  SilentPipe(const SilentPipe&) = delete;
  SilentPipe& operator=(const SilentPipe&) = delete;
  void write(std::string_view text) const {
    EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string path;
  int fd = -1;
};

TEST(EventFeed, GivesWhatReadingLineAfterLineGives) {
  const TemporaryFolder folder;
  std::string text;
  for (std::size_t i = 0; i < kManyLines; ++i)
    text += line(i) + "\n";
  folder.write("events.ndjson", text);

  LineSource source = std::move(*LineSource::open({.path = folder.path("events.ndjson")}));
  SettlementCodec codec(one_city());
  EventFeed feed = opened({.path = folder.path("events.ndjson")});
  EXPECT_EQ(feed.size(), text.size());
  LineSource::Line expected;
  monitor::Delivery delivery;
  while (*source.next(expected) == Next::kLine) {
    ASSERT_EQ(expect_next(feed), Next::kLine);
    const FedEvent& event = feed.event();
    ASSERT_EQ(event.bytes, expected.bytes);
    EXPECT_EQ(event.offset, expected.offset);
    EXPECT_EQ(event.after.line, expected.number);
    EXPECT_EQ(event.after.offset, source.position().offset);
    EXPECT_EQ(event.after.fingerprint, source.position().fingerprint);
    EXPECT_EQ(event.consumed, source.consumed());
    if (expected.bytes.empty()) {
      EXPECT_EQ(event.kind, Kind::kBlank);
      continue;
    }
    const auto none = codec.decode(expected.bytes, delivery);
    if (!none) {
      ASSERT_EQ(event.kind, Kind::kSettlement);
      EXPECT_EQ(event.delivery.settlement, delivery.settlement);
    } else if (const auto* refusal = std::get_if<monitor::Refusal>(&*none)) {
      ASSERT_EQ(event.kind, Kind::kRefused);
      EXPECT_EQ(event.refusal.reason, refusal->reason);
      EXPECT_EQ(event.refusal.message, refusal->message);
    } else {
      EXPECT_EQ(event.kind, Kind::kPreSettlement);
    }
  }
  EXPECT_EQ(expect_next(feed), Next::kEnd);
  EXPECT_EQ(expect_next(feed), Next::kEnd);
}

TEST(EventFeed, LooksAgainAfterAnEndOnlyWhenAsked) {
  const TemporaryFolder folder;
  folder.write("events.ndjson", bill(1) + "\n");
  EventFeed feed = opened({.path = folder.path("events.ndjson"), .follow = true});
  EXPECT_EQ(expect_next(feed), Next::kLine);
  EXPECT_EQ(expect_next(feed), Next::kNothingYet);
  EXPECT_EQ(expect_next(feed), Next::kNothingYet);
  folder.append("events.ndjson", bill(2) + "\n" + bill(3));
  EXPECT_EQ(expect_next(feed), Next::kLine);
  EXPECT_EQ(feed.event().delivery.settlement.setl_id, "S2");
  EXPECT_EQ(expect_next(feed), Next::kLine);
  EXPECT_EQ(feed.event().delivery.settlement.setl_id, "S3");
  EXPECT_EQ(expect_next(feed), Next::kNothingYet);
}

TEST(EventFeed, SaysHowMuchOfALastLineIsLeftUnread) {
  const TemporaryFolder folder;
  folder.write("events.ndjson", bill(1) + "\n" + R"({"setl_id":)");
  EventFeed feed = opened({.path = folder.path("events.ndjson")});
  EXPECT_EQ(expect_next(feed), Next::kLine);
  EXPECT_EQ(expect_next(feed), Next::kEnd);
  EXPECT_EQ(feed.unfinished(), 11);
}

TEST(EventFeed, GivesWhatStandsBeforeAnError) {
  const TemporaryFolder folder;
  std::string text;
  for (std::size_t i = 0; i < kManyLines; ++i)
    text += bill(i) + "\n";
  std::string damaged = gzip(text);
  damaged.resize(damaged.size() - 6);  // all of the text is there, its checksum is not
  EventFeed feed = opened({.path = folder.write("events.gz", damaged)});
  std::size_t events = 0;
  auto next = feed.next(kGoOn);
  for (; next && *next == Next::kLine; next = feed.next(kGoOn))
    ++events;
  EXPECT_GT(events, kManyLines - EventFeed::kBlockEvents);
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, ErrorCode::kInput);
  EXPECT_THAT(next.error().message, HasSubstr("damaged gzip file"));
}

TEST(EventFeed, TakesLinesThatFillManyBlocks) {
  const TemporaryFolder folder;
  constexpr std::size_t kLong = 3 * EventFeed::kBlockBytes;
  const std::string padded = std::string(kLong, ' ') + bill(7);
  folder.write("events.ndjson", bill(6) + "\n" + padded + "\n" + bill(8) + "\n" + padded + "\n");
  EventFeed feed =
      opened({.path = folder.path("events.ndjson"), .line_bytes_max = padded.size() - 1});
  EXPECT_EQ(expect_next(feed), Next::kLine);
  EXPECT_EQ(feed.event().bytes, bill(6));
  for (const std::string& after : {bill(8), std::string()}) {
    EXPECT_EQ(expect_next(feed), Next::kLine);
    EXPECT_EQ(feed.event().kind, Kind::kRefused);
    EXPECT_EQ(feed.event().refusal.reason, monitor::RefusalReason::kTooLarge);
    EXPECT_THAT(feed.event().refusal.message,
                HasSubstr(fmt::format("the line has {} bytes", padded.size())));
    EXPECT_EQ(feed.event().bytes.size(), padded.size() - 1);
    if (after.empty()) break;
    EXPECT_EQ(expect_next(feed), Next::kLine);
    EXPECT_EQ(feed.event().bytes, after);
  }
  EXPECT_EQ(expect_next(feed), Next::kEnd);
}

TEST(EventFeed, StopsWhileAPipeIsSilent) {
  const TemporaryFolder folder;
  const SilentPipe pipe(folder.path("pipe"));
  pipe.write(bill(1) + "\n" + bill(2).substr(0, 9));
  EventFeed feed = opened({.path = pipe.path});
  EXPECT_EQ(expect_next(feed), Next::kLine);
  std::atomic<bool> stop = false;
  std::thread stopper([&] { stop = true; });
  EXPECT_EQ(expect_next(feed, stop), Next::kNothingYet);
  stopper.join();
}

TEST(EventFeed, GoesAtOnceWhileItsReaderWaits) {
  const TemporaryFolder folder;
  std::string text;
  for (std::size_t i = 0; i < kManyLines; ++i)
    text += bill(i) + "\n";
  folder.write("events.ndjson", text);
  { const EventFeed never_asked = opened({.path = folder.path("events.ndjson")}); }
  {
    EventFeed feed = opened({.path = folder.path("events.ndjson")});
    EXPECT_EQ(expect_next(feed), Next::kLine);
  }
  const SilentPipe pipe(folder.path("pipe"));
  pipe.write("{}");
  { const EventFeed waits_for_a_pipe = opened({.path = pipe.path}); }
}

TEST(EventFeed, SaysWhyItCannotBeOpened) {
  const auto feed = EventFeed::open({.path = "/nowhere/events.ndjson"}, one_city());
  ASSERT_FALSE(feed);
  EXPECT_EQ(feed.error().code, ErrorCode::kConfiguration);
}

}  // namespace
}  // namespace yujing::consumer

#include "consumer/event_feed.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace yujing::consumer {

using thresholds::Error;
using thresholds::Result;

namespace {

// How long it takes at most until the caller sees that it shall stop.
constexpr auto kLookForStop = std::chrono::milliseconds(50);
// A block that had to hold more gives that memory back.
constexpr std::size_t kBytesKept = 4 * EventFeed::kBlockBytes;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

monitor::Refusal too_large(const LineSource::Line& line) {
  return {monitor::RefusalReason::kTooLarge,
          fmt::format("the line has {} bytes; only its first {} are kept here, the whole is in the "
                      "source",
                      line.full_size, line.bytes.size())};
}

// Some events in a row, and what the source said after them.
struct Block {
  std::vector<FedEvent> events{EventFeed::kBlockEvents};
  std::size_t count = 0;  // of `events` that are filled
  std::string bytes;      // of their lines
  LineSource::Next then = LineSource::Next::kLine;
  std::optional<Error> error;
  std::uint64_t size = 0;
  std::uint64_t unfinished = 0;

  // Whether the source had more.
  [[nodiscard]] bool goes_on() const { return !error && then == LineSource::Next::kLine; }
};

}  // namespace

// Block number n is blocks_[n % kBlocks]. The reader fills one after the other, the caller empties
// them in the same order; a block belongs to the reader from when it was emptied until it is
// filled, to the caller from then on.
class EventFeed::Impl {
 public:
  explicit Impl(CodecOptions codec) : codec_(std::move(codec)) {}
  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    if (reader_.joinable()) reader_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<void> start(LineSourceOptions options) {
    options.give_up = &ending_;
    Result<LineSource> source = LineSource::open(std::move(options));
    if (!source) return tl::unexpected(std::move(source.error()));
    source_ = std::move(*source);
    size_ = source_->size();
    reader_ = std::thread([this] { read_on(); });
    return {};
  }

  Result<LineSource::Next> next(const std::atomic<bool>& stop) {
    while (true) {
      if (block_ != nullptr && next_event_ < block_->count) {
        event_ = &block_->events[next_event_++];
        return LineSource::Next::kLine;
      }
      if (block_ != nullptr && !block_->goes_on() && !said_end_) {
        said_end_ = true;
        if (block_->error) return tl::unexpected(*block_->error);
        return block_->then;
      }
      if (!take_block(stop)) return LineSource::Next::kNothingYet;
    }
  }
  [[nodiscard]] const FedEvent& event() const { return *event_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::uint64_t unfinished() const { return unfinished_; }

 private:
  // Gives the block in hand back and takes the next one. False: `stop` came before it.
  bool take_block(const std::atomic<bool>& stop) {
    std::unique_lock lock(mutex_);
    if (block_ != nullptr) {
      block_ = nullptr;
      ++emptied_;
      changed_.notify_all();
    }
    while (filled_ == emptied_) {
      if (stop) return false;
      changed_.wait_for(lock, kLookForStop);
    }
    block_ = &blocks_[emptied_ % kBlocks];
    next_event_ = 0;
    said_end_ = false;
    size_ = block_->size;
    unfinished_ = block_->unfinished;
    return true;
  }

  // ---- the reader's thread

  void read_on() {
    std::size_t ahead = kBlocks;
    for (std::uint64_t n = 0; wait_for_block(n, ahead); ++n) {
      Block& block = blocks_[n % kBlocks];
      fill(block);
      // What comes after an end is for the caller to ask for, by giving this block back.
      ahead = block.goes_on() ? kBlocks : 1;
      const std::lock_guard lock(mutex_);
      filled_ = n + 1;
      changed_.notify_all();
    }
  }

  // Until fewer than `ahead` blocks before number n are the caller's. False: nobody wants more.
  bool wait_for_block(std::uint64_t n, std::size_t ahead) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ending_ || n - emptied_ < ahead; });
    return !ending_;
  }

  void fill(Block& block) {
    block.count = 0;
    if (block.bytes.capacity() > kBytesKept) block.bytes = std::string();
    block.bytes.clear();
    block.error.reset();
    block.then = LineSource::Next::kLine;
    LineSource::Line line;
    while (block.count < kBlockEvents && block.bytes.size() < kBlockBytes) {
      const Result<LineSource::Next> next = source_->next(line);
      if (!next) {
        block.error = next.error();
        break;
      }
      if (*next == LineSource::Next::kSilent) {
        if (block.count > 0 || ending_) break;  // what is there need not wait for more
        continue;
      }
      block.then = *next;
      if (*next != LineSource::Next::kLine) break;
      read_event(line, block.events[block.count++]);
      block.bytes += line.bytes;
    }
    // Only now it is known where the bytes lie: they moved as they became more.
    std::string_view rest = block.bytes;
    for (std::size_t i = 0; i < block.count; ++i) {
      std::string_view& bytes = block.events[i].bytes;
      bytes = rest.substr(0, bytes.size());
      rest.remove_prefix(bytes.size());
    }
    block.size = source_->size();
    block.unfinished = source_->unfinished();
  }

  void read_event(const LineSource::Line& line, FedEvent& event) {
    event.bytes = line.bytes;
    event.offset = line.offset;
    event.after = source_->position();
    event.consumed = source_->consumed();
    if (is_blank(line.bytes)) {
      event.kind = FedEvent::Kind::kBlank;
    } else if (line.cut) {
      event.kind = FedEvent::Kind::kRefused;
      event.refusal = too_large(line);
    } else if (auto none = codec_.decode(line.bytes, event.delivery)) {
      auto* const refusal = std::get_if<monitor::Refusal>(&*none);
      event.kind = refusal == nullptr ? FedEvent::Kind::kPreSettlement : FedEvent::Kind::kRefused;
      if (refusal != nullptr) event.refusal = std::move(*refusal);
    } else {
      event.kind = FedEvent::Kind::kSettlement;
    }
  }

  // The reader's.
  std::optional<LineSource> source_;
  SettlementCodec codec_;

  // Between the two.
  std::array<Block, kBlocks> blocks_;
  std::mutex mutex_;  // of filled_ and emptied_
  std::condition_variable changed_;
  std::uint64_t filled_ = 0;
  std::uint64_t emptied_ = 0;
  std::atomic<bool> ending_ = false;

  // The caller's.
  Block* block_ = nullptr;  // in hand
  std::size_t next_event_ = 0;
  bool said_end_ = false;  // of the block in hand
  const FedEvent* event_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t unfinished_ = 0;

  std::thread reader_;
};

Result<EventFeed> EventFeed::open(LineSourceOptions options, CodecOptions codec) {
  auto impl = std::make_unique<Impl>(std::move(codec));
  if (auto started = impl->start(std::move(options)); !started)
    return tl::unexpected(std::move(started.error()));
  return EventFeed(std::move(impl));
}

EventFeed::EventFeed(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventFeed::~EventFeed() = default;
EventFeed::EventFeed(EventFeed&&) noexcept = default;

Result<LineSource::Next> EventFeed::next(const std::atomic<bool>& stop) {
  return impl_->next(stop);
}
const FedEvent& EventFeed::event() const { return impl_->event(); }
std::uint64_t EventFeed::size() const { return impl_->size(); }
std::uint64_t EventFeed::unfinished() const { return impl_->unfinished(); }

}  // namespace yujing::consumer

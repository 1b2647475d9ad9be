// The events of a source, read and decoded ahead: a thread of the feed's own reads lines and makes
// deliveries of them while the caller deals with those before. What comes, in which order, is what
// reading line after line would give; an end of what lies there is looked at again only when the
// caller asks again.
//
// One caller. Events come in blocks whose memory is used again; kBlocks of them wait at most, each
// of up to kBlockEvents events and kBlockBytes bytes, the last line of any length.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "consumer/codec.h"
#include "consumer/line_source.h"
#include "monitor/refusal.h"
#include "monitor/settlement.h"
#include "thresholds/result.h"

namespace yujing::consumer {

// A line, and what the codec made of it.
struct FedEvent {
  enum class Kind : std::uint8_t { kBlank, kSettlement, kPreSettlement, kRefused };
  Kind kind = Kind::kBlank;
  monitor::Delivery delivery;  // kSettlement
  monitor::Refusal refusal;    // kRefused
  std::string_view bytes;      // the line, as much of it as is kept
  std::uint64_t offset = 0;    // where it starts
  FilePosition after;          // to go on from once this event is dealt with
  std::uint64_t consumed = 0;  // as LineSource::consumed, after it
};

class EventFeed {
 public:
  static constexpr std::size_t kBlocks = 32;
  static constexpr std::size_t kBlockEvents = 256;
  static constexpr std::size_t kBlockBytes = 256 * 1024;

  // Errors as LineSource::open; `options.give_up` is the feed's own business.
  [[nodiscard]] static thresholds::Result<EventFeed> open(LineSourceOptions options,
                                                          CodecOptions codec);
  // Reading stops at once, also in the middle of waiting for a pipe.
  ~EventFeed();
  EventFeed(EventFeed&&) noexcept;
  EventFeed& operator=(EventFeed&&) = delete;

  // As LineSource::next, kLine being an event. Also kNothingYet when `stop` became true before
  // there was one. After an Error nothing more comes.
  [[nodiscard]] thresholds::Result<LineSource::Next> next(const std::atomic<bool>& stop);
  // The event next() came to. Valid until the next call.
  [[nodiscard]] const FedEvent& event() const;

  // Bytes there were when the last block was read, as LineSource::size; and those left unread at
  // kEnd.
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::uint64_t unfinished() const;

 private:
  class Impl;
  explicit EventFeed(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace yujing::consumer

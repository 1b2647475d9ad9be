#include "consumer/line_source.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "consumer/byte_stream.h"

namespace yujing::consumer {
namespace {

using thresholds::ErrorCode;
using thresholds::fail;
using thresholds::Result;

constexpr std::size_t kReadBytes = 1024 * 1024;
constexpr std::size_t kFingerprintBytes = 64 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The bytes a stream begins with, and the fingerprint (FNV-1a) of a growing part of them.
class Head {
 public:
  void append(const char* bytes, std::size_t size) {
    first_.append(bytes, std::min(size, kFingerprintBytes - first_.size()));
  }
  // Of the first min(offset, 64 KiB) bytes. REQUIRES: offsets never go back.
  std::uint64_t fingerprint(std::uint64_t offset) {
    const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(offset, first_.size()));
    for (; hashed_ < end; ++hashed_) {
      hash_ = (hash_ ^ static_cast<unsigned char>(first_[hashed_])) * 0x100000001B3U;
    }
    return hash_;
  }

 private:
  std::string first_;
  std::size_t hashed_ = 0;
  std::uint64_t hash_ = 0xCBF29CE484222325U;
};

enum class Tail : std::uint8_t { kNoObject, kOpenObject, kWholeObject };

// What a last line without its newline is: an object, one somebody is still writing, or something
// else.
Tail look_at(std::string_view line) {
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  const std::size_t begin = line.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos || line[begin] != '{') return Tail::kNoObject;
  std::size_t open = 0;
  bool in_string = false;
  for (std::size_t i = begin; i < line.size(); ++i) {
    const char c = line[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++open;
    } else if (c == '}' && --open == 0) {
      return Tail::kWholeObject;
    }
  }
  return Tail::kOpenObject;
}

}  // namespace

class LineSource::Impl {
 public:
  Impl(LineSourceOptions options, std::unique_ptr<ByteStream> stream)
      : options_(std::move(options)), stream_(std::move(stream)), buffer_(kReadBytes) {}

  // Goes to where reading ended last time, if it is the same file.
  Result<void> resume() {
    const FilePosition& from = options_.from;
    if (from.offset == 0) return {};
    if (stream_->is_plain() && stream_->size() < from.offset) return shorter(stream_->size());
    // A plain file is read up to the end of the fingerprint, anything else up to the position.
    const std::uint64_t needed =
        stream_->is_plain() ? std::min<std::uint64_t>(from.offset, kFingerprintBytes) : from.offset;
    std::uint64_t seen = 0;
    char last = '\n';
    while (seen < needed) {
      const auto room =
          static_cast<std::size_t>(std::min<std::uint64_t>(needed - seen, buffer_.size()));
      const auto count = stream_->read(buffer_.data(), room);
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) return shorter(seen);
      head_.append(buffer_.data(), *count);
      last = buffer_[*count - 1];
      seen += *count;
    }
    if (head_.fingerprint(from.offset) != from.fingerprint) return replaced();
    if (stream_->is_plain()) {
      stream_->seek(from.offset - 1);
      const auto count = stream_->read(&last, 1);
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) return shorter(from.offset - 1);
    }
    offset_ = from.offset;
    line_ = from.line;
    newline_owed_ = last != '\n';
    return {};
  }

  Result<Next> next(Line& line) {
    while (true) {
      if (const auto* newline = find_newline()) {
        if (swallow_owed_newline(newline)) continue;
        hand_out(line, newline, 1);
        return Next::kLine;
      }
      drop_excess();
      if (options_.give_up != nullptr && !stream_->wait()) return Next::kSilent;
      const auto count = fill();
      if (!count) return tl::unexpected(count.error());
      if (*count == 0) return at_end(line);
    }
  }

  [[nodiscard]] FilePosition position() {
    if (offset_ == 0) return {};
    return {offset_, line_, head_.fingerprint(offset_)};
  }
  [[nodiscard]] std::uint64_t size() const { return stream_->size(); }
  [[nodiscard]] std::uint64_t consumed() const {
    return stream_->is_plain() ? offset_ : stream_->taken();
  }
  [[nodiscard]] std::uint64_t unfinished() const { return unfinished_; }

 private:
  // The first newline not looked at yet; nullptr where there is none in the buffer.
  const char* find_newline() {
    const void* found = std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_);
    scanned_ = end_;
    return static_cast<const char*>(found);
  }

  // The newline of a last line that was handed out before it was written, alone or after a CR.
  bool swallow_owed_newline(const char* newline) {
    if (!newline_owed_) return false;
    newline_owed_ = false;
    const auto size = static_cast<std::size_t>(newline - (buffer_.data() + begin_));
    if (dropped_ != 0 || size > 1 || (size == 1 && buffer_[begin_] != '\r')) return false;
    offset_ += size + 1;
    begin_ += size + 1;
    scanned_ = begin_;
    return true;
  }

  // Of a line that is too long keeps the first part only.
  void drop_excess() {
    const std::size_t kept = options_.line_bytes_max;
    if (end_ - begin_ <= kept) return;
    last_dropped_ = buffer_[end_ - 1];
    dropped_ += end_ - begin_ - kept;
    end_ = scanned_ = begin_ + kept;
  }

  Result<std::size_t> fill() {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      scanned_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() - end_ < kReadBytes / 2) {
      const std::size_t limit = options_.line_bytes_max + kReadBytes;
      buffer_.resize(std::max(buffer_.size(), std::min(buffer_.size() * 2, limit)));
    }
    auto count = stream_->read(buffer_.data() + end_, buffer_.size() - end_);
    if (!count) return count;
    head_.append(buffer_.data() + end_, *count);
    end_ += *count;
    return count;
  }

  Result<Next> at_end(Line& line) {
    const bool plain = stream_->is_plain();
    if (plain && stream_->size() < offset_) return shorter(stream_->size());
    const bool waits = plain && options_.follow;
    const std::uint64_t rest = dropped_ + (end_ - begin_);
    if (rest == 0 || (plain && is_still_written())) {
      unfinished_ = rest;
      return waits ? Next::kNothingYet : Next::kEnd;
    }
    hand_out(line, buffer_.data() + end_, 0);
    newline_owed_ = true;
    return Next::kLine;
  }

  [[nodiscard]] bool is_still_written() const {
    Tail tail = look_at({buffer_.data() + begin_, end_ - begin_});
    // Of a line that is too long only its first part and its last byte are known.
    if (dropped_ != 0 && tail == Tail::kOpenObject && last_dropped_ == '}')
      tail = Tail::kWholeObject;
    return options_.follow ? tail != Tail::kWholeObject : tail == Tail::kOpenObject;
  }

  // The line from begin_ to `end`; `newline` bytes follow it.
  void hand_out(Line& line, const char* end, std::size_t newline) {
    const auto in_buffer = static_cast<std::size_t>(end - (buffer_.data() + begin_));
    std::uint64_t full = dropped_ + in_buffer;
    const std::uint64_t taken = full + newline;
    const char last = in_buffer > options_.line_bytes_max || dropped_ == 0
                          ? (in_buffer > 0 ? end[-1] : '\0')
                          : last_dropped_;
    if (full > 0 && last == '\r') --full;
    const auto shown =
        static_cast<std::size_t>(std::min<std::uint64_t>(full, options_.line_bytes_max));
    line.bytes = {buffer_.data() + begin_, shown};
    line.offset = offset_;
    line.number = ++line_;
    line.cut = full > shown;
    line.full_size = full;
    offset_ += taken;
    begin_ += in_buffer + newline;
    scanned_ = begin_;
    dropped_ = 0;
    unfinished_ = 0;
    newline_owed_ = false;
  }

  tl::unexpected<thresholds::Error> shorter(std::uint64_t size) const {
    return fail(
        ErrorCode::kInput,
        fmt::format("{} was cut: it has {} bytes, but {} were read before. Put back the whole "
                    "file, or read the new one with an empty store",
                    options_.path, size, std::max(offset_, options_.from.offset)));
  }
  tl::unexpected<thresholds::Error> replaced() const {
    return fail(
        ErrorCode::kInput,
        fmt::format("{} was replaced: it does not begin like the file that was read up to byte "
                    "{}. Put back that file, with new lines at its end, or read the new one "
                    "with an empty store",
                    options_.path, options_.from.offset));
  }

  LineSourceOptions options_;
  std::unique_ptr<ByteStream> stream_;
  Head head_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of the line being read
  std::size_t scanned_ = 0;  // up to here there is no newline
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;  // of the line being read
  std::uint64_t line_ = 0;
  std::uint64_t dropped_ = 0;  // bytes of a line that is too long, between its kept part and end_
  char last_dropped_ = '\0';
  bool newline_owed_ = false;  // the last line was handed out without its newline
  std::uint64_t unfinished_ = 0;
};

Result<LineSource> LineSource::open(LineSourceOptions options) {
  auto stream = ByteStream::open(options.path, options.give_up);
  if (!stream) return tl::unexpected(stream.error());
  auto impl = std::make_unique<Impl>(std::move(options), std::move(*stream));
  if (auto resumed = impl->resume(); !resumed) return tl::unexpected(resumed.error());
  return LineSource(std::move(impl));
}

LineSource::LineSource(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LineSource::~LineSource() = default;
LineSource::LineSource(LineSource&&) noexcept = default;
LineSource& LineSource::operator=(LineSource&&) noexcept = default;

Result<LineSource::Next> LineSource::next(Line& line) { return impl_->next(line); }
FilePosition LineSource::position() const { return impl_->position(); }
std::uint64_t LineSource::size() const { return impl_->size(); }
std::uint64_t LineSource::consumed() const { return impl_->consumed(); }
std::uint64_t LineSource::unfinished() const { return impl_->unfinished(); }

}  // namespace yujing::consumer

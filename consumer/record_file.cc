#include "consumer/record_file.h"

#include <array>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace yujing::consumer {

using thresholds::Result;

namespace {

// 64-bit FNV-1a over eight bytes at a time: to notice a changed file, not to withstand an attacker.
class Digest {
 public:
  void add(std::string_view bytes) {
    while (bytes.size() >= sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data(), sizeof word);
      mix(word);
      bytes.remove_prefix(sizeof word);
    }
    for (const char c : bytes)
      mix(static_cast<unsigned char>(c));
  }
  [[nodiscard]] std::string text() const { return fmt::format("{:016x}", value_); }

 private:
  void mix(std::uint64_t word) {
    value_ ^= word;
    value_ *= 0x100000001b3ULL;
    value_ ^= value_ >> 29;
  }
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

std::string digest_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  Digest digest;
  std::string buffer(1U << 20, '\0');
  std::uint64_t size = 0;
  while (in.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || in.gcount() > 0) {
    digest.add(std::string_view(buffer.data(), static_cast<std::size_t>(in.gcount())));
    size += static_cast<std::uint64_t>(in.gcount());
  }
  return fmt::format("{}-{}", digest.text(), size);
}

}  // namespace

std::string position_text(const FilePosition& position) {
  return fmt::format("{} {} {}", position.offset, position.line, position.fingerprint);
}

FilePosition parse_position(std::string_view text) {
  FilePosition position;
  std::istringstream in{std::string(text)};
  in >> position.offset >> position.line >> position.fingerprint;
  return position;
}

std::optional<RecordFile::Stamp> RecordFile::stamp() const {
  std::error_code failed;
  Stamp stamp;
  stamp.size = std::filesystem::file_size(path_, failed);
  if (failed) return std::nullopt;
  stamp.time = std::filesystem::last_write_time(path_, failed);
  if (failed) return std::nullopt;
  return stamp;
}

bool RecordFile::touched() const { return stamp() != stamp_; }

Result<bool> RecordFile::begin(monitor::Store& store, std::string_view name) {
  name_ = name;
  source_.reset();
  stamp_ = stamp();
  if (!stamp_) return false;
  digest_ = digest_of_file(path_);
  Result<std::optional<std::string>> note = store.note(name_);
  if (!note) return tl::unexpected(std::move(note.error()));
  LineSourceOptions options;
  options.path = path_;
  done_ = {};
  if (*note) {
    const std::string& kept = **note;
    if (kept == digest_ + " done") return false;
    if (kept.starts_with(digest_ + " "))
      done_ = options.from = parse_position(kept.substr(digest_.size() + 1));
  }
  Result<LineSource> source = LineSource::open(std::move(options));
  if (!source) return tl::unexpected(std::move(source.error()));
  source_ = std::move(*source);
  return true;
}

void RecordFile::passed(const LineSource::Line&) { done_ = source_->position(); }

void RecordFile::keep(monitor::Store& store, bool finished) {
  store.put_note(name_, finished ? digest_ + " done" : digest_ + " " + position_text(done_));
}

Result<bool> RecordFile::reported_before(monitor::Store& store, std::string_view name,
                                         std::string_view line) {
  Digest digest;
  digest.add(line);
  const std::string key = fmt::format("refused/{}/{}-{}", name, digest.text(), line.size());
  Result<std::optional<std::string>> note = store.note(key);
  if (!note) return tl::unexpected(std::move(note.error()));
  if (*note && **note != digest_) return true;
  store.put_note(key, digest_);
  return false;
}

}  // namespace yujing::consumer

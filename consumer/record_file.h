// A persons or decisions file: read whole whenever its bytes have changed, once for the same bytes.
//
// What has been read is kept in the store: a digest of the whole file and how far the reading came.
// A bad line that was reported in an earlier state of the file is not reported again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "consumer/line_source.h"
#include "monitor/store.h"
#include "thresholds/result.h"

namespace yujing::consumer {

class RecordFile {
 public:
  explicit RecordFile(std::string path) : path_(std::move(path)) {}

  // Opens the file and goes to where an interrupted reading stopped. False: it is not there, or its
  // very bytes were read to the end before. `name` ("persons", "decisions") is the note in the
  // store.
  [[nodiscard]] thresholds::Result<bool> begin(monitor::Store& store, std::string_view name);
  [[nodiscard]] LineSource& source() { return *source_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Says that a line has been dealt with; the position to keep is after the last of them.
  void passed(const LineSource::Line& line);
  // Puts the state of the reading into the store's batch.
  void keep(monitor::Store& store, bool finished);

  // Whether this bad line was reported while reading an earlier state of the file; remembers it
  // now.
  [[nodiscard]] thresholds::Result<bool> reported_before(monitor::Store& store,
                                                         std::string_view name,
                                                         std::string_view line);
  // Whether size or time of the file have changed since begin().
  [[nodiscard]] bool touched() const;

 private:
  struct Stamp {
    std::uintmax_t size = 0;
    std::filesystem::file_time_type time;
    bool operator==(const Stamp&) const = default;
  };
  [[nodiscard]] std::optional<Stamp> stamp() const;

  std::string path_;
  std::string name_;
  std::string digest_;
  std::optional<Stamp> stamp_;
  std::optional<LineSource> source_;
  FilePosition done_;
};

// A position as the text kept in the store, and back.
[[nodiscard]] std::string position_text(const FilePosition& position);
[[nodiscard]] FilePosition parse_position(std::string_view text);

}  // namespace yujing::consumer

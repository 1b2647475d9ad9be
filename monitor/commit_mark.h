// How far the store's commits went, kept in a file beside the database. A log record whose length
// is damaged looks to the library like one that a crash tore, and everything behind it is dropped
// without a word; a database that ends before its mark has lost commits.
//
// Written in place after each commit and never synced: the mark may be behind the database, never
// ahead.
#pragma once

#include <cstdint>
#include <string>

namespace yujing::monitor {

class CommitMark {
 public:
  // The mark in the store's folder; 0 when there is none, or none that can be read.
  [[nodiscard]] static std::uint64_t read(const std::string& folder);

  // Opens the mark for write(). A folder that refuses it has none: there is then nothing to compare
  // with.
  explicit CommitMark(const std::string& folder);
  ~CommitMark();
  CommitMark(const CommitMark&) = delete;
  CommitMark& operator=(const CommitMark&) = delete;

  void write(std::uint64_t number) const;

 private:
  int file_ = -1;
};

}  // namespace yujing::monitor

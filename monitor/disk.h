// The disk under the database, which stands still from the first write that fails: nothing is
// written, renamed or deleted any more, and the library is told that all went well. What lies there
// is then what a kill at that moment would have left, and every start can take that. The library
// must not hear of the failure: Debian's build of it aborts when it touches a file again that it
// could not write. So whoever has written asks trouble() before believing it.
//
// Used by all threads of the database. Seen by database.cc alone.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include <rocksdb/file_system.h>

namespace yujing::monitor {

class Disk final : public rocksdb::FileSystemWrapper {
 public:
  explicit Disk(const std::shared_ptr<rocksdb::FileSystem>& real) : FileSystemWrapper(real) {}

  // The write that failed; ok while none has.
  [[nodiscard]] rocksdb::Status trouble() const;

  // Does what changes the disk, unless it stands still; it does from now on when this fails.
  template <class Write>
  rocksdb::IOStatus write(Write write) {
    return still() ? rocksdb::IOStatus::OK() : written(write());
  }
  rocksdb::IOStatus written(const rocksdb::IOStatus& status);
  [[nodiscard]] bool still() const { return still_; }

  // What the library uses to change files; reading goes through as it is.
  [[nodiscard]] const char* Name() const override { return "YujingDisk"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* folder,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  template <class Make>
  rocksdb::IOStatus make_file(std::unique_ptr<rocksdb::FSWritableFile>* file, Make make);

  std::atomic<bool> still_ = false;
  mutable std::mutex mutex_;  // of trouble_
  rocksdb::Status trouble_;
};

}  // namespace yujing::monitor

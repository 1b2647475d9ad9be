#include "monitor/disk.h"

#include <utility>

namespace yujing::monitor {

using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

// A file that was to be made after the disk stood still, or that could not be made.
class NoFile final : public FSWritableFile {
 public:
  using FSWritableFile::Append;
  IOStatus Append(const Slice& /*data*/, const IOOptions& /*options*/,
                  IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }
  IOStatus Flush(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }
};

class File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(Disk& disk, std::unique_ptr<FSWritableFile> real)
      : FSWritableFileOwnerWrapper(std::move(real)), disk_(disk) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    return disk_.write([&] { return target()->Append(data, options, debug); });
  }
  IOStatus Append(const Slice& data, const IOOptions& options,
                  const rocksdb::DataVerificationInfo& /*verification*/,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    return disk_.write([&] { return target()->Truncate(size, options, debug); });
  }
  IOStatus Flush(const IOOptions& options, IODebugContext* debug) override {
    return disk_.write([&] { return target()->Flush(options, debug); });
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    return disk_.write([&] { return target()->Sync(options, debug); });
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return disk_.write([&] { return target()->Fsync(options, debug); });
  }
  IOStatus RangeSync(std::uint64_t offset, std::uint64_t bytes, const IOOptions& options,
                     IODebugContext* debug) override {
    return disk_.write([&] { return target()->RangeSync(offset, bytes, options, debug); });
  }
  void PrepareWrite(std::size_t offset, std::size_t bytes, const IOOptions& options,
                    IODebugContext* debug) override {
    if (!disk_.still()) target()->PrepareWrite(offset, bytes, options, debug);
  }
  // Closed in any case, as a kill would.
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return disk_.written(target()->Close(options, debug));
  }

 private:
  Disk& disk_;
};

class Folder final : public rocksdb::FSDirectoryWrapper {
 public:
  Folder(Disk& disk, std::unique_ptr<FSDirectory> real)
      : FSDirectoryWrapper(real.get()), disk_(disk), real_(std::move(real)) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return disk_.write([&] { return real_->Fsync(options, debug); });
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext* debug,
                               const rocksdb::DirFsyncOptions& what) override {
    return disk_.write([&] { return real_->FsyncWithDirOptions(options, debug, what); });
  }

 private:
  Disk& disk_;
  std::unique_ptr<FSDirectory> real_;
};

}  // namespace

rocksdb::Status Disk::trouble() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return trouble_;
}

IOStatus Disk::written(const IOStatus& status) {
  if (status.ok()) return status;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!still_) trouble_ = status;
  still_ = true;
  return IOStatus::OK();
}

template <class Make>
IOStatus Disk::make_file(std::unique_ptr<FSWritableFile>* file, Make make) {
  std::unique_ptr<FSWritableFile> real;
  IOStatus status = write([&] { return make(&real); });
  if (real == nullptr) real = std::make_unique<NoFile>();
  *file = std::make_unique<File>(*this, std::move(real));
  return status;
}

IOStatus Disk::NewWritableFile(const std::string& name, const FileOptions& options,
                               std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) {
  return make_file(
      file, [&](auto* real) { return target()->NewWritableFile(name, options, real, debug); });
}

IOStatus Disk::ReopenWritableFile(const std::string& name, const FileOptions& options,
                                  std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) {
  return make_file(
      file, [&](auto* real) { return target()->ReopenWritableFile(name, options, real, debug); });
}

IOStatus Disk::NewDirectory(const std::string& name, const IOOptions& options,
                            std::unique_ptr<FSDirectory>* folder, IODebugContext* debug) {
  std::unique_ptr<FSDirectory> real;
  IOStatus status = target()->NewDirectory(name, options, &real, debug);
  if (status.ok()) *folder = std::make_unique<Folder>(*this, std::move(real));
  return status;
}

IOStatus Disk::RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                          IODebugContext* debug) {
  return write([&] { return target()->RenameFile(from, to, options, debug); });
}

IOStatus Disk::LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                        IODebugContext* debug) {
  return write([&] { return target()->LinkFile(from, to, options, debug); });
}

IOStatus Disk::DeleteFile(const std::string& name, const IOOptions& options,
                          IODebugContext* debug) {
  // One that cannot be deleted is in nobody's way, and is tried again at every start.
  return still() ? IOStatus::OK() : target()->DeleteFile(name, options, debug);
}

}  // namespace yujing::monitor

#include "tests/monitor/faulty_files.h"

#include <filesystem>
#include <utility>

namespace yujing::monitor {

namespace fs = std::filesystem;

using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using Lock = std::lock_guard<std::mutex>;

class FaultyFiles::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(FaultyFiles& files, std::shared_ptr<Extent> extent, std::unique_ptr<FSWritableFile> real)
      : FSWritableFileOwnerWrapper(std::move(real)), files_(files), extent_(std::move(extent)) {}

  using FSWritableFileOwnerWrapper::Append;
  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const Lock lock(files_.mutex_);
    const bool fails = files_.fails();
    const std::size_t size = fails ? files_.random_() % (data.size() + 1) : data.size();
    const IOStatus done = target()->Append(Slice(data.data(), size), options, debug);
    if (done.ok()) extent_->size += size;
    return fails ? files_.failure_ : done;
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    const Lock lock(files_.mutex_);
    if (files_.fails()) return files_.failure_;
    extent_->synced = extent_->size;
    return target()->Flush(options, debug);  // as if synced: a test has no time to wait for disks
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    return Sync(options, debug);
  }

 private:
  FaultyFiles& files_;
  std::shared_ptr<Extent> extent_;
};

class FaultyFiles::Folder final : public FSDirectory {
 public:
  explicit Folder(FaultyFiles& files) : files_(files) {}

  IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    const Lock lock(files_.mutex_);
    if (files_.fails()) return files_.failure_;
    files_.names_.clear();
    return IOStatus::OK();
  }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return IOStatus::OK();
  }

 private:
  FaultyFiles& files_;
};

FaultyFiles::FaultyFiles(std::string attic, std::uint32_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), attic_(std::move(attic)), random_(seed) {}

void FaultyFiles::fail_from(std::uint64_t number, const IOStatus& status) {
  const Lock lock(mutex_);
  fail_from_ = number;
  failure_ = status;
}

std::uint64_t FaultyFiles::changes() const {
  const Lock lock(mutex_);
  return changes_;
}

bool FaultyFiles::fails() { return changes_++ >= fail_from_; }

std::string FaultyFiles::place_in_attic() { return attic_ + "/" + std::to_string(kept_++); }

IOStatus FaultyFiles::NewWritableFile(const std::string& name, const FileOptions& options,
                                      std::unique_ptr<FSWritableFile>* file,
                                      IODebugContext* debug) {
  const Lock lock(mutex_);
  if (fails()) return failure_;
  std::unique_ptr<FSWritableFile> real;
  IOStatus done = target()->NewWritableFile(name, options, &real, debug);
  if (!done.ok()) return done;
  extents_[name] = std::make_shared<Extent>();
  names_.emplace_back(Made{name});
  *file = std::make_unique<File>(*this, extents_[name], std::move(real));
  return done;
}

IOStatus FaultyFiles::ReopenWritableFile(const std::string& name, const FileOptions& options,
                                         std::unique_ptr<FSWritableFile>* file,
                                         IODebugContext* debug) {
  const Lock lock(mutex_);
  if (fails()) return failure_;
  std::unique_ptr<FSWritableFile> real;
  IOStatus done = target()->ReopenWritableFile(name, options, &real, debug);
  if (!done.ok()) return done;
  *file = std::make_unique<File>(*this, extent_of(name), std::move(real));
  return done;
}

IOStatus FaultyFiles::NewDirectory(const std::string& /*name*/, const IOOptions& /*options*/,
                                   std::unique_ptr<FSDirectory>* folder,
                                   IODebugContext* /*debug*/) {
  *folder = std::make_unique<Folder>(*this);
  return IOStatus::OK();
}

IOStatus FaultyFiles::RenameFile(const std::string& from, const std::string& to,
                                 const IOOptions& options, IODebugContext* debug) {
  const Lock lock(mutex_);
  if (fails()) return failure_;
  Moved moved{from, to, {}};
  if (fs::exists(to)) {
    moved.kept = place_in_attic();
    fs::rename(to, moved.kept);
  }
  names_.emplace_back(moved);
  if (auto known = extents_.extract(from)) {
    extents_.erase(to);
    known.key() = to;
    extents_.insert(std::move(known));
  }
  return target()->RenameFile(from, to, options, debug);
}

IOStatus FaultyFiles::LinkFile(const std::string& from, const std::string& to,
                               const IOOptions& options, IODebugContext* debug) {
  const Lock lock(mutex_);
  if (fails()) return failure_;
  IOStatus done = target()->LinkFile(from, to, options, debug);
  if (!done.ok()) return done;
  extents_[to] = extent_of(from);
  names_.emplace_back(Made{to});
  return done;
}

IOStatus FaultyFiles::DeleteFile(const std::string& name, const IOOptions& options,
                                 IODebugContext* debug) {
  const Lock lock(mutex_);
  if (fails()) return failure_;
  if (!fs::exists(name)) return target()->DeleteFile(name, options, debug);
  // Deleted is moved out of sight.
  const std::string kept = place_in_attic();
  fs::rename(name, kept);
  names_.emplace_back(Moved{name, kept, {}});
  return IOStatus::OK();
}

// What there was before these files were in use has come to the disk.
std::shared_ptr<FaultyFiles::Extent> FaultyFiles::extent_of(const std::string& name) {
  std::shared_ptr<Extent>& extent = extents_[name];
  if (extent == nullptr) {
    const std::uint64_t size = fs::file_size(name);
    extent = std::make_shared<Extent>(Extent{size, size});
  }
  return extent;
}

void FaultyFiles::cut_power() {
  const Lock lock(mutex_);
  for (const auto& [name, extent] : extents_) {
    if (fs::exists(name)) cut_short(name, *extent);
  }
  const std::size_t lost = names_.empty() ? 0 : random_() % (names_.size() + 1);
  for (std::size_t i = 0; i < lost; ++i) {
    if (const auto* made = std::get_if<Made>(&names_.back())) {
      fs::remove(made->name);
    } else {
      const auto& moved = std::get<Moved>(names_.back());
      fs::rename(moved.to, moved.from);
      if (!moved.kept.empty()) fs::rename(moved.kept, moved.to);
    }
    names_.pop_back();
  }
}

void FaultyFiles::cut_short(const std::string& name, const Extent& extent) {
  if (extent.size == extent.synced) return;
  const std::uint64_t left = extent.synced + random_() % (extent.size - extent.synced + 1);
  fs::resize_file(name, left);
  // A log's pages may come to the disk in another order than they were written.
  const bool is_log = fs::path(name).extension() == ".log";
  if (is_log && random_() % 2 == 0) fs::resize_file(name, extent.size);
}

}  // namespace yujing::monitor

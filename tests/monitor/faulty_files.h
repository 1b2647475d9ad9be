// Files for a store that go wrong: from some change on every further one fails, as on a full disk,
// and what the machine had not yet brought to the disk can be lost, as when the power is cut.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include <rocksdb/file_system.h>

namespace yujing::monitor {

class FaultyFiles final : public rocksdb::FileSystemWrapper {
 public:
  // `attic`: a folder of its own for what was deleted and may come back.
  FaultyFiles(std::string attic, std::uint32_t seed);

  // Changes number `number` (the first is 0) and later fail with this; an append that fails leaves
  // a random part of its bytes.
  void fail_from(std::uint64_t number, const rocksdb::IOStatus& status);
  [[nodiscard]] std::uint64_t changes() const;
  // Files as a power cut may leave them: of bytes never synced a random part is lost, or zeros
  // stand in a log; of names made, changed and deleted since the folder was synced the last ones
  // are as before. Nobody may use the files any more.
  void cut_power();

  [[nodiscard]] const char* Name() const override { return "FaultyFiles"; }
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
  class File;
  class Folder;
  struct Extent {
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
  };
  struct Made {
    std::string name;
  };
  struct Moved {  // over what is now `kept`; "" when there was nothing
    std::string from, to, kept;
  };

  // Says whether the next change fails. Holds while mutex_ is held.
  [[nodiscard]] bool fails();
  [[nodiscard]] std::string place_in_attic();
  [[nodiscard]] std::shared_ptr<Extent> extent_of(const std::string& name);
  void cut_short(const std::string& name, const Extent& extent);

  mutable std::mutex mutex_;  // of all below
  const std::string attic_;
  std::mt19937 random_;
  std::uint64_t changes_ = 0;
  std::uint64_t fail_from_ = UINT64_MAX;
  rocksdb::IOStatus failure_;
  std::map<std::string, std::shared_ptr<Extent>> extents_;  // of files made here, by name
  std::vector<std::variant<Made, Moved>> names_;            // changed since the folder was synced
  std::uint64_t kept_ = 0;                                  // files in the attic
};

}  // namespace yujing::monitor

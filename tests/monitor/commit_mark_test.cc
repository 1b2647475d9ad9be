#include "monitor/commit_mark.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/monitor/desk.h"

namespace yujing::monitor {
namespace {

std::string bytes_of(const TemporaryFolder& folder) {
  std::ifstream in(folder.path() + "/COMMITTED", std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

void put_bytes(const TemporaryFolder& folder, const std::string& bytes) {
  std::ofstream(folder.path() + "/COMMITTED", std::ios::binary) << bytes;
}

TEST(CommitMark, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const CommitMark mark(folder.path());
  mark.write(1234567);
  EXPECT_EQ(CommitMark::read(folder.path()), 1234567U);
  mark.write(8);
  EXPECT_EQ(CommitMark::read(folder.path()), 8U);
  EXPECT_EQ(bytes_of(folder), "00000000000000000008\n");
}

TEST(CommitMark, WhereNoneCanBeReadThereIsNone) {
  const TemporaryFolder folder;
  EXPECT_EQ(CommitMark::read(folder.path()), 0U);
  for (const char* bytes :
       {"", "8\n", "0000000000000000000x\n", "000000000000000000080", "99999999999999999999\n"}) {
    put_bytes(folder, bytes);
    EXPECT_EQ(CommitMark::read(folder.path()), 0U) << bytes;
  }
}

TEST(CommitMark, AFolderThatRefusesItHasNone) {
  const CommitMark mark("/dev/null/none");
  mark.write(8);
  EXPECT_EQ(CommitMark::read("/dev/null/none"), 0U);
}

TEST(CommitMark, TheStoreMovesItWithEveryCommit) {
  const TemporaryFolder folder;
  const auto store = open_store(folder.path());
  const std::uint64_t before = CommitMark::read(folder.path());
  EXPECT_GT(before, 0U);
  store->put_note("greeting", "hello");
  EXPECT_EQ(CommitMark::read(folder.path()), before);
  must(store->commit());
  EXPECT_GT(CommitMark::read(folder.path()), before);
}

TEST(CommitMark, AStoreWhoseMarkIsBehindIsSound) {
  const TemporaryFolder folder;
  {
    const auto store = open_store(folder.path());
    const std::string early = bytes_of(folder);
    store->put_note("greeting", "hello");
    must(store->commit());
    put_bytes(folder, early);
  }
  EXPECT_EQ(must(open_store(folder.path())->note("greeting")), "hello");
  std::filesystem::remove(folder.path() + "/COMMITTED");
  EXPECT_EQ(must(open_store(folder.path())->note("greeting")), "hello");
}

}  // namespace
}  // namespace yujing::monitor

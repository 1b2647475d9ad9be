// Opening a store while its writer starts again: at the worst moment, which is made to come.
#include <dirent.h>
#include <dlfcn.h>

#include <filesystem>
#include <functional>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "monitor/store.h"
#include "tests/monitor/desk.h"

namespace {

// Called with the name of every folder that is about to be listed, by whatever code of the program.
std::function<void(std::string_view)>& on_listing() {
  static std::function<void(std::string_view)> hook;
  return hook;
}

}  // namespace

// In place of the C library's, which it calls.
extern "C" DIR* opendir(const char* name) {
  static const auto real = reinterpret_cast<DIR* (*)(const char*)>(dlsym(RTLD_NEXT, "opendir"));
  if (on_listing()) on_listing()(name);
  return real(name);
}

namespace yujing::monitor {
namespace {

// A reader that took the list of tables from before a restart of the writer, and the logs from
// after it, showed the newest commit without those before it.
TEST(StoreReader, SeesEveryCommitUpToTheLastWhateverTheWriterDoesMeanwhile) {
  const TemporaryFolder folder;
  int commits = 0;
  const auto write_one = [&] {
    const auto store = open_store(folder.path());
    PersonState state;
    state.psn_no = "P" + std::to_string(++commits);
    store->put_person(state);
    store->put_note("commits", std::to_string(commits));
    must(store->commit());
  };
  write_one();
  bool busy = false;
  int restarts = 0;
  on_listing() = [&](std::string_view name) {
    if (busy || restarts == 5 || !name.starts_with(folder.path())) return;
    busy = true;
    ++restarts;
    write_one();
    busy = false;
  };
  const auto reader = open_store(folder.path(), Store::Mode::kReader);
  on_listing() = nullptr;

  EXPECT_EQ(restarts, 5);
  int persons = 0;
  must(reader->persons("", [&](const PersonState&) { return ++persons > 0; }));
  EXPECT_EQ(must(reader->note("commits")), std::to_string(persons));
}

// A running writer merges files and puts the old ones away.
TEST(StoreReader, ChecksWhatItHasOpenedAlsoWhenTheWriterHasPutItAway) {
  const TemporaryFolder folder;
  {
    const auto writer = open_store(folder.path());
    PersonState state;
    state.psn_no = "P1";
    writer->put_person(state);
    must(writer->commit());
  }
  (void)open_store(folder.path());  // a start brings the log into tables
  const auto reader = open_store(folder.path(), Store::Mode::kReader);
  int tables = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
    if (file.path().extension() == ".sst") tables += std::filesystem::remove(file.path()) ? 1 : 0;
  }
  EXPECT_GT(tables, 0);
  must(reader->verify_checksums());
}

}  // namespace
}  // namespace yujing::monitor

#include "app/store_view.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/store_reading.h"
#include "consumer/ledger_record.h"
#include "tests/consumer/temporary_folder.h"
#include "thresholds/result.h"

namespace yujing::app {
namespace {

using monitor::Entry;
using monitor::PersonState;
using monitor::Store;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::TemporaryFolder;
using thresholds::ErrorCode;

template <class T>
T must(thresholds::Result<T> result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
  return std::move(*result);
}
void must(const thresholds::Result<void>& result) {
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
}

std::unique_ptr<Store> partition_store(const TemporaryFolder& folder, const std::string& name) {
  monitor::StoreOptions options;
  options.durability = monitor::Durability::kLedger;
  return must(Store::open(folder.path(name), Store::Mode::kWriter, options));
}

void put_person(Store& store, const std::string& psn_no, int bills) {
  PersonState state;
  state.psn_no = psn_no;
  store.put_person(state);
  for (int i = 0; i < bills; ++i) {
    Entry entry;
    entry.content.psn_no = psn_no;
    entry.content.setl_id = "S" + std::to_string(i);
    store.put_entry(psn_no, entry.content.setl_id, entry);
  }
}

void end(Store& store) {
  must(store.commit());
  must(store.flush());
}

std::vector<std::string> persons_of(const StoreView& view) {
  std::vector<std::string> persons;
  must(view.persons([&](const PersonState& state, Store&) {
    persons.push_back(state.psn_no);
    return true;
  }));
  return persons;
}

// More persons than are fetched at once, dealt out unevenly; one with more bills than that.
TEST(StoreView, PartitionsAreReadAsOneInTheOrderOfPersons) {
  const TemporaryFolder folder;
  std::map<std::string, std::string> home;                  // of each person
  std::vector<std::tuple<std::string, std::string>> bills;  // by person and id
  for (const std::string name : {"0", "2", "10"}) {
    const auto store = partition_store(folder, name);
    for (int i = std::stoi(name); i < 2000; i += 3 + std::stoi(name)) {
      const std::string psn_no = "P" + std::to_string(i);
      if (home.contains(psn_no)) continue;
      home[psn_no] = name;
      const int count = i == 12 ? 700 : i % 3;
      put_person(*store, psn_no, count);
      for (int bill = 0; bill < count; ++bill)
        bills.emplace_back(psn_no, "S" + std::to_string(bill));
    }
    store->put_note("home", name);
    end(*store);
  }
  std::sort(bills.begin(), bills.end());
  ASSERT_GT(home.size(), 700U);
  const StoreView view = must(StoreView::open(folder.path("")));
  EXPECT_EQ(view.stores().size(), 3U);

  std::map<std::string, std::string> found;
  std::string last;
  must(view.persons([&](const PersonState& state, Store& store) {
    EXPECT_LT(last, state.psn_no);
    last = state.psn_no;
    found[state.psn_no] = must(store.note("home")).value_or("");
    return true;
  }));
  EXPECT_EQ(found, home);
  std::vector<std::tuple<std::string, std::string>> entries;
  must(view.entries([&](std::string_view psn_no, std::string_view setl_id, const Entry& entry) {
    EXPECT_EQ(entry.content.setl_id, setl_id);
    entries.emplace_back(psn_no, setl_id);
    return true;
  }));
  EXPECT_EQ(entries, bills);
  for (const auto& [psn_no, name] : home)
    ASSERT_EQ(must(must(view.store_of(psn_no))->note("home")), name);
  EXPECT_EQ(must(must(view.store_of("nobody"))->person("nobody")), std::nullopt);
}

TEST(StoreView, AWalkStopsWhenTold) {
  const TemporaryFolder folder;
  for (const char* name : {"0", "1"}) {
    const auto store = partition_store(folder, name);
    put_person(*store, std::string("P") + name, 1);
    end(*store);
  }
  const StoreView view = must(StoreView::open(folder.path("")));
  int persons = 0;
  must(view.persons([&](const PersonState&, Store&) { return ++persons < 1; }));
  EXPECT_EQ(persons, 1);
  int entries = 0;
  must(view.entries(
      [&](std::string_view, std::string_view, const Entry&) { return ++entries < 1; }));
  EXPECT_EQ(entries, 1);
}

TEST(StoreView, TheStoreOfARunThatReadsFilesIsOneStore) {
  const TemporaryFolder folder;
  {
    const auto store = must(Store::open(folder.path("store"), Store::Mode::kWriter));
    put_person(*store, "P2", 1);
    put_person(*store, "P1", 1);
    store->put_note("position", "folder/events.ndjson: line 7, byte 70");
    must(store->commit());
  }
  const StoreView view = must(StoreView::open(folder.path("store")));
  EXPECT_THAT(persons_of(view), ElementsAre("P1", "P2"));
  EXPECT_EQ(must(read_position(view)), "events.ndjson: line 7, byte 70");
}

TEST(StoreView, SaysHowFarEachPartitionIs) {
  const TemporaryFolder folder;
  for (const char* name : {"0", "1", "2"}) {
    const auto store = partition_store(folder, name);
    if (name != std::string("1"))
      store->put_note(consumer::kKafkaPositionNote, std::string("Abc ") + name + " 12 3 0");
    end(*store);
  }
  EXPECT_EQ(must(read_position(must(StoreView::open(folder.path(""))))),
            "partition 0: settlements 12, persons 3, decisions 0; "
            "partition 2: settlements 12, persons 3, decisions 0");
}

TEST(StoreView, WithoutAStoreThereIsNothingToSee) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("store/0"));  // about to be made
  folder.write("INSTANCE", "a");
  const auto view = StoreView::open(folder.path("store"));
  ASSERT_FALSE(view.has_value());
  EXPECT_EQ(view.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(view.error().message, HasSubstr("there is none yet"));
}

}  // namespace
}  // namespace yujing::app
